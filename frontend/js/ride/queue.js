// @ts-check
/**
 * What a courier did, on its way to the server: in order, once each, with the keys of when it was pressed, whatever the signal
 * does. One tab at a time sends; what is refused is told, and what followed it for the same delivery is not sent.
 */
import { actions, isOld, isOutcome } from '../actions.js';
import { ApiError, REQUEST_MS } from '../api.js';
import { money, t } from '../i18n.js';
import { toast } from '../kit.js';
import { timers } from '../live.js';
import { account, ended } from '../session.js';
import { alone } from '../store.js';
import { effect, useEffect, useSignal } from '../../vendor/ui.js';
import { learn } from './tasks.js';
import { tellRefused } from './told.js';

/** The longest wait between two attempts, in milliseconds. */
const LONGEST_MS = 15_000;
const FIRST_MS = 1_000;
/** How long one step may take before another tab tries it, with the same key: a renewed token and two attempts. */
const TURN_MS = 3 * REQUEST_MS;

const queue = actions('queue');

/** @typedef {import('../../types/app').Action} Action */
/** @typedef {'accept-offer' | 'decline-offer' | 'pick-up-delivery' | 'complete-delivery'} Step */

/** What waits to be sent, oldest first. */
export function waiting() {
  const own = account.value;
  return own ? queue.of(own.id) : [];
}

/**
 * The steps that a list of deliveries does not tell of yet: those that wait, and those that went out, from whichever tab, since
 * it was last asked for.
 * @param {import('../live.js').Live<any>} list
 */
export function useSteps(list) {
  const gone = useSignal(/** @type {{ action: Action, asked: number | null }[]} */ ([]));
  const owner = account.value?.id ?? '';
  useEffect(() => {
    let before = queue.of(owner);
    return effect(() => {
      const now = queue.of(owner);
      const left = before.filter(({ key }) => !now.some((one) => one.key === key));
      before = now;
      if (left.length === 0) return;
      const asked = list.checkedAt.peek();
      gone.value = [...gone.peek().filter((one) => one.asked === asked), ...left.map((action) => ({ action, asked }))];
      // Whoever signs out leaves nothing behind, and asks for nothing.
      queueMicrotask(() => account.peek()?.id === owner && list.refresh());
    });
  }, [list, owner]);
  const asked = list.checkedAt.value;
  return [...gone.value.filter((one) => one.asked === asked).map(({ action }) => action), ...waiting()];
}

/** Those of one delivery, as steps. @param {Action[]} all @param {string} delivery */
export function stepsOf(all, delivery) {
  return all.filter(({ path }) => path.delivery_id === delivery).map(({ operation }) => /** @type {Step} */ (operation));
}

/** Puts a step into the queue: once, however often it is pressed. @param {{ id: string, order_number: string }} delivery @param {Step} operation */
export function press(delivery, operation) {
  const own = account.peek();
  if (!own || stepsOf(queue.look(own.id), delivery.id).includes(operation)) return;
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
    while (account.peek()?.id === own.id && queue.look(own.id).length > 0) {
      await alone(`tiffin:queue:${own.id}`, TURN_MS, () => sendNext(own.id));
      failures = 0;
    }
  } catch (error) {
    failures += 1;
    const patience = error instanceof ApiError ? error.retryAfterMs : 0;
    timer = timers.later(pump, Math.max(patience, Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))));
  } finally {
    pumping = false;
  }
}

/** @param {string} owner */
async function sendNext(owner) {
  const [action] = queue.look(owner);
  // Signed out, or in as another: nothing is sent under another account.
  if (!action || account.peek()?.id !== owner) return;
  if (isOld(action)) return refuse(owner, action, { code: 'too-old' });
  try {
    const delivery = /** @type {import('../../types/app').Delivery} */ ((await queue.send(owner, action)).data);
    // What is called off before the next list was theirs all the same. Whoever has signed out leaves nothing behind.
    if (account.peek()?.id === owner) learn(owner, delivery);
    if (action.operation === 'complete-delivery') toast(t('ride.earned', { earning: money(delivery.earning) }), 'good');
  } catch (error) {
    if (!isOutcome(error)) throw error;
    refuse(owner, action, /** @type {ApiError} */ (error));
  }
}

/** @param {string} owner @param {Action} action @param {{ code: string, problem?: any }} error */
function refuse(owner, action, error) {
  for (const later of queue.look(owner)) {
    if (later.path.delivery_id === action.path.delivery_id) queue.remove(owner, later.key);
  }
  tellRefused(owner, String(action.about.number), error);
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
