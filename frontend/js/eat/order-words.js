// @ts-check
/** What is said about an order: how far it is, what comes next, why it ended and what becomes of the money. */
import { has, money, t } from '../i18n.js';
import { time } from '../times.js';

/**
 * @typedef {import('../../types/app').Order} Order
 * @typedef {import('../../types/app').Schemas['Payment']} Payment
 * @typedef {import('../../types/app').Schemas['JourneyEntry']} Step
 */

const FINAL = ['delivered', 'payment_failed', 'rejected', 'cancelled', 'undeliverable'];
/** The steps of an order that goes well, as its journey names them. */
const WAY = ['order.placed', 'order.paid', 'order.accepted', 'order.ready', 'order.picked_up', 'order.delivered'];
/** What else of a journey people want to know. */
const TOLD = [...WAY, 'delivery.assigned', 'delivery.unassigned', 'order.payment_failed', 'order.rejected', 'order.cancelled', 'order.undeliverable', 'payment.refunded'];
/** What takes the place of another step, so that only the later one is told. */
const INSTEAD_OF = /** @type {Record<string, string>} */ ({ 'delivery.unassigned': 'delivery.assigned' });
/** How many parts of the way are behind an order, and the next one under way. */
const PARTS = /** @type {Record<string, number>} */ ({ placed: 0, paid: 1, accepted: 1, ready: 2, picked_up: 3, delivered: 4 });
export const ALL_PARTS = 4;

/** Whether nothing can follow. @param {Pick<Order, 'status'>} order */
export function isOver({ status }) {
  return FINAL.includes(status);
}

/** How many parts of its way it has gone; null where it ended otherwise. @param {Order} order */
export function partsDone({ status }) {
  return PARTS[status] ?? null;
}

/** How far it is, as a headline. @param {Order} order */
export function headline({ status, restaurant, courier }) {
  if (status === 'picked_up' && !courier) return t('eat.status-picked_up-nobody');
  return t(`eat.status-${status}`, { restaurant: restaurant.name, courier: firstName(courier?.name ?? '') });
}

/** The same in few words, for a list. @param {Order} order */
export function shortly({ status }) {
  return t(`eat.short-${status}`);
}

/** What comes next, or why it ended. @param {Order} order @param {string | null | undefined} zone the restaurant's */
export function explained(order, zone) {
  const { status, courier, deadline, ended_at, reason } = order;
  if (status === 'paid' && deadline) return t('eat.next-paid', { time: time(deadline, zone) });
  if (status === 'accepted' || status === 'ready') return courier ? t('eat.next-courier', { courier: firstName(courier.name) }) : t('eat.next-no-courier');
  if (status === 'delivered' && ended_at) return t('eat.next-delivered', { time: time(ended_at, zone) });
  if (isOver(order)) return reason ? because(reason) : t(`eat.next-${status}`);
  return t(`eat.next-${status}`);
}

/** A reason: the system's words in ours, a person's as they wrote them. @param {string} reason */
export function because(reason) {
  return has(`eat.reason-${reason}`) ? t(`eat.reason-${reason}`) : t('eat.reason-said', { reason });
}

/** What becomes of the money of an order that is over; null where there is nothing to say. @param {Order} order @param {Payment | null} payment */
export function moneySaid(order, payment) {
  if (!isOver(order) || !payment) return null;
  const delivered = order.status === 'delivered';
  const back = payment.refunded.amount > 0;
  if (payment.status === 'refunded' || (delivered && back)) return t('eat.money-refunded', { amount: money(payment.refunded) });
  if (delivered) return null;
  if (payment.status === 'voided' || payment.status === 'failed') return t('eat.money-not-charged');
  if (back) return t('eat.money-returning-rest', { amount: money(payment.refunded) });
  if (payment.captured.amount > 0) return t('eat.money-returning', { amount: money(payment.captured) });
  return t('eat.money-releasing');
}

/** Whether a payment has come to what its order's end makes of it. @param {Payment} payment */
export function isSettled({ status }) {
  return ['voided', 'refunded', 'failed'].includes(status);
}

/** Whether money of it is about to be given back. @param {Payment} payment */
export function owes({ refunds }) {
  return refunds.some(({ status }) => status === 'pending');
}

/**
 * A journey as people are told it, oldest first, with what is still to come where nothing has gone wrong. A step that a later
 * one passed over, as when a courier leaves before the kitchen has said that it is ready, does not come any more.
 * @param {Order} order @param {Step[]} entries
 * @returns {{ type: string, at: string | null, words: string }[]}
 */
export function steps(order, entries) {
  const last = new Map(entries.filter(({ type }) => TOLD.includes(type)).map((entry) => [INSTEAD_OF[entry.type] ?? entry.type, entry]));
  const done = [...last.values()].sort((one, other) => one.sequence - other.sequence);
  const wrong = isOver(order) && order.status !== 'delivered';
  const ahead = wrong ? [] : WAY.slice(WAY.findLastIndex((type) => last.has(type)) + 1);
  return [
    ...done.map(({ type, at }) => ({ type, at, words: stepWords(type, order) })),
    ...ahead.map((type) => ({ type, at: null, words: stepWords(type, order) })),
  ];
}

/** @param {string} type @param {Order} order */
function stepWords(type, { restaurant, courier, total, refunded }) {
  const name = type === 'delivery.assigned' && !courier ? `${type}-nobody` : type;
  const values = { restaurant: restaurant.name, courier: firstName(courier?.name ?? ''), total: money(total), refunded: money(refunded) };
  return t(`eat.step-${name}`, values);
}

/** How somebody is called among people. @param {string} name */
function firstName(name) {
  return name.trim().split(/\s+/)[0];
}
