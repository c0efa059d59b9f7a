// @ts-check
/** The same again: an order's dishes go into the bag, as far as the menu still has them; what is gone is told first. */
import { html, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { listed, t } from '../i18n.js';
import { Button, toast } from '../kit.js';
import { closeSheet, go, openSheet, sheet } from '../router.js';
import { Sheet } from '../sheet.js';
import { bag, count, fillBag } from './bag.js';
import { bagOf, refill } from './refill.js';

const SHEET = 'again';

/** @typedef {import('../../types/app').Order} Order */

/** What is about to be put into the bag, while the sheet asks. */
const asked = signal(/** @type {(import('./refill.js').Refill & { order: Order }) | null} */ (null));

/** Orders the same again; asks first where something is gone or something else is in the bag. @param {Order} order */
export async function orderAgain(order) {
  const { data: menu } = await call('get-menu', { path: { restaurant_id: order.restaurant_id } });
  const found = refill(bagOf(order), menu);
  if (count(found.bag) === 0) {
    toast(t('eat.again-nothing', { restaurant: order.restaurant.name }), 'bad');
    return go(`/eat/restaurants/${order.restaurant_id}`);
  }
  if (found.gone.length === 0 && count(bag()) === 0) {
    fillBag(found.bag);
    return go('/eat/checkout');
  }
  asked.value = { ...found, order };
  return openSheet(SHEET, order.id);
}

/** Asks what the bag is to hold; on every page that lets people order again. */
export function AgainSheet() {
  const what = asked.value;
  if (!what || sheet(SHEET) !== what.order.id) return null;
  const close = () => closeSheet(SHEET);
  const fill = () => {
    fillBag(what.bag);
    // The sheet's own entry of the history becomes the next page's.
    go(what.gone.length > 0 ? `/eat/restaurants/${what.order.restaurant_id}` : '/eat/checkout', { replace: true });
  };
  const other = bag().restaurant;
  const names = listed(what.gone, 'conjunction');
  const bar = html`<${Button} kind="primary big" onPress=${fill}>${t('eat.again-fill', { count: count(what.bag) })}<//>`;
  return html`<${Sheet} title=${t('eat.again')} class="small" onClose=${close} bar=${bar}>
    <div class="stack">
      ${what.gone.length > 0 && html`<p>${t('eat.again-gone', { names })}</p>`}
      ${other && html`<p>${other.id === what.order.restaurant_id ? t('eat.again-same') : t('eat.again-other', { restaurant: other.name })}</p>`}
    </div>
  <//>`;
}
