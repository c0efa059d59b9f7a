// @ts-check
/** The orders that this browser placed last: to say so, and to fill the bag again where the payment fails. */
import { account } from '../session.js';
import { kept } from '../store.js';

/** So many are remembered. */
const MOST = 5;
/** So long an order is what somebody who comes back to the checkout has just placed, in milliseconds. */
const FRESH_MS = 60 * 60 * 1000;

/** @typedef {{ order_id: string, number: string, at: string, returned: boolean }} Placed `returned`: its bag was filled again */

const store = kept('placed', {
  version: 1,
  empty: () => /** @type {Placed[]} */ ([]),
  /** @param {any} found @param {number} _version @param {() => void} lost @returns {Placed[]} */
  read(found, _version, lost) {
    if (!Array.isArray(found)) return lost(), [];
    return found.filter(isWhole).map(({ order_id, number, at, returned }) => ({ order_id, number, at, returned: returned === true }));
  },
});

/** @param {any} one */
function isWhole(one) {
  return typeof one?.order_id === 'string' && typeof one.number === 'string' && !Number.isNaN(Date.parse(one.at));
}

/** @param {string} owner @param {import('../../types/app').Order} order */
export function remember(owner, { id, number, placed_at }) {
  const one = { order_id: id, number, at: placed_at, returned: false };
  store.of(owner).update((now) => [one, ...now.filter(({ order_id }) => order_id !== id)].slice(0, MOST));
}

/** The order placed here last. */
export function lastPlaced() {
  return store.of(account.value?.id).value.value[0] ?? null;
}

/** The order placed here just now, if there is one. @param {number} now in milliseconds of the server's time */
export function justPlaced(now) {
  const newest = lastPlaced();
  return newest && !newest.returned && now - Date.parse(newest.at) < FRESH_MS ? newest : null;
}

/** Whether this order was placed here and its bag not filled again since; asked once. @param {string} order_id */
export function takeBack(order_id) {
  const own = store.of(account.peek()?.id);
  if (!own.value.peek().some((one) => one.order_id === order_id && !one.returned)) return false;
  own.update((now) => now.map((one) => (one.order_id === order_id ? { ...one, returned: true } : one)));
  return true;
}
