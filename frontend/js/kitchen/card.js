// @ts-check
/** An order on the board. */
import { html, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { money, orderNumber, t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { useLive } from '../live.js';
import { openSheet } from '../router.js';
import { Stepper } from '../sheet.js';
import { clocks, Ring } from '../times.js';
import { chosenMinutes, give, isUnsure } from './answer.js';
import { columnOf } from './columns.js';
import { became, customer, items, known, refresh, why } from './feed.js';
import { Lines } from './lines.js';
import { At, digits, Left, Since } from './times.js';

/** How long the restaurant may think, in seconds: what the whole ring stands for. */
const ANSWER_S = 300;
/** As the server has it. */
const MOST_MINUTES = 240;
const STEP_MINUTES = 5;

/** @typedef {import('../../types/app').Order} Order */
/** @typedef {import('./restaurants.js').Restaurant} Restaurant */

/** @param {{ order: Order, restaurant: Restaurant }} props */
export function Card({ order, restaurant }) {
  const column = columnOf(order);
  const now = known.value?.get(order.id) ?? order;
  const left = columnOf(now) !== column;
  const Body = BODIES[column];
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const own = card.current;
    return () => {
      // What had the focus goes: it stays in the column, instead of getting lost.
      if (own?.contains(document.activeElement)) queueMicrotask(() => document.getElementById(`title-${column}`)?.focus({ preventScroll: true }));
    };
  }, []);
  return html`<li ref=${card} class=${`card order ${column}`} data-order=${order.id}>
    <article aria-labelledby=${`number-${order.id}`} inert=${left ? true : undefined}>
      <${Body} order=${order} restaurant=${restaurant} />
      ${isUnsure(order) && html`<p class="unsure small"><${Icon} name="info" class="s" />${t('kitchen.unsure')}</p>`}
    </article>
    ${left && html`<p class="moved"><${Icon} name=${now.ended_at && now.status !== 'delivered' ? 'ban' : 'circle-check'} class="l" />${became(now)}</p>`}
  </li>`;
}

const BODIES = { new: New, preparing: Preparing, ready: Ready, way: OnItsWay, done: Done };

/** Number and name; all about the order is behind it. @param {{ order: Order, brief?: boolean, zone?: string, children?: any }} props `zone`: for when it was placed and what was promised */
function Head({ order, brief = false, zone, children }) {
  const count = items(order);
  return html`<header class="row between top">
    <button type="button" class="open" aria-haspopup="dialog" onClick=${() => openSheet('order', order.id)}>
      <span class="number num" id=${`number-${order.id}`} role="heading" aria-level="3" translate="no">${orderNumber(order.number)}</span>
      <span class="sub"><bdi translate="no">${customer(order)}</bdi>${!brief && html` · ${t('kitchen.items', { count })} · <span class="num" translate="no">${money(order.total)}</span>`}</span>
      ${zone && html`<span class="times"><${At} name="kitchen.placed" at=${order.placed_at} zone=${zone} /><${At} name="kitchen.promised" at=${order.promised_at} zone=${zone} /></span>`}
    </button>
    ${children}
  </header>`;
}

/** @param {{ order: Order }} props */
function Note({ order }) {
  return order.notes && html`<p class="note" translate="no"><${Icon} name="sticky-note" class="s" /><bdi>${order.notes}</bdi></p>`;
}

