// @ts-check
/** A courier's deliveries: what there is to do, as the server says it and as it will be once what waits has been sent. */
import { kept } from '../store.js';

/** @typedef {import('../../types/app').Delivery} Delivery */
/** @typedef {import('./queue.js').Step} Step */

/** The last list that came, for when nothing answers. It holds addresses: it goes with the account. */
export const known = kept('deliveries', {
  version: 1,
  empty: () => /** @type {Delivery[]} */ ([]),
  read: (found, _version, lost) => {
    if (Array.isArray(found) && found.every((one) => typeof one?.id === 'string' && typeof one.state === 'string')) return found;
    lost();
    return [];
  },
});

/** Those that are not over. @param {Delivery[]} deliveries */
export function open(deliveries) {
  return deliveries.filter(({ state }) => state === 'offered' || state === 'assigned' || state === 'picked_up');
}

/** What a reply says of one of them, before the next list does. @param {string} courier @param {Delivery} delivery */
export function learn(courier, delivery) {
  known.of(courier).update((before) => open([...before.filter(({ id }) => id !== delivery.id), delivery]));
}

/** Those that were being carried, and have been ended by somebody else. @param {Delivery[]} before @param {Delivery[]} now */
export function calledOff(before, now) {
  const carrying = new Set(before.filter(({ state }) => state === 'assigned' || state === 'picked_up').map(({ id }) => id));
  return now.filter(({ id, state }) => carrying.has(id) && (state === 'cancelled' || state === 'failed'));
}

/** Those that were to be picked up, and are not theirs any more. @param {Delivery[]} before @param {Delivery[]} now */
export function unassigned(before, now) {
  const listed = new Set(now.map(({ id }) => id));
  return before.filter(({ id, state }) => state === 'assigned' && !listed.has(id));
}

/** The offer to answer, if there is one: at most one is open at a time. @param {Delivery[]} deliveries @param {string} courier */
export function offered(deliveries, courier) {
  return deliveries.find(({ offer, allowed_actions }) => offer?.courier_id === courier && allowed_actions.includes('accept')) ?? null;
}

/** What is to be carried: what is picked up first, then what was assigned first. @param {Delivery[]} deliveries @param {(delivery: string) => Step[]} stepsOf what was pressed and is not told of yet */
export function carried(deliveries, stepsOf) {
  const mine = deliveries.filter(({ id, state }) => state === 'assigned' || state === 'picked_up' || stepsOf(id).includes('accept-offer'));
  const rank = (/** @type {Delivery} */ one) => (leg(one, stepsOf(one.id)) === 'to_pick_up' ? 1 : 0);
  return mine.sort((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id));
}

/** The steps of a delivery, in their order, by the last segment of their path. */
const STEPS = /** @type {const} */ ([['accept', 'accept-offer'], ['pick-up', 'pick-up-delivery'], ['complete', 'complete-delivery']]);

/**
 * The one step to press next: what the server allows, or what follows the last step that it has not told of.
 * @param {Delivery} delivery @param {Step[]} queued
 * @returns {Step | null}
 */
export function nextStep(delivery, queued) {
  const sent = STEPS.map(([, step]) => queued.includes(step)).lastIndexOf(true);
  // Nobody cooks yet: there will be nothing to pick up.
  if (STEPS[sent]?.[1] === 'accept-offer' && delivery.order_status === 'paid') return null;
  if (sent >= 0) return STEPS[sent + 1]?.[1] ?? null;
  return STEPS.find(([action]) => delivery.allowed_actions.includes(action))?.[1] ?? null;
}

/** Where a delivery is, what waits included. @param {Delivery} delivery @param {Step[]} queued @returns {'to_pick_up' | 'to_customer' | 'done'} */
export function leg(delivery, queued) {
  if (queued.includes('complete-delivery')) return 'done';
  return delivery.state === 'picked_up' || queued.includes('pick-up-delivery') ? 'to_customer' : 'to_pick_up';
}
