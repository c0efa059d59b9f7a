// @ts-check
/** The parts of an order's page: who brings it, how far it is, where to, and what it cost. */
import { html, useEffect, useRef } from '../../vendor/ui.js';
import { config } from '../api.js';
import { addressLine, t } from '../i18n.js';
import { Icon } from '../kit.js';
import { useLive } from '../live.js';
import { Later } from '../router.js';
import { clock, otherZone } from '../times.js';
import { because, isOver, isSettled, owes, steps } from './order-words.js';
import { Lines, payWords, Sums } from './receipt.js';

/** @typedef {import('../../types/app').Order} Order */

/** Who brings it, and how. @param {{ courier: NonNullable<Order['courier']> }} props */
export function Courier({ courier }) {
  return html`<section class="card pad row" aria-label=${t('eat.courier')}>
    <span class="tile round"><img src=${`/img/scene/${courier.vehicle}.webp`} alt="" width="32" height="32" /></span>
    <div class="grow"><p class="strong" translate="no"><bdi>${courier.name}</bdi></p><p class="muted small">${t(`eat.vehicle-${courier.vehicle}`)}</p></div>
  </section>`;
}

/** The journey: what has happened, and what is still to come. @param {{ order: Order, entries: import('./order-words.js').Step[], zone: string | undefined }} props */
export function Steps({ order, entries, zone }) {
  if (entries.length === 0) return null;
  const told = steps(order, entries);
  const other = zone && otherZone(zone, entries[0].at);
  const now = isOver(order) ? -1 : told.filter(({ at }) => at).length - 1;
  return html`<section class="card pad" aria-label=${t('eat.journey')}><ol class="timeline">
    ${told.map(({ type, at, words }, index) => html`<li key=${type} class=${index === now ? 'now' : at ? '' : 'todo'} aria-current=${index === now ? 'step' : undefined}>
      <span>${words}${!at && html`<span class="visually-hidden"> ${t('eat.step-later')}</span>`}</span>${at && html`<time datetime=${at} translate="no">${clock(at, zone)}</time>`}
    </li>`)}
  </ol>${other && html`<p class="muted small">${t('kit.zone', { zone: other })}</p>`}</section>`;
}

/** @param {{ order: Order }} props */
export function BroughtTo({ order }) {
  const { deliver_to: to, contact, notes } = order;
  if (!to) return null;
  return html`<section class="card pad stack tight" aria-label=${t('eat.deliver-to')}>
    <div class="row top"><${Icon} name="map-pin" /><div class="grow"><p class="strong" translate="no">${addressLine(to.address.street, to.address.city)}</p>
      ${to.notes && html`<p class="muted small said" translate="no"><bdi>${to.notes}</bdi></p>`}
      ${contact.name && html`<p class="muted small" translate="no"><bdi>${contact.name}</bdi>${contact.phone && html` · <bdi dir="ltr">${contact.phone}</bdi>`}</p>`}</div></div>
    ${notes && html`<div class="row top"><${Icon} name="sticky-note" /><div class="grow"><p class="small muted">${t('eat.notes')}</p><p class="said" translate="no"><bdi>${notes}</bdi></p></div></div>`}
  </section>`;
}

/** What it cost, how it was paid, and what of that went back. @param {{ order: Order, payment: import('./order-words.js').Payment | null, zone: string | undefined }} props */
export function Bill({ order, payment, zone }) {
  const method = payment?.method && config.payment_methods.find(({ token }) => token === payment.method)?.label;
  return html`<section class="card pad stack" aria-label=${t('eat.bill')}>
    <h2 class="card-title"><a href=${`/eat/restaurants/${order.restaurant_id}`} translate="no"><bdi>${order.restaurant.name}</bdi></a></h2>
    <${Lines} lines=${order.lines} /><hr /><${Sums} of=${order} />
    ${payment && html`<p class="row small muted"><${Icon} name="credit-card" class="s" /><span>${method ? `${payWords(method)} · ` : ''}${t(`eat.payment-${payment.status}`)}</span></p>`}
    ${payment && payment.refunds.length > 0 && html`<${Later} load=${() => import('../refunds.js')} payment=${payment} zone=${zone} why=${because} />`}
  </section>`;
}

/** Orders that ended without a meal: what becomes of their money is followed to its end. @type {Set<string>} */
const returning = new Set();

/** The order's payment, as new as the order. @param {Order} order */
export function usePayment(order) {
  const { id, version } = order;
  if (isOver(order) && order.status !== 'delivered') returning.add(id);
  const isDone = (/** @type {import('./order-words.js').Payment} */ payment) => !owes(payment) && (!returning.has(id) || isSettled(payment));
  const list = useLive('list-payments', { query: { order_id: id } }, { until: ({ items }) => items.length > 0 && isDone(items[0]) });
  const first = useRef(version);
  useEffect(() => {
    if (version !== first.current) void list.refresh();
  }, [version]);
  return list.data.value?.items[0] ?? null;
}
