// @ts-check
/**
 * What people typed in the checkout, kept for their account until it is ordered: a note and a tip, which belong to one
 * restaurant's bag, and whom the courier asks for and how they pay, which stay.
 */
import { account, whenSignedIn } from '../session.js';
import { GUEST, kept } from '../store.js';

/** As the server has it. */
export const MAX_NOTES = 1000;
const MAX_TEXT = 300;

/**
 * @typedef {{ minor: number, typed: string | null }} Tip `typed`: what stands in the field for another amount, while it is open
 * @typedef {{ restaurant_id: string | null, notes: string, tip: Tip, name: string | null, phone: string | null, method: string | null }} Draft
 */

/** @type {Tip} */
export const NO_TIP = { minor: 0, typed: null };
/** @type {Draft} */
const EMPTY = { restaurant_id: null, notes: '', tip: NO_TIP, name: null, phone: null, method: null };

const drafts = kept('draft', {
  version: 1,
  empty: () => EMPTY,
  /** @param {any} found @returns {Draft} */
  read(found) {
    if (typeof found !== 'object' || found === null) return EMPTY;
    const text = (/** @type {any} */ value, most = MAX_TEXT) => (typeof value === 'string' ? value.slice(0, most) : null);
    const minor = Number.isSafeInteger(found.tip?.minor) && found.tip.minor >= 0 ? found.tip.minor : 0;
    return {
      restaurant_id: text(found.restaurant_id),
      notes: text(found.notes, MAX_NOTES) ?? '',
      tip: { minor, typed: text(found.tip?.typed) },
      name: text(found.name),
      phone: text(found.phone),
      method: text(found.method),
    };
  },
});

/** The draft of whoever is here, as it concerns the bag of this restaurant. @param {string} restaurant_id */
export function draftFor(restaurant_id) {
  return ofBag(drafts.of(account.value?.id).value.value, restaurant_id);
}

/** @param {string} restaurant_id @param {Partial<Draft>} change */
export function write(restaurant_id, change) {
  drafts.of(account.peek()?.id).update((now) => ({ ...ofBag(now, restaurant_id), ...change }));
}

/** @param {Draft} draft @param {string} restaurant_id @returns {Draft} */
function ofBag(draft, restaurant_id) {
  return draft.restaurant_id === restaurant_id ? draft : { ...draft, restaurant_id, notes: '', tip: NO_TIP };
}

/** What belonged to a bag goes with it; whom to ask for and how they pay stay. @param {string} owner */
export function clearForBag(owner) {
  drafts.of(owner).update((now) => ({ ...now, restaurant_id: null, notes: '', tip: NO_TIP }));
}

// What a guest typed goes with who signs in.
whenSignedIn((owner) => {
  const guest = drafts.of(GUEST);
  const brought = guest.value.peek();
  if (brought === EMPTY) return;
  drafts.of(owner).update((own) => ({ ...own, ...told(brought) }));
  guest.clear();
});

/** What of a draft was told at all. @param {Draft} draft */
function told(draft) {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== null && value !== ''));
}
