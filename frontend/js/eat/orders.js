// @ts-check
/** What somebody has ordered: what is on its way first, then what was, page by page. */
import { html, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { listed, money, t } from '../i18n.js';
import { Busy, Button, Empty, Failure, Icon, Picture, styled, Title } from '../kit.js';
import { useLive } from '../live.js';
import { account } from '../session.js';
import { Freshness, Ticking, times, when } from '../times.js';
import { headline, isOver, shortly } from './order-words.js';
import { AgainSheet, orderAgain } from './reorder.js';
import { SignInFirst } from './sign-in-first.js';
import { zoneOf } from './zones.js';

await styled('eat-order');

const PAGE = 20;

/** @typedef {import('../../types/app').Order} Order */
/** @typedef {{ of: string, orders: Order[], next: string | null | undefined }} Rest */

/** The pages after the first; kept while the page is open, for whoever comes back to them. */
const rest = signal(/** @type {Rest} */ ({ of: '', orders: [], next: undefined }));

export default function Orders() {
  const own = account.value;
  if (!own) return html`<${SignInFirst} name=${t('eat.orders')} title=${t('eat.orders-guest')} scene="receipt" />`;
  return html`<${List} key=${own.id} owner=${own.id} />`;
}

/** @param {{ owner: string }} props */
function List({ owner }) {
  const first = useLive('list-orders', { query: { limit: PAGE } }, { until: ({ items }) => items.every(isOver) });
  const later = rest.value.of === owner ? rest.value : { of: owner, orders: [], next: undefined };
  const page = first.data.value;
  const next = later.next === undefined ? page?.next_cursor : later.next;
  const more = async () => {
    const { data } = await call('list-orders', { query: { limit: PAGE, cursor: next } });
    rest.value = { of: owner, orders: [...later.orders, ...data.items], next: data.next_cursor };
  };
  const all = unique([...(page?.items ?? []), ...later.orders]);
  const open = all.filter((order) => !isOver(order));
  const past = all.filter(isOver);
  return html`<div class="page narrow orders">
    <div class="row between"><${Title}>${t('eat.orders')}<//>${open.length > 0 && html`<${Freshness} live=${first} />`}</div>
    ${!page && !first.error.value && html`<${Busy} rows=${4} />`}
    ${!page && first.error.value && html`<${Failure} error=${first.error.value} retry=${first.refresh} />`}
    ${page && all.length === 0 && html`<${Empty} scene="plate" title=${t('eat.orders-none')} action=${html`<a class="btn strong" href="/eat">${t('eat.to-restaurants')}</a>`}>${t('eat.orders-none-more')}<//>`}
    ${open.length > 0 && html`<section class="stack"><h2>${t('eat.orders-open')}</h2>${open.map((order) => html`<${Open} key=${order.id} order=${order} />`)}</section>`}
    ${past.length > 0 && html`<section class="stack"><h2>${t('eat.orders-past')}</h2><ul class="card list orders-past">${past.map((order) => html`<${Past} key=${order.id} order=${order} />`)}</ul></section>`}
    ${next && html`<${Button} kind="line" onPress=${more}>${t('eat.show-more')}<//>`}
    <${AgainSheet} />
  </div>`;
}

/** One that is on its way. @param {{ order: Order }} props */
function Open({ order }) {
  const zone = zoneOf(order.restaurant_id);
  const arrives = (/** @type {number} */ now) => (!order.eta ? '' : Date.parse(order.eta.to) < now ? t('eat.any-minute') : times(order.eta, zone));
  return html`<a class="card link pad row orders-open" href=${`/eat/orders/${order.id}`}>
    <${Picture} id=${order.restaurant_id} name=${order.restaurant.picture} class="square" />
    <span class="grow"><span class="strong clamp">${headline(order)}</span>
      <span class="small block">${t('eat.arrival')} <${Ticking} class="strong" every=${5000} say=${arrives} /></span>
      <span class="muted small clamp" translate="no">${dishes(order)}</span></span>
    <${Icon} name="chevron-right" class="flip" />
  </a>`;
}

/** One that is over. @param {{ order: Order }} props */
function Past({ order }) {
  const bad = order.status !== 'delivered';
  return html`<li class="orders-one">
    <a class="item" href=${`/eat/orders/${order.id}`}>
      <${Picture} id=${order.restaurant_id} name=${order.restaurant.picture} class="square" />
      <span class="grow"><span class="strong clamp"><bdi translate="no">${order.restaurant.name}</bdi></span>
        <span class="muted small clamp" translate="no">${dishes(order)}</span>
        <span class="muted small row wrap"><span class="num" translate="no">${when(order.placed_at, zoneOf(order.restaurant_id))}</span> · <span class="num" translate="no">${money(order.total)}</span>${bad && html`<span class="tag bad">${shortly(order)}</span>`}</span></span>
    </a>
    <${Button} kind="small" onPress=${() => orderAgain(order)} aria-label=${t('eat.again-from', { restaurant: order.restaurant.name })}><${Icon} name="repeat" class="s" />${t('eat.again')}<//>
  </li>`;
}

/** @param {Order} order */
function dishes({ lines }) {
  return listed(lines.map(({ quantity, name }) => `${quantity}× ${name}`));
}

/** What came twice while it was paged stands once, as it is newest. @param {Order[]} orders */
function unique(orders) {
  const newest = /** @type {Map<string, Order>} */ (new Map());
  for (const order of orders) if ((newest.get(order.id)?.version ?? -1) < order.version) newest.set(order.id, order);
  return [...newest.values()];
}
