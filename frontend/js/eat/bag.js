// @ts-check
/** The bag of whoever plays here: one restaurant's dishes, kept under its account or the guest, the same in every tab. */
import { t } from '../i18n.js';
import { toast } from '../kit.js';
import { account, whenSignedIn } from '../session.js';
import { GUEST, kept } from '../store.js';
import { EMPTY, merge, read, VERSION } from './bag-rules.js';

export { count, fingerprint, quoteItems } from './bag-rules.js';

/** @typedef {import('./bag-rules.js').Bag} Bag */

const bags = kept('bag', { version: VERSION, empty: () => EMPTY, read });

/** The bag; a component that reads it is drawn anew when it changes. @returns {Bag} */
export function bag() {
  return bags.of(account.value?.id).value.value;
}

/** Changes it, from what it is at this moment in whichever tab. @param {(now: Bag) => Bag} change */
export function changeBag(change) {
  bags.of(account.peek()?.id).update(change);
}

/** Empties it: what it held has been ordered. */
export function clearBag() {
  bags.of(account.peek()?.id).clear();
}

/** Fills it anew with the dishes of an order; who had another bag has been asked. @param {Bag} fresh */
export function fillBag(fresh) {
  bags.of(account.peek()?.id).update(() => fresh);
}

whenSignedIn((owner) => {
  const guest = bags.of(GUEST);
  const own = bags.of(owner);
  const brought = guest.value.peek();
  const before = own.value.peek().restaurant;
  if (!brought.restaurant) return;
  own.update((now) => merge(brought, now));
  guest.clear();
  if (before && before.id !== brought.restaurant.id) toast(t('eat.bag-replaced', { old: before.name, restaurant: brought.restaurant.name }));
});
