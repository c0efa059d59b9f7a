// @ts-check
/** Following an order, from its placing to whatever end it takes. */
import { html, useEffect, useRef, useState } from '../../vendor/ui.js';
import { config } from '../api.js';
import { orderNumber, t } from '../i18n.js';
import { announce, Busy, Empty, Failure, Icon, look, styled, Title } from '../kit.js';
import { useLive } from '../live.js';
import { CityMap } from '../map.js';
import { distance, routeOf } from '../city.js';
import { back, Later, openSheet, sheet } from '../router.js';
import { account } from '../session.js';
import { Freshness, Ticking, time, times } from '../times.js';
import { Ended } from './order-end.js';
import { Bill, BroughtTo, Courier, Steps, usePayment } from './order-parts.js';
import { ALL_PARTS, explained, headline, isOver, partsDone } from './order-words.js';

await styled('eat-order');

/** How long after it was placed somebody looks again, in milliseconds. */
const SOON_MS = 700;
const MINUTE_MS = 60_000;
/** How long an order waits for what belongs beside it, in milliseconds: shown without, it would move once that comes. */
const BESIDE_MS = 2_000;
/** Where Back from an order leads, where it was opened there. */
const ABOVE = ['/eat/orders', '/eat', '/eat/notices'];
const SCENES = /** @type {Record<string, string>} */ ({ delivered: 'party', payment_failed: 'card', rejected: 'cook', cancelled: 'plate', undeliverable: 'storm' });

/** @typedef {import('../../types/app').Order} Order */

/** @param {{ id: string }} props */
export default function OrderPage({ id }) {
  if (!account.value) return html`<${Later} load=${() => import('./sign-in-first.js').then(({ SignInFirst }) => ({ default: SignInFirst }))} title=${t('eat.order-guest')} />`;
  return html`<${Followed} key=${`${account.value.id} ${id}`} id=${id} />`;
}

/** @param {{ id: string }} props */
function Followed({ id }) {
  const path = { order_id: id };
  const live = useLive('get-order', { path }, { until: isOver });
  const journey = useLive('follow-order', { path }, { poll: false });
  const order = live.data.value;
  const error = live.error.value;
  const none = error?.status === 404;
  const known = order !== null;
  useEffect(() => {
    if (known && none) announce(asSentence(t('eat.order-gone')));
  }, [known && none]);
  // The title, and with it the focus, comes with the order.
  if (!order && !error) return html`<${Coming} />`;
  if (!order || none) {
    const way = html`<a class="btn strong" href="/eat/orders">${t('eat.to-orders')}</a>`;
    return html`<div class="page narrow"><${Leave} /><${Title} class="visually-hidden">${t('eat.order')}<//>
      ${none ? html`<${Empty} scene="search" title=${t(known ? 'eat.order-gone' : 'eat.order-none')} action=${way} />` : html`<${Failure} error=${error} retry=${live.refresh} />`}</div>`;
  }
  return html`<${Tracked} order=${order} live=${live} journey=${journey} />`;
}

/** @param {{ order: Order, live: import('../live.js').Live<Order>, journey: import('../live.js').Live<{ items: import('./order-words.js').Step[] }> }} props */
function Tracked({ order, live, journey }) {
  const payment = usePayment(order);
  const shop = useLive('get-restaurant', { path: { restaurant_id: order.restaurant_id } }, { poll: false });
  const zone = shop.data.value?.time_zone;
  const over = isOver(order);
  const words = headline(order);
  useEffect(() => {
    // An order that is over hears no more of itself, but its journey still does: of its money.
    if (journey.data.peek()) void journey.refresh();
  }, [order.version, payment?.version]);
  useEffect(() => {
    // Asking a card takes no longer than this, mostly: the next look need not wait for its turn.
    if (order.status !== 'placed') return undefined;
    const soon = setTimeout(live.refresh, SOON_MS);
    return () => clearTimeout(soon);
  }, [order.status]);
  const before = useRef(order.status);
  useEffect(() => {
    // How it is on arrival is read from the page itself; what changes is told.
    if (before.current !== order.status) announce([words, explained(order, zone)].map(asSentence).join(' '));
    before.current = order.status;
  }, [order.status]);
  const waits = useWait(BESIDE_MS);
  if (waits && [shop, journey].some(({ data, error }) => !data.value && !error.value)) return html`<${Coming} />`;
  return html`<div class=${`order ${over ? 'over' : ''}`}>
    <div class="order-view">
      ${over ? html`<div class=${`order-scene ${order.status}`}><img src=${`/img/scene/${SCENES[order.status]}.webp`} alt="" width="128" height="128" /></div>` : html`<${WayMap} order=${order} />`}
      <div class="over-map"><${Leave} />${!over && html`<${Freshness} live=${live} />`}</div>
    </div>
    <div class="panel stack">
      <header class="stack tight">
        <${Title}>${words}<//>
        ${over ? html`<p>${explained(order, zone)}</p><p class="muted small">${t('eat.order')} <span translate="no">${orderNumber(order.number)}</span></p>` : html`<${Arrival} order=${order} zone=${zone} />`}
      </header>
      ${!over && html`<${Bars} order=${order} />`}
      ${!over && html`<div class="row wrap between"><p class="muted grow">${explained(order, zone)}</p>${order.allowed_actions.includes('cancel') && html`<button type="button" class="btn line small" aria-haspopup="dialog" onClick=${() => openSheet('cancel', order.id)}>${t('eat.cancel')}</button>`}</div>`}
      ${over && html`<${Ended} order=${order} payment=${payment} />`}
      ${!over && order.courier && html`<${Courier} courier=${order.courier} />`}
      <${Steps} order=${order} entries=${journey.data.value?.items ?? []} zone=${zone} />
      <${BroughtTo} order=${order} />
      <${Bill} order=${order} payment=${payment} zone=${zone} />
      ${account.value?.guest && html`<${Later} load=${() => import('./keep-card.js')} />`}
    </div>
    ${sheet('cancel') === order.id && html`<${Later} load=${() => import('./cancel.js')} live=${live} />`}
    ${sheet('again') !== null && html`<${Later} load=${() => import('./reorder.js').then(({ AgainSheet }) => ({ default: AgainSheet }))} />`}
  </div>`;
}

