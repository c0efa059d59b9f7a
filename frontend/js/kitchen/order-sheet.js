// @ts-check
/** All about one order. */
import { html } from '../../vendor/ui.js';
import { money, orderNumber, t } from '../i18n.js';
import { Busy, Failure, Icon } from '../kit.js';
import Refunds from '../refunds.js';
import { closeSheet, openSheet } from '../router.js';
import { Sheet } from '../sheet.js';
import { when } from '../times.js';
import { became, customer, why } from './feed.js';
import { Lines } from './lines.js';
import { givesBack } from './refund-rules.js';
import { isUnsure, usePayment } from './refund-store.js';
import { useOrder } from './use-order.js';

/**
 * @typedef {import('../../types/app').Order} Order
 * @typedef {import('../../types/app').Schemas['Payment']} Payment
 */

/** What is paid, in the order in which it is told; those that are nothing are left out. */
const SUMS = /** @type {const} */ (['subtotal', 'delivery_fee', 'service_fee', 'small_order_fee', 'discount', 'tip']);

/** @param {{ id: string, restaurant: import('./restaurants.js').Restaurant, onClose: () => void }} props */
export default function OrderSheet({ id, restaurant, onClose }) {
  const { order, error, look } = useOrder(id);
  const { payment } = usePayment(id);
  if (!order) return html`<${Sheet} title=${t('kitchen.order')} onClose=${onClose}>${error ? html`<${Failure} error=${error} retry=${look} />` : html`<${Busy} />`}<//>`;
  return html`<${Sheet} title=${orderNumber(order.number)} onClose=${onClose} bar=${html`<${Ways} order=${order} payment=${payment} restaurant=${restaurant} />`}>
    <div class="stack loose order-sheet">
      <p class="row wrap"><b><bdi translate="no">${customer(order)}</bdi></b><span class="tag">${t(`kitchen.status-${order.status}`)}</span></p>
      ${order.ended_at && order.status !== 'delivered' && html`<p class="banner bad"><${Icon} name="ban" /><span>${became(order)}</span></p>`}
      ${isUnsure(order.id) && html`<p class="banner warn" role="alert"><${Icon} name="info" /><span>${t('kitchen.refund-unsure')}</span></p>`}
      ${order.notes && html`<p class="note" translate="no"><bdi>${order.notes}</bdi></p>`}
      <${Lines} order=${order} priced />
      <${Sums} order=${order} payment=${payment} />
      ${payment && html`<${Refunds} payment=${payment} zone=${restaurant.time_zone} why=${(/** @type {string} */ reason) => why({ reason })} />`}
      <${Times} order=${order} zone=${restaurant.time_zone} />
    </div>
  <//>`;
}

/** @param {{ order: Order, payment: Payment | null }} props `payment`: it says itself what was paid back */
function Sums({ order, payment }) {
  const shown = SUMS.filter((name) => order[name].amount !== 0);
  return html`<dl class="sums">
    ${shown.map((name) => html`<dt key=${name}>${t(`kitchen.${name}`)}</dt><dd key=${`${name}-money`} translate="no">${name === 'discount' ? '−' : ''}${money(order[name])}</dd>`)}
    <dt class="total">${t('kitchen.total')}</dt><dd class="total" translate="no">${money(order.total)}</dd>
    ${!payment && order.refunded.amount !== 0 && html`<dt>${t('kitchen.refunded')}</dt><dd translate="no">${money(order.refunded)}</dd>`}
  </dl>`;
}

/** @param {{ order: Order, zone: string }} props */
function Times({ order, zone }) {
  const moments = /** @type {const} */ (['placed_at', 'ready_by', 'promised_at', 'ended_at']);
  return html`<dl class="sums">
    ${moments.map((name) => order[name] && html`<dt key=${name}>${t(`kitchen.time-${name}`)}</dt><dd key=${`${name}-time`} translate="no">${when(order[name], zone)}</dd>`)}
    ${order.courier && html`<dt>${t('kitchen.courier')}</dt><dd translate="no"><bdi>${order.courier.name}</bdi></dd>`}
  </dl>`;
}

/** @param {{ order: Order, payment: Payment | null, restaurant: import('./restaurants.js').Restaurant }} props */
function Ways({ order, payment, restaurant }) {
  const ends = ['reject', 'cancel'].find((word) => order.allowed_actions.includes(word));
  const end = () => {
    closeSheet('order');
    addEventListener('popstate', () => openSheet('end', order.id), { once: true });
  };
  return html`<a class="btn line big" href=${`/kitchen/${restaurant.id}/orders/${order.id}/ticket`}><${Icon} name="printer" />${t('kitchen.print')}</a>
    ${payment && (givesBack(payment) || isUnsure(order.id)) && html`<button type="button" class="btn line big" aria-haspopup="dialog" onClick=${() => openSheet('refund', order.id)}><${Icon} name="hand-coins" />${t('kitchen.refund')}</button>`}
    ${ends && html`<button type="button" class="btn bad big" onClick=${end}>${t(`kitchen.${ends}`)}</button>`}`;
}
