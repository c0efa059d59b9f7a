import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, count, EMPTY, fingerprint, keyOf, MAX_LINES, MAX_QUANTITY, merge, putBack, quoteItems, read, replace, setQuantity, without } from '../../js/eat/bag-rules.js';

const VESUVIO = { id: 'rst_01kdvdna00fa5ajj3b2patz2m2', name: 'Pizzeria Vesuvio' };
const SEOUL = { id: 'rst_01kdvdna00e1gvxkkabygfj83p', name: 'Seoul Kitchen' };
const THIN = { id: 'opt_01kdvdna00e1e8m3qhpx71fa28', name: 'Thin' };
const OLIVES = { id: 'opt_01kdvdna00e0t8kay5gnna09q0', name: 'Olives' };

function margherita(quantity = 1, options = [THIN]) {
  return { item_id: 'itm_01kdvdna00ec595fyc1eba92ss', name: 'Margherita', quantity, options };
}

function limonata(quantity = 1) {
  return { item_id: 'itm_01kdvdna00evhamn48zc99ytm5', name: 'Limonata', quantity, options: [] };
}

function bagOf(...entries) {
  return entries.reduce((bag, entry) => add(bag, VESUVIO, entry), EMPTY);
}

/** What `read` makes of something that was kept, and whether it told that a part was lost. */
function found(data) {
  let lost = false;
  const bag = read(data, 1, () => (lost = true));
  return { bag, lost };
}

test('the same dish with the same options becomes more, in whatever order they were chosen', () => {
  const bag = bagOf(margherita(1, [THIN, OLIVES]), margherita(2, [OLIVES, THIN]));
  assert.equal(bag.entries.length, 1);
  assert.equal(bag.entries[0].quantity, 3);
});

test('the same dish with other options stands by itself', () => {
  assert.equal(bagOf(margherita(), margherita(1, [OLIVES])).entries.length, 2);
});

test('a dish of another restaurant does not fit', () => {
  assert.equal(add(bagOf(margherita()), SEOUL, limonata()), null);
});

test('more of one dish than the server takes does not fit', () => {
  assert.equal(add(bagOf(margherita(MAX_QUANTITY)), VESUVIO, margherita()), null);
});

test('more lines than the server takes do not fit', () => {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz';
  const id = (at) => `itm_01kdvdna00ec595fyc1eba9${digits[Math.floor(at / 32)]}${digits[at % 32]}s`;
  const full = bagOf(...Array.from({ length: MAX_LINES }, (_, at) => ({ ...limonata(), item_id: id(at) })));
  assert.equal(full.entries.length, MAX_LINES);
  assert.equal(add(full, VESUVIO, margherita()), null);
});

test('a quantity of none takes the entry out, the last one the restaurant with it', () => {
  const bag = bagOf(margherita());
  assert.deepEqual(setQuantity(bag, keyOf(margherita()), 0), EMPTY);
});

test('what was taken out comes back where it was', () => {
  const bag = bagOf(margherita(), limonata());
  const less = without(bag, [keyOf(margherita())]);
  assert.deepEqual(putBack(less, VESUVIO, margherita(), 0), bag);
});

test('what was taken out does not come back into another bag', () => {
  const other = add(EMPTY, SEOUL, limonata());
  assert.equal(putBack(other, VESUVIO, margherita(), 0), other);
});

test('an entry that is changed stays in its place', () => {
  const bag = replace(bagOf(margherita(), limonata()), keyOf(margherita()), margherita(2, [OLIVES]));
  assert.deepEqual(bag.entries, [margherita(2, [OLIVES]), limonata()]);
});

test('an entry that is changed into another one joins it', () => {
  const bag = replace(bagOf(margherita(), margherita(1, [OLIVES])), keyOf(margherita()), margherita(2, [OLIVES]));
  assert.deepEqual(bag.entries, [margherita(3, [OLIVES])]);
});

test('an entry that has left the bag is not changed', () => {
  const bag = bagOf(limonata());
  assert.equal(replace(bag, keyOf(margherita()), margherita(2)), bag);
});

test("a guest's bag goes into an empty one, and takes the place of another restaurant's", () => {
  const guest = bagOf(margherita());
  assert.equal(merge(guest, EMPTY), guest);
  assert.equal(merge(guest, add(EMPTY, SEOUL, limonata())), guest);
});

test("a guest's bag of the same restaurant is added", () => {
  const bag = merge(bagOf(margherita(2), limonata()), bagOf(margherita()));
  assert.deepEqual(bag.entries, [margherita(3), limonata()]);
});

test('an empty guest changes nothing', () => {
  const own = bagOf(margherita());
  assert.equal(merge(EMPTY, own), own);
});

test('lines are as quote-basket wants them', () => {
  assert.deepEqual(quoteItems(bagOf(margherita(2))), [{ item_id: margherita().item_id, quantity: 2, options: [THIN.id] }]);
});

test('a fingerprint tells bags and places apart, and is the same for the same', () => {
  const stop = { place: { lat: 44.4, lon: 26.1 }, address: { street: 'Bd. Magheru 7', city: 'București', postcode: '010322', country: 'RO' }, notes: null };
  const bag = bagOf(margherita());
  assert.equal(fingerprint(bag, stop), fingerprint(bagOf(margherita()), { ...stop }));
  assert.notEqual(fingerprint(bag, stop), fingerprint(bagOf(margherita(2)), stop));
  assert.notEqual(fingerprint(bag, stop), fingerprint(bag, { ...stop, notes: 'Ring twice' }));
  assert.notEqual(fingerprint(bag, stop), fingerprint(bag, null));
});

test('a kept bag is read as it was written', () => {
  const bag = bagOf(margherita(2), limonata());
  const { bag: again, lost } = found(JSON.parse(JSON.stringify(bag)));
  assert.deepEqual(again, bag);
  assert.equal(lost, false);
});

test('an empty bag is nothing lost', () => {
  assert.equal(found(EMPTY).lost, false);
});

for (const data of [null, [], 7, 'bag', {}, { restaurant: null, entries: [margherita()] }, { restaurant: { id: 'rst_x', name: 'X' }, entries: [] }, { restaurant: VESUVIO, entries: {} }]) {
  test(`what is no bag is an empty one, and told: ${JSON.stringify(data)?.slice(0, 40)}`, () => {
    const { bag, lost } = found(data);
    assert.deepEqual(bag, EMPTY);
    assert.equal(lost, true);
  });
}

for (const broken of [
  { ...limonata(), quantity: -1 }, { ...limonata(), quantity: 1e9 }, { ...limonata(), quantity: 1.5 }, { ...limonata(), item_id: 'itm_unknown' },
  { ...limonata(), name: ' ' }, { ...limonata(), options: [{ id: 'opt_unknown', name: 'X' }] }, { ...limonata(), options: null }, null, 'soup',
]) {
  test(`what can be read stays beside what can't: ${JSON.stringify(broken)}`, () => {
    const { bag, lost } = found({ restaurant: VESUVIO, entries: [margherita(), broken] });
    assert.deepEqual(bag.entries, [margherita()]);
    assert.equal(lost, true);
  });
}

test('a key of another prototype changes nothing', () => {
  const { bag } = found(JSON.parse(`{"__proto__": {"admin": true}, "restaurant": ${JSON.stringify(VESUVIO)}, "entries": [${JSON.stringify(margherita())}]}`));
  assert.equal(/** @type {any} */ (bag).admin, undefined);
  assert.equal(/** @type {any} */ ({}).admin, undefined);
  assert.equal(count(bag), 1);
});
