// @ts-check
/** Money that is about to be given back: what is typed for each order, and how it is asked for: once, whatever happens. */
import { actions, isOld } from '../actions.js';
import { signal } from '../../vendor/ui.js';
import { useLive } from '../live.js';
import { account } from '../session.js';
import { EMPTY, isFinal } from './refund-rules.js';

/**
 * @typedef {import('./refund-rules.js').Form} Form
 * @typedef {import('./refund-rules.js').Payment} Payment
 */

const asked = actions('refunds');
/** What is typed, by order. */
const forms = signal(/** @type {Record<string, Form>} */ ({}));

/** The payment of an order, followed to its end; `look` asks for it now. @param {string} order */
export function usePayment(order) {
  const { data, error, refresh } = useLive('list-payments', { query: { order_id: order } }, { until: ({ items }) => items.length > 0 && isFinal(items[0]) });
  const first = (/** @type {{ items: Payment[] } | null} */ page) => page?.items[0] ?? null;
  return { payment: first(data.value), error: error.value, look: () => refresh().then(() => first(data.peek())) };
}

/** @param {string} order @returns {Form} */
export function formOf(order) {
  return forms.value[order] ?? EMPTY;
}

/** @param {string} order @param {Partial<Form>} change */
export function write(order, change) {
  forms.value = { ...forms.peek(), [order]: { ...(forms.peek()[order] ?? EMPTY), ...change } };
}

/** What was asked for, and nobody knows whether it arrived or it is on its way. @param {string} order */
export function sentRefund(order) {
  const owner = account.value?.id;
  return owner ? asked.of(owner).find((action) => action.about.order_id === order && !isOld(action)) : undefined;
}

/** The same, once it is not on its way any more. @param {string} order */
export function isUnsure(order) {
  const [owner, sent] = [account.value?.id, sentRefund(order)];
  return owner !== undefined && sent !== undefined && asked.unsure(owner).includes(sent);
}

/** Forgets what was asked for: somebody has looked whether it was given back. @param {string} order */
export function giveUp(order) {
  const [owner, sent] = [account.value?.id, sentRefund(order)];
  if (owner && sent) asked.remove(owner, sent.key);
}

/**
 * Asks for a refund of an order's payment, or for the same once more.
 * @param {string} order @param {string} payment @param {import('./refund-rules.js').Body} body
 * @returns {Promise<import('../../types/app').Schemas['Refund'] | null>}
 */
export async function giveBack(order, payment, body) {
  const owner = account.peek()?.id;
  if (!owner) return null;
  const action = sentRefund(order) ?? asked.add(owner, { operation: 'refund-payment', path: { payment_id: payment }, body, about: { order_id: order } });
  const { data } = await asked.send(owner, action);
  const { [order]: _, ...others } = forms.peek();
  forms.value = others;
  return /** @type {any} */ (data);
}
