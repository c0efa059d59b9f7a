// @ts-check
/**
 * The orders of the restaurant whose page this is: what is known of them, from whoever told it first (the server's list, the
 * reply to an action, another tab), and what of that the board shows. It goes on whatever is drawn.
 */
import { call } from '../api.js';
import { has, orderNumber, t } from '../i18n.js';
import { announce, toast } from '../kit.js';
import { follow } from '../live.js';
import { route } from '../router.js';
import { account } from '../session.js';
import { batch, computed, effect, signal, untracked } from '../../vendor/ui.js';
import { whenCalm } from '../calm.js';
import { arranged, COLUMNS, hasMoved, isWaiting, merged, newer } from './columns.js';

/** @typedef {import('../../types/app').Order} Order */

/** How many orders are asked for: the open ones come first, then those that ended last. */
const MANY = 50;
/** How many where all of those are open. */
const MOST = 100;

/** How fresh what is known is. @type {import('../../vendor/ui.js').Signal<import('../live.js').Live<{ items: Order[] }> | null>} */
export const live = signal(null);
/** All that is known; `null` until something is. @type {import('../../vendor/ui.js').Signal<Map<string, Order> | null>} */
export const known = signal(null);
/** What the board shows: the same, but where somebody points at it. @type {import('../../vendor/ui.js').Signal<Record<import('./columns.js').Column, Order[]> | null>} */
export const shown = signal(null);
/** Orders that wait for an answer. */
export const asking = computed(() => [...(known.value?.values() ?? [])].filter(isWaiting));
/** How many of them the board does not show yet. */
export const unseen = computed(() => asking.value.filter(({ id }) => shown.value && !shown.value.new.some((order) => order.id === id)).length);
/** When orders of a column changed their place last on the screen, by `performance.now()`. @type {Map<string, number>} */
export const movedAt = new Map();
/** Columns whose orders have changed their place, and that are not drawn yet. @type {Set<string>} */
const moving = new Set();

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tiffin:kitchen') : null;
const limit = signal(MANY);
/** Whose orders, and how many; as text, so that the same is the same. */
const wanted = computed(() => {
  const restaurant = route.value.params.restaurant_id;
  return account.value && restaurant ? `${account.value.id} ${restaurant} ${limit.value}` : null;
});
let whose = '';

effect(() => {
  const [owner, restaurant, many] = wanted.value?.split(' ') ?? [];
  const present = restaurant ? `${owner} ${restaurant}` : '';
  if (present !== whose) {
    whose = present;
    untracked(forget);
  }
  if (!restaurant) return;
  const followed = untracked(() => follow('list-orders', { query: { restaurant_id: restaurant, limit: Number(many) } }));
  live.value = followed.live;
  const stop = followed.live.data.subscribe((page) => page && untracked(() => take(merged(known.peek() ?? new Map(), page.items))));
  return () => {
    stop();
    followed.stop();
  };
});

/** An order, as an action replied or another tab knows it. @param {Order} order */
export function tell(order) {
  hear(order);
  channel?.postMessage({ account: account.peek()?.id, order });
}

/** Asks for the orders now. */
export async function refresh() {
  await live.peek()?.refresh();
}

/** Asks for one order, and knows it from then on. @param {string} id @returns {Promise<Order>} */
export async function lookUp(id) {
  const { data } = await call('get-order', { path: { order_id: id } });
  tell(data);
  return data;
}

channel?.addEventListener('message', ({ data }) => {
  if (data?.account && data.account === account.peek()?.id) hear(data.order);
});

function forget() {
  batch(() => {
    live.value = null;
    known.value = null;
    shown.value = null;
    limit.value = MANY;
  });
}

/** @param {Order} order */
function hear(order) {
  const before = known.peek();
  const one = before?.get(order.id);
  if (!before || !one || one.version >= order.version) return;
  take(new Map(before).set(order.id, newer(one, order)));
}

/** @param {Map<string, Order>} now */
function take(now) {
  const before = known.peek();
  known.value = now;
  if (before) tellChanges(before, now);
  if (now.size === MANY && [...now.values()].every((order) => !order.ended_at)) limit.value = MOST;
  if (shown.peek() === null) shown.value = arranged([...now.values()]);
  else whenCalm(show);
}

function show() {
  const [before, now] = [shown.peek(), known.peek()];
  if (!before || !now) return;
  const after = arranged([...now.values()]);
  for (const column of COLUMNS) if (hasMoved(before[column], after[column])) moving.add(column);
  shown.value = after;
}

/** A column has been drawn: what has changed its place in it stands there from now on. @param {import('./columns.js').Column} column */
export function drawn(column) {
  if (moving.delete(column)) movedAt.set(column, performance.now());
}

/** What answers given here make of their orders: nobody needs to be told of that. @type {Map<string, string>} */
const expected = new Map();

/** An order is about to be answered here, and becomes this. @param {string} id @param {string} status */
export function expect(id, status) {
  expected.set(id, status);
}

/** Says what happened meanwhile; other tabs stop to ask for what was answered. @param {Map<string, Order>} before @param {Map<string, Order>} now */
function tellChanges(before, now) {
  const added = [...now.values()].filter((order) => isWaiting(order) && !before.has(order.id));
  if (added.length === 1) announce(t('kitchen.new-said', { number: orderNumber(added[0].number), name: customer(added[0]), count: items(added[0]) }));
  if (added.length > 1) announce(t('kitchen.new-said-many', { count: added.length, waiting: [...now.values()].filter(isWaiting).length }));
  for (const [id, order] of now) {
    const was = before.get(id);
    if (!was || was.version === order.version) continue;
    if (isWaiting(was) && !isWaiting(order)) channel?.postMessage({ account: account.peek()?.id, order });
    const news = isWaiting(was) ? !isWaiting(order) : hasFailed(order) && !hasFailed(was);
    if (news && expected.get(id) !== order.status) toast(became(order));
  }
}

/** What an order has become, as a sentence; and why, where it did not end well. @param {Order} order */
export function became(order) {
  const known = has(`kitchen.became-${order.status}`) ? order.status : 'other';
  return [t(`kitchen.became-${known}`, { number: orderNumber(order.number) }), why(order)].filter(Boolean).join(' ');
}

/** Why it ended: the system's own reasons in words, a person's as they are. @param {Pick<Order, 'reason'>} order */
export function why({ reason }) {
  return reason && has(`kitchen.why-${reason}`) ? t(`kitchen.why-${reason}`) : (reason ?? '');
}

/** @param {Order} order */
function hasFailed(order) {
  return order.ended_at !== null && order.status !== 'delivered';
}

/** Whose order it is. @param {Order} order */
export function customer({ contact }) {
  return contact.name ?? t('kitchen.customer');
}

/** How many dishes an order is. @param {Order} order */
export function items(order) {
  return order.lines.reduce((sum, line) => sum + line.quantity, 0);
}