function Coming() {
  return html`<div class="page narrow"><${Busy} rows=${4} /></div>`;
}

/** Whether this long has not passed yet. @param {number} ms */
function useWait(ms) {
  const [waits, set] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => set(false), ms);
    return () => clearTimeout(timer);
  }, []);
  return waits;
}

/** @param {string} words */
function asSentence(words) {
  return /[.!?؟…]$/.test(words) ? words : `${words}.`;
}

/** To what is above: the list it was opened from, or else the orders; never to another order. */
function Leave() {
  return html`<button type="button" class="icon-btn" aria-label=${t('eat.back')} title=${t('eat.back')} onClick=${() => back('/eat/orders', ABOVE)}><${Icon} name="arrow-left" class="flip" /></button>`;
}

/** When it comes, and whether that is later than was promised. @param {{ order: Order, zone: string | undefined }} props */
function Arrival({ order, zone }) {
  const { eta, promised_at } = order;
  const soon = (/** @type {number} */ now) => (!eta ? '' : Date.parse(eta.to) < now ? t('eat.any-minute') : times(eta, zone));
  const late = (/** @type {number} */ now) => Math.floor((now - Date.parse(promised_at)) / MINUTE_MS);
  const promised = { time: time(promised_at, zone) };
  const promise = (/** @type {number} */ now) => (late(now) > 0 ? '' : t('eat.promised', promised));
  const broken = (/** @type {number} */ now) => (late(now) > 0 ? t('eat.late', { ...promised, minutes: late(now) }) : '');
  return html`<p class="order-eta"><span class="muted">${t('eat.arrival')}</span> <${Ticking} every=${5000} say=${soon} /></p>
    <p class="muted small row wrap"><span>${t('eat.order')} <span translate="no">${orderNumber(order.number)}</span></span>
      <${Ticking} class="order-promise" every=${5000} say=${promise} /><${Ticking} class="order-promise tag warn" every=${5000} say=${broken} /></p>`;
}

/** The way in parts. @param {{ order: Order }} props */
function Bars({ order }) {
  const done = partsDone(order) ?? 0;
  return html`<ol class="journey" aria-hidden="true">${Array.from({ length: ALL_PARTS }, (_, part) => html`<li key=${part} class=${part < done ? 'done' : part === done ? 'now' : ''}></li>`)}</ol>`;
}

/** From the restaurant to the door; where the courier is nobody tells yet. @param {{ order: Order }} props */
function WayMap({ order }) {
  const { area } = config;
  const [from, to] = [order.pick_up.place, order.deliver_to?.place ?? order.pick_up.place];
  const here = [from, to].every((place) => distance(area.centre, place) < area.radius_m * 2);
  if (!here) return html`<div class="order-no-map"></div>`;
  const markers = [
    { key: 'from', place: from, food: look(order.restaurant.picture, order.restaurant_id).name },
    { key: 'to', place: to, scene: 'house' },
  ];
  const ways = [{ key: 'way', places: routeOf(area, from, to), kind: /** @type {'ahead' | 'later'} */ (order.status === 'picked_up' ? 'ahead' : 'later') }];
  const label = t('eat.map-label', { restaurant: order.restaurant.name, street: order.deliver_to?.address.street ?? '' });
  return html`<${CityMap} area=${area} label=${label} places=${[from, to]} inset=${{ top: 100, bottom: 64, left: 56, right: 56 }} markers=${markers} ways=${ways} class="order-map" />`;
}
