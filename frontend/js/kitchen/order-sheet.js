// @ts-check
/** All about one order. */
import { html, useEffect, useState } from '../../vendor/ui.js';
import { money, orderNumber, t } from '../i18n.js';
import { Busy, Failure, Icon } from '../kit.js';
import { closeSheet, openSheet } from '../router.js';
import { Sheet } from '../sheet.js';
import { when } from '../times.js';
import { became, customer, known, lookUp } from './feed.js';
import { Lines } from './lines.js';

/** @typedef {import('../../types/app').Order} Order */

/** What is paid, in the order in which it is told; those that are nothing are left out. */
const SUMS = /** @type {const} */ (['subtotal', 'delivery_fee', 'service_fee', 'small_order_fee', 'discount', 'tip']);

/** @param {{ id: string, restaurant: import('./restaurants.js').Restaurant, onClose: () => void }} props */
export default function OrderSheet({ id, restaurant, onClose }) {
  const [found, find] = useState(/** @type {Order | null} */ (null));
  const [error, fail] = useState(/** @type {unknown} */ (null));
  const order = known.value?.get(id) ?? found;
  const look = () => lookUp(id).then(find, fail);
  useEffect(() => {
    if (known.peek() && !order) void look();
  }, [known.value === null]);
  if (!order) return html`<${Sheet} title=${t('kitchen.order')} onClose=${onClose}>${error ? html`<${Failure} error=${error} retry=${look} />` : html`<${Busy} />`}<//>`;
  return html`<${Sheet} title=${orderNumber(order.number)} onClose=${onClose} bar=${html`<${Ways} order=${order} restaurant=${restaurant} />`}>
    <div class="stack loose order-sheet">
      <p class="row wrap"><b><bdi translate="no">${customer(order)}</bdi></b><span class="tag">${t(`kitchen.status-${order.status}`)}</span></p>
      ${order.ended_at && order.status !== 'delivered' && html`<p class="banner bad"><${Icon} name="ban" /><span>${became(order)}</span></p>`}
      ${order.notes && html`<p class="note" translate="no"><bdi>${order.notes}</bdi></p>`}
      <${Lines} order=${order} priced />
      <${Sums} order=${order} />
      <${Times} order=${order} zone=${restaurant.time_zone} />
    </div>
  <//>`;
}

/** @param {{ order: Order }} props */
function Sums({ order }) {
  const shown = SUMS.filter((name) => order[name].amount !== 0);
  return html`<dl class="sums">
    ${shown.map((name) => html`<dt key=${name}>${t(`kitchen.${name}`)}</dt><dd key=${`${name}-money`} translate="no">${name === 'discount' ? '−' : ''}${money(order[name])}</dd>`)}
    <dt class="total">${t('kitchen.total')}</dt><dd class="total" translate="no">${money(order.total)}</dd>
    ${order.refunded.amount !== 0 && html`<dt>${t('kitchen.refunded')}</dt><dd translate="no">${money(order.refunded)}</dd>`}
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

/** @param {{ order: Order, restaurant: import('./restaurants.js').Restaurant }} props */
function Ways({ order, restaurant }) {
  const ends = ['reject', 'cancel'].find((word) => order.allowed_actions.includes(word));
  const end = () => {
    closeSheet('order');
    addEventListener('popstate', () => openSheet('end', order.id), { once: true });
  };
  return html`<a class="btn line big" href=${`/kitchen/${restaurant.id}/orders/${order.id}/ticket`}><${Icon} name="printer" />${t('kitchen.print')}</a>
    ${ends && html`<button type="button" class="btn bad big" onClick=${end}>${t(`kitchen.${ends}`)}</button>`}`;
}
