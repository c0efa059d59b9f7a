// @ts-check
/** What an order's end means, and what can be done now. */
import { html, useEffect } from '../../vendor/ui.js';
import { config } from '../api.js';
import { t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { go } from '../router.js';
import { bag, count, fillBag } from './bag.js';
import { write } from './draft.js';
import { moneySaid } from './order-words.js';
import { takeBack } from './placed.js';
import { bagOf } from './refill.js';
import { orderAgain } from './reorder.js';

/** @typedef {import('../../types/app').Order} Order */

/** @param {{ order: Order, payment: import('./order-words.js').Payment | null }} props */
export function Ended({ order, payment }) {
  const money = moneySaid(order, payment);
  const failed = order.status === 'payment_failed';
  useEffect(() => {
    // What could not be paid is in the bag again, unless something else is there by now.
    if (failed && count(bag()) === 0 && takeBack(order.id)) fillFrom(order, payment?.method);
  }, [failed, payment?.method]);
  return html`<div class="stack order-end">
    ${money && html`<p class="banner good"><${Icon} name="hand-coins" /><span>${money}</span></p>`}
    ${failed ? html`<${AnotherCard} order=${order} method=${payment?.method} />` : html`<div class="row wrap">
      <${Button} kind=${order.status === 'delivered' ? 'strong' : 'line'} onPress=${() => orderAgain(order)}><${Icon} name="repeat" />${t('eat.again')}<//>
      ${order.status !== 'delivered' && html`<a class="btn strong" href="/eat">${t('eat.other-restaurant')}</a>`}
    </div>`}
  </div>`;
}

/** @param {{ order: Order, method: string | undefined }} props */
function AnotherCard({ order, method }) {
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
