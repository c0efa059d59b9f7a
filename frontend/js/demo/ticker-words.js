// @ts-check
/** The ticker's sentences. Pure, but for the words. */
import { has, orderNumber, t } from '../i18n.js';

/**
 * @typedef {object} Told a fact, as the server tells it
 * @property {number} n
 * @property {string} at
 * @property {string} kind
 * @property {string | null} order_number
 * @property {string | null} restaurant
 * @property {string | null} courier
 * @property {number | null} prep_minutes
 * @property {string | null} reason
 * @property {boolean} ours whether it is of the theatre's restaurant
 */

/** Of elsewhere these go without saying: they come in the same second as the order. */
const ONLY_OURS = ['order.paid', 'delivery.offered'];

/** Whether there is a sentence for it. @param {Told} told */
export function isTold({ kind, ours }) {
  return has(`demo.told-${kind}`) && (ours || !ONLY_OURS.includes(kind));
}

/** What happened. @param {Told} told @returns {string} */
export function sentence({ kind, order_number, restaurant, courier, prep_minutes, reason }) {
  const key = `demo.told-${kind}`;
  const values = {
    number: orderNumber(order_number ?? ''),
    restaurant: restaurant ?? '',
    courier: courier?.trim().split(/\s+/)[0] ?? '',
    minutes: prep_minutes ?? 0,
  };
  if (reason && has(`${key}-${reason}`)) return t(`${key}-${reason}`, values);
  if (!courier && has(`${key}-nobody`)) return t(`${key}-nobody`, values);
  return t(key, values);
}
