// @ts-check
/**
 * Dinner for the theatre's customer: quoted and placed through the API, once whatever is pressed, and followed. It is written down
 * with its key and its very bytes before it is sent; while nobody knows what became of it, pressing again sends the same.
 */
import { batch, computed, signal } from '../../vendor/ui.js';
import { actions, isOutcome } from '../actions.js';
import { call, config } from '../api.js';
import { announce } from '../kit.js';
import { t } from '../i18n.js';
import { lookAnew, seatCustomer } from './people.js';
import { plays, scene, show } from './scene.js';

/** @typedef {import('../../types/app').Order} Order */

/** Those that an order does not leave again. */
const OVER = ['delivered', 'payment_failed', 'rejected', 'cancelled', 'undeliverable'];
/** How many of the customer's orders are looked at: one that is on its way is among the newest. */
const LATELY = 5;

const sent = actions('dinner');

/** The newest orders of the customer; null until they are known. */
const orders = signal(/** @type {Order[] | null} */ (null));
/** The one that is on its way, whoever ordered it. */
export const underWay = computed(() => orders.value?.find(({ status }) => !OVER.includes(status)) ?? null);
/** The one that was on its way last, and has ended while this page looked on. */
export const ended = signal(/** @type {Order | null} */ (null));

/** Whether all that is left to do is somebody else's, whom nobody plays here: the next dinner need not wait for them. @param {Order} order */
export function isOutOfHands({ status, courier_id }) {
  return isOthers(courier_id) && (status === 'ready' || status === 'picked_up');
}

/** Whether a courier who is not the theatre's has it. @param {string | null | undefined} courier */
function isOthers(courier) {
  return Boolean(courier) && courier !== scene.value?.people.courier.user_id;
}

/** Orders dinner and shows it in the phone; or shows the one that is on its way. */
export async function dinner() {
  const last = underWay.peek();
  const order = last && !isOutOfHands(last) ? last : await orderDinner();
  seatCustomer();
  show('customer', `/eat/orders/${order.id}`);
}

async function orderDinner() {
  const owner = customer();
  const tried = sent.of(owner)[0];
  const found = tried && (await settle(owner, tried));
  const order = found && !OVER.includes(found.status) ? found : await place(owner, await write(owner));
  batch(() => {
    ended.value = null;
    take([order, ...(orders.peek() ?? [])]);
  });
  announce(t('demo.ordered'));
  return order;
}

/** What became of one whose outcome is not known: the order, or null where there is none. @param {string} owner @param {import('../../types/app').Action} action */
async function settle(owner, action) {
  try {
    return await place(owner, action);
  } catch (error) {
    if (!isOutcome(error)) throw error;
  }
  // Refused as used, or as too late: an order has the UUID of its quote.
  const found = call('get-order', { path: { order_id: String(action.about.order_id) } });
  return found.then(({ data }) => data, (error) => (isOutcome(error) ? null : Promise.reject(error)));
}

/** @param {string} owner @param {import('../../types/app').Action} action */
async function place(owner, action) {
  const { data } = await sent.send(owner, action);
  return /** @type {Order} */ (data);
}

/** Asks what it costs, and writes down what is sent. @param {string} owner */
async function write(owner) {
  const { restaurant, dish, home } = /** @type {import('./scene.js').Scene} */ (scene.peek());
  const { data: quote } = await call('quote-basket', { path: { restaurant_id: restaurant.id }, body: { items: [dish], deliver_to: home } });
  const works = config.payment_methods.find(({ label }) => label === 'works') ?? config.payment_methods[0];
  const about = { order_id: quote.id.replace(/^qot_/, 'ord_') };
  return sent.add(owner, { operation: 'place-order', path: {}, body: { quote: quote.quote, payment_method: works.token }, about });
}

/** Looks how far the customer's orders are. */
export async function look() {
  const before = underWay.peek();
  const { data } = await call('list-orders', { query: { limit: LATELY } });
  // What was on its way and is nowhere now was of a city that is gone, and so may be everybody's sessions.
  if (before && data.items.length < LATELY && !data.items.some(({ id }) => id === before.id)) await lookAnew();
  take(data.items);
}

/** Forgets what the customer of before has ordered. */
export function forgetOrders() {
  orders.value = null;
  ended.value = null;
}

function customer() {
  return /** @type {import('./scene.js').Scene} */ (scene.peek()).people.customer.user_id;
}

/** @param {Order[]} found */
function take(found) {
  const before = underWay.peek();
  orders.value = found;
  // What became of these is known now.
  for (const { key, about } of sent.of(customer())) if (found.some(({ id }) => id === about.order_id)) sent.remove(customer(), key);
  const after = before && found.find(({ id }) => id === before.id);
  if (after && OVER.includes(after.status)) ended.value = after;
  if (!found.some(({ id }) => id === ended.peek()?.id)) ended.value = null;
}

/**
 * What happens next to an order, and in which screen; `name` is who does it where it is nobody of the theatre.
 * @param {Order} order @returns {{ step: 'card' | 'accept' | 'accept-both' | 'cook' | 'ask' | 'pick-up' | 'bring', role: import('./scene.js').Role | null, name?: string }}
 */
export function next({ status, courier, courier_id }) {
  if (status === 'placed') return { step: 'card', role: null };
  const asks = !courier_id && !plays.value.courier;
  // The courier is asked at the same time, and has less of it.
  if (status === 'paid') return { step: asks && !plays.value.merchant ? 'accept-both' : 'accept', role: 'merchant' };
  const carries = isOthers(courier_id) ? { role: null, name: courier?.name } : { role: /** @type {const} */ ('courier') };
  if (status === 'picked_up') return { step: 'bring', ...carries };
  if (asks) return { step: 'ask', ...carries };
  return status === 'ready' ? { step: 'pick-up', ...carries } : { step: 'cook', role: 'merchant' };
}
