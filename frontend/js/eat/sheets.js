// @ts-check
/** The sheets of the bag, over any page: what is in it, and one of its dishes to be changed. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Empty, Failure, Icon } from '../kit.js';
import { useLive } from '../live.js';
import { closeSheet, route, sheet } from '../router.js';
import { Sheet } from '../sheet.js';
import { bag } from './bag.js';
import { Entries, Sum } from './bag-view.js';
import { ItemSheet } from './item-sheet.js';
import { itemOf } from './menu-rules.js';

export default function Sheets() {
  const { restaurant } = bag();
  const edited = sheet('edit');
  return html`
    ${sheet('bag') !== null && html`<${BagSheet} restaurant=${restaurant} />`}
    ${edited !== null && restaurant && html`<${Edit} key=${edited} edited=${edited} restaurant=${restaurant} />`}`;
}

/** @param {{ restaurant: { id: string, name: string } | null }} props */
function BagSheet({ restaurant }) {
  return html`<${Sheet} title=${t('eat.your-bag')} class="bag-sheet" onClose=${() => closeSheet('bag')} bar=${restaurant && html`<${Sum} key=${restaurant.id} restaurant=${restaurant} />`}>
    <${Entries} onMenu=${false} />
    ${restaurant && route.value.params.id !== restaurant.id && html`<a class="btn link" href=${`/eat/restaurants/${restaurant.id}`}><${Icon} name="plus" class="s" />${t('eat.add-more')}</a>`}
  <//>`;
}

/** @param {{ edited: string, restaurant: { id: string, name: string } }} props */
function Edit({ edited, restaurant }) {
  const menu = useLive('get-menu', { path: { restaurant_id: restaurant.id } }, { poll: false });
  const known = menu.data.value;
  const item = known && itemOf(known, edited.split('.')[0]);
  const close = () => closeSheet('edit');
  if (item) return html`<${ItemSheet} item=${item} currency=${known.currency} restaurant=${restaurant} edited=${edited} onClose=${close} />`;
  if (!known && !menu.error.value) return null;
  return html`<${Sheet} title=${t('eat.dish')} class="small" onClose=${close}>
    ${known ? html`<${Empty} scene="plate" title=${t('eat.not-on-menu')} />` : html`<${Failure} error=${menu.error.value} retry=${menu.refresh} />`}
  <//>`;
}
