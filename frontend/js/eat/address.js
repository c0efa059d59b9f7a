// @ts-check
/** Where food is brought: the last address of whoever plays here, kept under its account or the guest. */
import { account, whenSignedIn } from '../session.js';
import { GUEST, kept } from '../store.js';

/** @typedef {import('../../types/app').Stop} Stop */

/** As the API has them. */
export const MAX_STREET = 200;
export const MAX_CITY = 100;
export const MAX_POSTCODE = 20;
export const MAX_NOTES = 1000;
const VERSION = 1;

const addresses = kept('address', { version: VERSION, empty: () => /** @type {Stop | null} */ (null), read });

/** The address; a component that reads it is drawn anew when it changes. */
export function address() {
  return addresses.of(account.value?.id).value.value;
}

/** Remembers it. @param {Stop} stop */
export function rememberAddress(stop) {
  addresses.of(account.peek()?.id).update(() => stop);
}

/** Somebody's first address, where they have none. @param {string} owner @param {Stop} stop */
export function beginAddress(owner, stop) {
  addresses.of(owner).update((now) => now ?? stop);
}

whenSignedIn((owner) => {
  const brought = addresses.of(GUEST).value.peek();
  if (!brought) return;
  addresses.of(owner).update(() => brought);
  addresses.of(GUEST).clear();
});

/** @param {any} found @param {number} _version @param {() => void} lost @returns {Stop | null} */
function read(found, _version, lost) {
  if (found === null) return null;
  const { place, address: written, notes } = found;
  const onEarth = isWithin(place?.lat, 90) && isWithin(place?.lon, 180);
  const texts = [[written?.street, MAX_STREET], [written?.city, MAX_CITY]];
  const whole = onEarth && texts.every(([text, most]) => isText(text, most)) && /^[A-Z]{2}$/.test(written?.country);
  if (!whole) return lost(), null;
  const { street, city, country } = written;
  const postcode = optional(written.postcode, MAX_POSTCODE);
  return { place: { lat: place.lat, lon: place.lon }, address: { street, city, postcode, country }, notes: optional(notes, MAX_NOTES) };
}

/** @param {unknown} value @param {number} most */
function isWithin(value, most) {
  return typeof value === 'number' && Math.abs(value) <= most;
}

/** @param {unknown} text @param {number} most @returns {string | null} */
function optional(text, most) {
  return isText(text, most) ? text : null;
}

/** @param {unknown} text @param {number} most @returns {text is string} */
function isText(text, most) {
  return typeof text === 'string' && text.trim() !== '' && text.length <= most;
}
