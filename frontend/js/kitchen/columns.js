// @ts-check
/** Where on the board an order stands, and in which order. Nothing here knows of a page. */

/** @typedef {import('../../types/app').Order} Order */
/** @typedef {'new' | 'preparing' | 'ready' | 'way' | 'done'} Column */

/** The columns, as they stand. */
export const COLUMNS = /** @type {const} */ (['new', 'preparing', 'ready', 'way', 'done']);

/** @type {Record<string, Column>} */
const OF_STATUS = { paid: 'new', accepted: 'preparing', ready: 'ready', picked_up: 'way' };

/** @param {Order} order @returns {Column} */
export function columnOf(order) {
  return order.ended_at ? 'done' : (OF_STATUS[order.status] ?? 'new');
}

/** Whether the restaurant is being asked. @param {Order} order */
export function isWaiting(order) {
  return order.allowed_actions.includes('accept');
}

/**
 * The columns with their orders. What is new comes last in its column, so that nothing moves; what is to be done first stands
 * first; what ended last does.
 * @param {Order[]} orders
 * @returns {Record<Column, Order[]>}
 */
export function arranged(orders) {
  /** @type {Record<Column, Order[]>} */
  const columns = { new: [], preparing: [], ready: [], way: [], done: [] };
  for (const order of orders) columns[columnOf(order)].push(order);
  columns.new.sort(by((order) => order.deadline));
  columns.preparing.sort(by((order) => order.ready_by));
  columns.ready.sort(by((order) => order.ready_by));
  columns.way.sort(by((order) => order.promised_at));
  columns.done.sort(by((order) => order.ended_at)).reverse();
  return columns;
}

/** @param {(order: Order) => string | null} moment */
function by(moment) {
  return (/** @type {Order} */ one, /** @type {Order} */ other) => {
    const [first, second] = [moment(one) ?? '', moment(other) ?? ''];
    if (first !== second) return first < second ? -1 : 1;
    return one.id < other.id ? -1 : 1;
  };
}

/**
 * What is known once a list has come: its orders, each as new as anybody has told it.
 * @param {ReadonlyMap<string, Order>} known @param {Order[]} items
 * @returns {Map<string, Order>}
 */
export function merged(known, items) {
  return new Map(items.map((item) => [item.id, newer(known.get(item.id), item)]));
}

/** @param {Order | undefined} one @param {Order} other */
export function newer(one, other) {
  return one && one.version > other.version ? one : other;
}

/** Whether something that was there stands elsewhere now: more than being added at the end. @param {Order[]} before @param {Order[]} after */
export function hasMoved(before, after) {
  return before.some((order, index) => order.id !== after[index]?.id || order.version !== after[index].version);
}

/** How long something takes or took, in whole minutes: never 0 of what is not over. @param {number} ms */
export function wholeMinutes(ms) {
  return ms >= 0 ? Math.ceil(ms / 60_000) : Math.floor(-ms / 60_000);
}
