// @ts-check
/** Where a merchant comes in: their one restaurant's board, a choice of several, or what to do without one. */
import { html, useEffect } from '../../vendor/ui.js';
import { addressLine, t } from '../i18n.js';
import { Busy, Empty, Failure, Icon, IconButton, Picture, Title } from '../kit.js';
import { closeSheet, go, Later, openSheet, sheet } from '../router.js';
import { useRestaurants } from './restaurants.js';

export default function Home() {
  const own = useRestaurants();
  const all = own.data.value?.items;
  const only = all?.length === 1 ? all[0].id : null;
  useEffect(() => {
    if (only) go(`/kitchen/${only}`, { replace: true });
  }, [only]);
  const account = html`<div class="kitchen-corner"><${IconButton} icon="user" label=${t('kit.account')} onPress=${() => openSheet('account', 'open')} /></div>
    ${sheet('account') !== null && html`<${Later} load=${() => import('../account-sheet.js')} onClose=${() => closeSheet('account')} />`}`;
  if (!all) return html`<main id="main" class="page narrow">${own.error.value ? html`<${Failure} page error=${own.error.value} retry=${own.refresh} />` : html`<${Busy} />`}</main>`;
  if (only) return null;
  if (all.length === 0) return html`<main id="main" class="page">${account}<${None} /></main>`;
  return html`<main id="main" class="page narrow stack loose">
    ${account}
    <${Title}>${t('kitchen.choose')}<//>
    <ul class="stack">
      ${all.map(
        (one) => html`<li key=${one.id}><a class="card link restaurant-choice" href=${`/kitchen/${one.id}`}>
          <${Picture} name=${one.picture} id=${one.id} class="square" eager />
          <span class="grow stack tight"><b class="clamp" translate="no"><bdi>${one.name}</bdi></b><span class="muted small clamp" translate="no">${addressLine(one.address.street, one.address.city)}</span></span>
          <${Icon} name="chevron-right" class="flip" />
        </a></li>`,
      )}
    </ul>
  </main>`;
}

/** What somebody without a restaurant can do: it is made over the API for now. */
function None() {
  const action = html`<a class="btn primary" href="/docs" target="_blank" rel="noopener">${t('kit.to-docs')}<${Icon} name="external-link" class="s" /></a>`;
  return html`<${Empty} page scene="plate" title=${t('kitchen.none')} action=${action}>${t('kitchen.none-more')}<//>`;
}
