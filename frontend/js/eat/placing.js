// @ts-check
/**
 * Placing an order, once, whatever is clicked. Before it is sent it is written down with its key and its very bytes; until it is known
 * what became of it, the same is sent again, by itself and by hand, after a reload and in another tab. Once its quote has lapsed, the page
 * looks whether the order is there: an order has the UUID of its quote.
 */
import { ApiError, call, serverNow } from '../api.js';
import { actions, isOutcome } from '../actions.js';
import { orderNumber, t } from '../i18n.js';
import { toast } from '../kit.js';
import { go, route } from '../router.js';
import { account, ended } from '../session.js';
import { batch, computed, effect, signal } from '../../vendor/ui.js';
import { hold } from '../page.js';
import { clearBag } from './bag.js';
import { clearForBag } from './draft.js';
import { remember } from './placed.js';

/** A quote that lapsed is still taken for some seconds; after these, what was not placed will not be. */
const GRACE_MS = 30_000;
const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 15_000;
/** By then the tab that sent it has its answer, or will never have one. */
const OTHERS_MS = 12_000;
/** Of these the order may be there all the same: it is looked up. */
const OF_THE_QUOTE = ['quote-used', 'quote-expired', 'quote-invalid'];

const placings = actions('placing');

/** The order that is being placed and of which nobody knows yet whether it is. @returns {import('../../types/app').Action | null} */
export function underWay() {
  const own = account.value;
  return own ? (placings.of(own.id)[0] ?? null) : null;
}

/** Whether this tab is asking right now. */
export const sending = signal(false);
/** Why the last attempt told nothing; null while there is no doubt. */
export const doubt = signal(/** @type {ApiError | null} */ (null));
/** Why it was not placed, until something is changed. */
export const refusal = signal(/** @type {ApiError | null} */ (null));

/**
 * Places what was quoted. While something is under way that is what is sent, whatever is given here.
 * @param {import('./quoting.js').Quote} quote
 * @param {{ payment_method: string, notes?: string, contact?: { name?: string, phone?: string } }} how
 */
export async function place(quote, how) {
  const own = account.peek();
  if (!own || sending.peek()) return;
  if (!navigator.onLine) return void (refusal.value = new ApiError({ code: 'offline' }));
  if (placings.look(own.id).length > 0) return goOn();
  const about = { order_id: quote.id.replace(/^qot_/, 'ord_'), expires_at: quote.expires_at };
  const action = placings.add(own.id, { operation: 'place-order', path: {}, body: { quote: quote.quote, ...how }, about });
  await attempt(own.id, action, true);
}

/** Sends what is under way again, or looks what became of it. */
export async function goOn() {
  const own = account.peek();
  const action = own && placings.of(own.id)[0];
  if (!action || ended.peek() || sending.peek()) return;
  await attempt(own.id, action, false);
}

let timer = 0;
let failures = 0;

/** @param {string} owner @param {import('../../types/app').Action} action @param {boolean} first whether it was never sent before */
async function attempt(owner, action, first) {
  clearTimeout(timer);
  const release = hold('placing');
  batch(() => {
    sending.value = true;
    refusal.value = null;
  });
  try {
    const order = isLate(action) ? await find(action) : await send(action);
    failures = 0;
    doubt.value = null;
    if (account.peek()?.id !== owner) return;
    if (order) done(owner, action, order);
    else refuse(owner, action, new ApiError({ code: 'not-placed' }));
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    if (account.peek()?.id !== owner) return;
    // Turned away at the door: sent for the first time, it had no effect.
    const untouched = first && [401, 408, 429].includes(failure.status);
    if (isOutcome(failure) || untouched) refuse(owner, action, failure);
    else wait(failure);
  } finally {
    release();
    sending.value = false;
  }
}

/** @param {import('../../types/app').Action} action */
async function send(action) {
  try {
    return (await call('place-order', { body: action.body ?? '', key: action.key })).data;
  } catch (failure) {
    const order = failure instanceof ApiError && OF_THE_QUOTE.includes(failure.code) ? await find(action) : null;
    if (order) return order;
    throw failure;
  }
}

/** The order, if it is there. @param {import('../../types/app').Action} action */
async function find(action) {
  try {
    return (await call('get-order', { path: { order_id: String(action.about.order_id) } })).data;
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 404) return null;
    // Whatever else is said of looking says nothing of the order.
    throw failure instanceof ApiError ? new ApiError({ code: failure.code, retryAfterMs: failure.retryAfterMs, unknown: true }) : failure;
  }
}

/** @param {string} owner @param {import('../../types/app').Action} action @param {import('../../types/app').Order} order */
function done(owner, action, order) {
  batch(() => {
    remember(owner, order);
    placings.remove(owner, action.key);
    clearBag();
    clearForBag(owner);
  });
  // Where the checkout was there is the order now: Back does not come to what is over.
  if (route.peek().path === '/eat/checkout') go(`/eat/orders/${order.id}`, { replace: true });
  else toast(t('eat.placed', { number: orderNumber(order.number) }), 'good');
}

/** @param {string} owner @param {import('../../types/app').Action} action @param {ApiError} failure */
function refuse(owner, action, failure) {
  batch(() => {
    placings.remove(owner, action.key);
    doubt.value = null;
    refusal.value = failure;
  });
}

/** @param {ApiError} failure */
function wait(failure) {
  failures += 1;
  doubt.value = failure;
  if (failure.status !== 401) again(Math.max(failure.retryAfterMs, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))));
}

/** @param {number} ms */
function again(ms) {
  clearTimeout(timer);
  timer = setTimeout(goOn, ms);
}

/** @param {import('../../types/app').Action} action */
function isLate(action) {
  return serverNow() > Date.parse(String(action.about.expires_at)) + GRACE_MS;
}

/** Goes on with what a page before this one left, and takes over from another tab that does not come to an end. */
export function keepPlacing() {
  const key = computed(() => underWay()?.key ?? null);
  const takeOver = effect(() => {
    if (key.value && !sending.peek()) again(OTHERS_MS);
  });
  const begin = effect(() => {
    if (account.value && !ended.value) queueMicrotask(goOn);
  });
  const wake = () => {
    if (refusal.peek()?.code === 'offline') refusal.value = null;
    if (doubt.peek()) void goOn();
  };
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  return () => {
    takeOver();
    begin();
    removeEventListener('online', wake);
    removeEventListener('pageshow', wake);
  };
}
