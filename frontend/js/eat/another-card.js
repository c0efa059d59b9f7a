// @ts-check
/** An order that could not be paid: it goes back into the bag, to be paid with another card. */
import { html, useEffect } from '../../vendor/ui.js';
import { config } from '../api.js';
import { t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { go } from '../router.js';
import { bag, count, fillBag } from './bag.js';
import { write } from './draft.js';
import { takeBack } from './placed.js';
import { bagOf } from './refill.js';
import { orderAgain } from './reorder.js';

/** @typedef {import('./order-words.js').Order} Order */

/** @param {{ order: Order, method: string | undefined }} props */
export default function AnotherCard({ order, method }) {
  useEffect(() => {
    // What could not be paid is in the bag again, unless something else is there by now.
    if (count(bag()) === 0 && takeBack(order.id)) fillFrom(order, method);
  }, [method]);
  const held = bag();
  const kept = held.restaurant?.id === order.restaurant_id;
  const pay = () => {
    if (!kept && held.restaurant) return orderAgain(order);
    if (!kept) fillFrom(order, method);
    else write(order.restaurant_id, { method: another(method) });
    return go('/eat/checkout');
  };
  return html`${kept && html`<p class="muted">${t('eat.bag-kept')}</p>`}
    <${Button} kind="primary big" onPress=${pay}><${Icon} name="credit-card" />${t('eat.another-card')}<//>`;
}

/** The bag, the note and the tip as they were; another card. @param {Order} order @param {string | undefined} method that failed */
function fillFrom(order, method) {
  fillBag(bagOf(order));
  write(order.restaurant_id, { notes: order.notes ?? '', tip: { minor: order.tip.amount, typed: null }, method: another(method) });
}

/** @param {string | undefined} method */
function another(method) {
  return config.payment_methods.find(({ token }) => token !== method)?.token ?? null;
}
