// @ts-check
/** What a bag holds and what may be done with it. Pure: a bag is never changed, a new one is made. */

/** The shape in which bags are kept. Another shape is another version, and `read` makes it of the ones before. */
export const VERSION = 1;
/** The most of one dish, and the most lines, as the API has them. */
export const MAX_QUANTITY = 50;
export const MAX_LINES = 50;
/** Names are kept to show them where there is no menu; longer ones are not names. */
const MAX_NAME = 100;
const ID = '_[0-7][0-9a-hjkmnp-tv-z]{25}$';
const RESTAURANT_ID = new RegExp(`^rst${ID}`);
const ITEM_ID = new RegExp(`^itm${ID}`);
const OPTION_ID = new RegExp(`^opt${ID}`);

/**
 * @typedef {{ id: string, name: string }} Chosen an option, named as it was when it was chosen
 * @typedef {{ item_id: string, name: string, quantity: number, options: Chosen[] }} Entry
 * @typedef {{ restaurant: { id: string, name: string } | null, entries: Entry[] }} Bag without a restaurant it is empty
 */

/** @type {Bag} */
export const EMPTY = { restaurant: null, entries: [] };

/** Makes a bag of whatever was kept; `lost` is told where a part of it could not be read. @param {any} found @param {number} _version @param {() => void} lost @returns {Bag} */
export function read(found, _version, lost) {
  if (!isRecord(found) || !Array.isArray(found.entries)) return lost(), EMPTY;
  if (found.restaurant === null && found.entries.length === 0) return EMPTY;
  const restaurant = named(found.restaurant, RESTAURANT_ID);
  if (!restaurant) return lost(), EMPTY;
  let bag = { ...EMPTY };
  for (const one of found.entries) {
    const entry = readEntry(one);
    const next = entry && add(bag, restaurant, entry);
    if (next) bag = next;
    else lost();
  }
  return bag;
}

/** @param {any} found @returns {Entry | null} */
function readEntry(found) {
  if (!isRecord(found) || !Array.isArray(found.options)) return null;
  const item = named({ id: found.item_id, name: found.name }, ITEM_ID);
  const options = found.options.map((/** @type {any} */ one) => named(one, OPTION_ID));
  const { quantity } = found;
  if (!item || options.includes(null) || !Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) return null;
  return { item_id: item.id, name: item.name, quantity, options };
}

/** @param {any} found @param {RegExp} id @returns {Chosen | null} */
function named(found, id) {
  if (!isRecord(found) || typeof found.id !== 'string' || !id.test(found.id)) return null;
  if (typeof found.name !== 'string' || found.name.trim() === '') return null;
  return { id: found.id, name: [...found.name].slice(0, MAX_NAME).join('') };
}

/** @param {any} found */
function isRecord(found) {
  return typeof found === 'object' && found !== null && !Array.isArray(found);
}

/** What tells one entry from another: the dish with its options, in whatever order they were chosen. @param {Pick<Entry, 'item_id' | 'options'>} entry */
export function keyOf({ item_id, options }) {
  return [item_id, ...options.map(({ id }) => id).sort()].join('.');
}

/** The entry with this key. @param {Bag} bag @param {string} key */
export function entryOf(bag, key) {
  return bag.entries.find((entry) => keyOf(entry) === key) ?? null;
}

/** How many dishes there are. @param {Bag} bag */
export function count(bag) {
  return bag.entries.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** How many of this dish there are, with whatever options. @param {Bag} bag @param {string} itemId */
export function countOf(bag, itemId) {
  return bag.entries.reduce((sum, { item_id, quantity }) => sum + (item_id === itemId ? quantity : 0), 0);
}

/** Puts something in; what lies there already becomes more. `null` where it does not fit. @param {Bag} bag @param {{ id: string, name: string }} restaurant @param {Entry} entry @returns {Bag | null} */
export function add(bag, restaurant, entry) {
  if (bag.restaurant && bag.restaurant.id !== restaurant.id) return null;
  const known = entryOf(bag, keyOf(entry));
  if (!known && bag.entries.length >= MAX_LINES) return null;
  const quantity = (known?.quantity ?? 0) + entry.quantity;
  if (quantity > MAX_QUANTITY) return null;
  const { id, name } = restaurant;
  const entries = known ? bag.entries.map((one) => (one === known ? { ...entry, quantity } : one)) : [...bag.entries, entry];
  return { restaurant: { id, name }, entries };
}

/** Makes it so many; none at all takes it out. @param {Bag} bag @param {string} key @param {number} quantity @returns {Bag} */
export function setQuantity(bag, key, quantity) {
  if (quantity < 1) return without(bag, [key]);
  const most = Math.min(quantity, MAX_QUANTITY);
  return { ...bag, entries: bag.entries.map((one) => (keyOf(one) === key ? { ...one, quantity: most } : one)) };
}

/** Takes entries out. @param {Bag} bag @param {string[]} keys @returns {Bag} */
export function without(bag, keys) {
  const entries = bag.entries.filter((one) => !keys.includes(keyOf(one)));
  return entries.length === 0 ? EMPTY : { ...bag, entries };
}

/** Puts something back where it was; what has become of the bag since stays. @param {Bag} bag @param {{ id: string, name: string }} restaurant @param {Entry} entry @param {number} at @returns {Bag} */
export function putBack(bag, restaurant, entry, at) {
  const more = add(bag, restaurant, entry);
  if (!more) return bag;
  const rest = bag.entries;
  return entryOf(bag, keyOf(entry)) ? more : { ...more, entries: [...rest.slice(0, at), entry, ...rest.slice(at)] };
}

/** Makes one entry another: other options, another quantity. It stays in its place, or joins what is the same. @param {Bag} bag @param {string} key @param {Entry} entry @returns {Bag} */
export function replace(bag, key, entry) {
  if (!bag.restaurant || !entryOf(bag, key)) return bag;
  const at = bag.entries.findIndex((one) => keyOf(one) === key);
  const rest = without(bag, [key]);
  const same = entryOf(rest, keyOf(entry));
  if (same) return setQuantity(rest, keyOf(entry), same.quantity + entry.quantity);
  return { ...bag, entries: bag.entries.map((one, index) => (index === at ? entry : one)) };
}

/** A guest's bag goes into an account's: of another restaurant, it takes its place. @param {Bag} guest @param {Bag} own @returns {Bag} */
export function merge(guest, own) {
  const { restaurant } = guest;
  if (!restaurant) return own;
  if (own.restaurant?.id !== restaurant.id) return guest;
  return guest.entries.reduce((bag, entry) => add(bag, restaurant, entry) ?? setQuantity(bag, keyOf(entry), MAX_QUANTITY), own);
}

/** The lines as quote-basket wants them. @param {Bag} bag */
export function quoteItems(bag) {
  return bag.entries.map(({ item_id, quantity, options }) => ({ item_id, quantity, options: options.map(({ id }) => id) }));
}

/** The same words for the same bag, brought to the same place; other words for any other. @param {Bag} bag @param {import('../../types/app').Stop | null} stop */
export function fingerprint(bag, stop) {
  const lines = bag.entries.map((entry) => [keyOf(entry), entry.quantity]);
  const { street, city, postcode, country } = stop?.address ?? {};
  return JSON.stringify([bag.restaurant?.id ?? null, lines, stop && [stop.place.lat, stop.place.lon, street, city, postcode, country, stop.notes ?? null]]);
}
