// @ts-check
/**
 * What a courier did, on its way to the server: in order, once each, with the keys of when it was pressed, whatever the signal
 * does. One tab sends for all; what is refused is told, and what followed it for the same delivery is not sent.
 */
import { actions, isOld, isOutcome } from '../actions.js';
import { ApiError } from '../api.js';
import { timers } from '../live.js';
import { account, ended } from '../session.js';
import { effect, signal } from '../../vendor/ui.js';

/** The longest wait between two attempts, in milliseconds. */
const LONGEST_MS = 15_000;
const FIRST_MS = 1_000;

const queue = actions('queue');

/** What was refused, until somebody has read it. */
export const refusals = signal(/** @type {{ number: string, code: string, words: string | null }[]} */ ([]));

/** What waits to be sent, oldest first. */
export function waiting() {
  const own = account.value;
  return own ? queue.of(own.id) : [];
}

/** Those of one delivery. @param {string} delivery */
export function waitingFor(delivery) {
  return waiting().filter((action) => action.path.delivery_id === delivery);
}

/** @typedef {'accept-offer' | 'decline-offer' | 'pick-up-delivery' | 'complete-delivery'} Step */

/** Called with what the server replied, and when something was refused. @type {{ done: (delivery: any) => void, refused: () => void }} */
export const listeners = { done: () => {}, refused: () => {} };

/** Puts a step into the queue: once, however often it is pressed. @param {{ id: string, order_number: string }} delivery @param {Step} operation */
export function press(delivery, operation) {
  const own = account.peek();
  if (!own || waitingFor(delivery.id).some((action) => action.operation === operation)) return;
  queue.add(own.id, { operation, path: { delivery_id: delivery.id }, about: { number: delivery.order_number } });
  void pump();
}

let timer = 0;
let failures = 0;
let pumping = false;

/** Sends what waits, one after the other, until nothing is left or the signal is gone. */
export async function pump() {
  const own = account.peek();
  if (!own || ended.peek() || pumping) return;
  pumping = true;
  timers.cancel(timer);
  try {
    await alone(`tiffin:queue:${own.id}`, () => sendAll(own.id));
    failures = 0;
  } catch (error) {
    failures += 1;
    const patience = error instanceof ApiError ? error.retryAfterMs : 0;
    timer = timers.later(pump, Math.max(patience, Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))));
  } finally {
    pumping = false;
  }
}

/** @param {string} owner */
async function sendAll(owner) {
  for (let action = queue.of(owner)[0]; action; action = queue.of(owner)[0]) {
    // Signed out, or in as another: nothing is sent under another account.
    if (account.peek()?.id !== owner) return;
    if (isOld(action)) {
      refuse(owner, action, { code: 'too-old' });
      continue;
    }
    try {
      const { data } = await queue.send(owner, action);
      listeners.done(data);
    } catch (error) {
      if (!isOutcome(error)) throw error;
      refuse(owner, action, /** @type {ApiError} */ (error));
    }
  }
}

/** @param {string} owner @param {import('../../types/app').Action} action @param {{ code: string, problem?: any }} error */
function refuse(owner, action, { code, problem }) {
  for (const later of queue.of(owner)) {
    if (later.path.delivery_id === action.path.delivery_id) queue.remove(owner, later.key);
  }
  refusals.value = [...refusals.peek(), { number: String(action.about.number), code, words: problem?.detail ?? null }];
  listeners.refused();
}

/** @param {string} name @param {() => Promise<void>} work */
async function alone(name, work) {
  if (!navigator.locks) return work();
  await navigator.locks.request(name, work);
}

/** Begins to send what a page before this one left, and whenever the signal is back. */
export function beginQueue() {
  addEventListener('online', () => void pump());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void pump();
  });
  effect(() => {
    if (account.value && !ended.value) queueMicrotask(() => void pump());
  });
}
