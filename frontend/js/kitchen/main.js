// @ts-check
/** The restaurant's page. */
import { html } from '../../vendor/ui.js';
import { runTimersInWorker } from '../live.js';
import { t } from '../i18n.js';
import { start } from '../page.js';
import { begin as beginRoutes, Later, Outlet } from '../router.js';
import { account, begin as beginSession } from '../session.js';

beginSession('merchant');
beginRoutes({
  '/kitchen': () => import('./home.js'),
  '/kitchen/{restaurant_id}': () => import('./board.js'),
  '/kitchen/{restaurant_id}/menu': () => import('./menu.js'),
  '/kitchen/{restaurant_id}/orders/{order_id}/ticket': () => import('./ticket.js'),
});

function App() {
  if (!account.value) return html`<${Welcome} />`;
  const missing = html`<main id="main"><${Later} load=${() => import('../dead-end.js')} scene="map" title=${t('kit.no-page')} href="/kitchen" way=${t('kitchen.back')} /></main>`;
  return html`<${Outlet} key=${account.value.id} missing=${missing} />`;
}

/** Before anybody has signed in. */
function Welcome() {
  const ask = () => import('../sign-in.js').then(({ askToSignIn }) => askToSignIn());
  return html`<main id="main" class="page kitchen-welcome">
    <img src="/img/scene/cook.webp" alt="" width="128" height="128" />
    <h1>${t('kitchen.welcome')}</h1>
    <p class="muted">${t('kitchen.welcome-more')}</p>
    <button type="button" class="btn primary big" onClick=${ask}>${t('kitchen.sign-in')}</button>
  </main>`;
}

// A hidden page's own timers are slowed to one a minute: an order would wait for as long as that.
void runTimersInWorker();
void start(App);
