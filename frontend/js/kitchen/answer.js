// @ts-check
/** What the restaurant does with an order. An answer whose outcome is unknown is kept, and sent again as the same one. */
import { actions, isOld, isOutcome } from '../actions.js';
import { ApiError } from '../api.js';
import { t } from '../i18n.js';
import { toast } from '../kit.js';
import { account } from '../session.js';
import { byHand } from '../theatre.js';
import { signal } from '../../vendor/ui.js';
import { became, expect, lookUp, refresh, tell } from './feed.js';

/** @typedef {import('../../types/app').Order} Order */

/** What can be done, by the word that `allowed_actions` has for it: its operation, and what the order becomes. */
const ANSWERS = /** @type {const} */ ({
  accept: ['accept-order', 'accepted'],
  reject: ['reject-order', 'rejected'],
  ready: ['mark-order-ready', 'ready'],
  cancel: ['cancel-order', 'cancelled'],
});

/** @typedef {keyof typeof ANSWERS} Answer */

const sent = actions('answers');

/** The minutes chosen for an order, until it is accepted. */
export const chosenMinutes = signal(/** @type {Record<string, number>} */ ({}));
/** Why an order is not taken on, as far as it was typed. */
export const typedReasons = signal(/** @type {Record<string, string>} */ ({}));

/** Whether an answer to this order was on its way, and nobody knows whether it arrived. @param {Order} order */
export function isUnsure(order) {
  const own = account.value;
  return own !== null && sent.unsure(own.id).some(({ path, about }) => path.order_id === order.id && order.allowed_actions.includes(String(about.answer)));
}

/**
 * Gives an answer; true once it is done. What was refused is named here, with what the order is now.
 * @param {Order} order @param {Answer} answer @param {{ prep_minutes: number } | { reason: string }} [body]
 */
export async function give(order, answer, body) {
  const own = account.peek();
  if (!own) return false;
  void byHand('merchant');
  const [operation, status] = ANSWERS[answer];
  expect(order.id, status);
  try {
    const { data } = await sent.send(own.id, actionFor(own.id, order, answer, operation, body));
    tell(/** @type {Order} */ (data));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'illegal-transition') {
      // It may have worked: then the board shows it.
      if (!isOutcome(error)) void refresh();
      throw error;
    }
    expect(order.id, '');
    const now = await lookUp(order.id);
    toast(t('kitchen.refused', { what: became(now) }), 'bad');
    return false;
  }
}

/**
 * The same action as before, where the same was tried and its outcome is unknown.
 * @param {string} owner @param {Order} order @param {Answer} answer @param {import('../../types/app').Action['operation']} operation @param {unknown} body
 */
function actionFor(owner, order, answer, operation, body) {
  const text = body === undefined ? null : JSON.stringify(body);
  const tried = sent.of(owner).filter(({ path }) => path.order_id === order.id);
  const same = tried.find((action) => action.operation === operation && action.body === text && !isOld(action));
  if (same) return same;
  for (const { key } of tried) sent.remove(owner, key);
  return sent.add(owner, { operation, path: { order_id: order.id }, body, about: { answer } });
}