/** @param {{ order: Order, restaurant: Restaurant }} props */
function New({ order, restaurant }) {
  const usual = restaurant.prep_minutes;
  const minutes = chosenMinutes.value[order.id] ?? usual;
  const choose = (/** @type {number} */ chosen) => (chosenMinutes.value = { ...chosenMinutes.peek(), [order.id]: chosen });
  const says = (/** @type {number} */ seconds) => t('kitchen.seconds-left', { number: orderNumber(order.number), minutes: Math.floor(seconds / 60), seconds: seconds % 60, count: seconds });
  const may = (/** @type {string} */ action) => order.allowed_actions.includes(action);
  return html`<${Head} order=${order} zone=${restaurant.time_zone}>${order.deadline && html`<${Ring} until=${order.deadline} total=${ANSWER_S} label=${says} digits=${digits} onEnd=${refresh} />`}<//>
    <${Lines} order=${order} brief />
    <${Note} order=${order} />
    ${may('accept') && html`<div class="row between"><span class="muted">${t('kitchen.ready-in')}</span>
      <${Stepper} value=${minutes} min=${Math.min(STEP_MINUTES, usual)} max=${MOST_MINUTES} step=${STEP_MINUTES} label=${t('kitchen.ready-in')} words=${t('kit.minutes', { range: minutes })} onChange=${choose} /></div>`}
    <div class="acts">
      ${may('reject') && html`<button type="button" class="btn bad" aria-haspopup="dialog" aria-label=${t('kitchen.reject-order', { number: orderNumber(order.number) })} onClick=${() => openSheet('end', order.id)}>${t('kitchen.reject')}</button>`}
      ${may('accept') && html`<${Button} kind="primary main" aria-label=${t('kitchen.accept-order', { number: orderNumber(order.number) })} onPress=${() => give(order, 'accept', { prep_minutes: minutes })}>${t('kitchen.accept')}<//>`}
    </div>`;
}

/** @param {{ order: Order, restaurant: Restaurant }} props */
function Preparing({ order, restaurant }) {
  return html`<${Head} order=${order} brief>${order.ready_by && html`<${Left} until=${order.ready_by} />`}<//>
    <${Lines} order=${order} brief />
    <${Note} order=${order} />
    <p class="times">${order.ready_by && html`<${At} name="kitchen.ready-by" at=${order.ready_by} zone=${restaurant.time_zone} />`}<${Promised} order=${order} zone=${restaurant.time_zone} /></p>
    <${Courier} order=${order} />
    <div class="acts">
      <a class="icon-btn ticket-link" href=${`/kitchen/${restaurant.id}/orders/${order.id}/ticket`} aria-label=${t('kitchen.print-ticket', { number: orderNumber(order.number) })} title=${t('kitchen.print')}><${Icon} name="printer" /></a>
      ${order.allowed_actions.includes('ready') && html`<${Button} kind="strong main" aria-label=${t('kitchen.ready-order', { number: orderNumber(order.number) })} onPress=${() => give(order, 'ready')}>${t('kitchen.is-ready')}<//>`}
    </div>`;
}

/** @param {{ order: Order, restaurant: Restaurant }} props */
function Ready({ order, restaurant }) {
  const journey = useLive('follow-order', { path: { order_id: order.id }, query: { limit: 100 } }, { poll: false });
  const since = journey.data.value?.items.findLast((/** @type {any} */ entry) => entry.type === 'order.ready')?.at;
  return html`<${Head} order=${order} brief>${since && html`<span class="tag warn"><${Since} since=${since} words="kitchen.waiting" /></span>`}<//>
    <${Lines} order=${order} brief />
    <p class="times"><${Promised} order=${order} zone=${restaurant.time_zone} /></p>
    <${Courier} order=${order} />`;
}

/** @param {{ order: Order, restaurant: Restaurant }} props */
function OnItsWay({ order, restaurant }) {
  return html`<${Head} order=${order} brief><${Left} until=${order.promised_at} left=${null} /><//>
    <${Courier} order=${order} />
    <p class="times">${order.eta && html`<span class="at">${t('kitchen.arrives')} <span class="num" translate="no">${clocks(order.eta, restaurant.time_zone)}</span></span>`}<${At} name="kitchen.promised" at=${order.promised_at} zone=${restaurant.time_zone} /></p>`;
}

/** @param {{ order: Order, restaurant: Restaurant }} props */
function Done({ order, restaurant }) {
  const good = order.status === 'delivered';
  return html`<${Head} order=${order} brief>${order.ended_at && html`<${At} at=${order.ended_at} zone=${restaurant.time_zone} />`}<//>
    <p class=${`ended ${good ? 'good-text' : 'bad-text'}`}><${Icon} name=${good ? 'circle-check' : 'ban'} class="s" /><span>${t(`kitchen.status-${order.status}`)}${order.reason && html`<span class="muted"> · <bdi>${why(order)}</bdi></span>`}</span></p>`;
}

/** When the customer was told it would be there, and how late that is. @param {{ order: Order, zone: string }} props */
function Promised({ order, zone }) {
  return html`<${At} name="kitchen.promised" at=${order.promised_at} zone=${zone} /><${Left} until=${order.promised_at} left=${null} late="kitchen.overdue" due="kitchen.overdue-now" />`;
}

/** Who brings it. @param {{ order: Order }} props */
function Courier({ order }) {
  const { courier, status } = order;
  if (!courier) return html`<p class="courier muted"><${Icon} name="search" class="s" />${t('kitchen.no-courier')}</p>`;
  const scene = ['foot', 'bicycle', 'scooter', 'car'].includes(courier.vehicle) ? courier.vehicle : 'scooter';
  return html`<p class="courier muted"><img src=${`/img/scene/${scene}.webp`} alt="" width="28" height="28" /><span><bdi translate="no">${courier.name}</bdi> ${t(status === 'picked_up' ? 'kitchen.brings' : 'kitchen.comes')}</span></p>`;
}
