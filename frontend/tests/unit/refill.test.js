import assert from 'node:assert/strict';
import test from 'node:test';

import { bagOf, refill } from '../../js/eat/refill.js';

const id = (prefix, last) => `${prefix}_01kdvdna00exb8vsjbdpc9903${last}`;
const lei = (amount) => ({ amount, currency: 'RON' });

const option = (last, more = {}) => ({ id: id('opt', last), name: `Option ${last}`, price: lei(100), available: true, unavailable_until: null, ...more });
const item = (last, more = {}) => ({ id: id('itm', last), name: `Dish ${last}`, price: lei(1000), available: true, option_groups: [], ...more });
const menu = (items) => ({ restaurant_id: id('rst', '0'), currency: 'RON', version: 1, sections: [{ name: 'All', items }] });
const line = (last, quantity, options = []) => ({
  line: 1,
  item_id: id('itm', last),
  name: `Dish ${last}, then`,
  quantity,
  options: options.map((one) => ({ option_id: id('opt', one), group: 'Size', name: `Option ${one}, then`, price: lei(100) })),
});
const order = (lines) => ({ restaurant_id: id('rst', '0'), restaurant: { name: 'La Mama', phone: null }, lines });

test('an order becomes the bag that it was', () => {
  const bag = bagOf(order([line('1', 2), line('2', 1, ['a'])]));
  assert.deepEqual(bag.restaurant, { id: id('rst', '0'), name: 'La Mama' });
  assert.deepEqual(bag.entries.map(({ item_id, quantity }) => [item_id, quantity]), [[id('itm', '1'), 2], [id('itm', '2'), 1]]);
  assert.deepEqual(bag.entries[1].options, [{ id: id('opt', 'a'), name: 'Option a, then' }]);
});

test('what the menu has no more, or not now, stays out and is named', () => {
  const choice = { id: 'g', name: 'Size', min: 1, max: 1, options: [option('a'), option('b', { available: false })] };
  const present = menu([item('1'), item('2', { available: false }), item('4', { option_groups: [choice] })]);
  const wanted = bagOf(order([line('1', 3), line('2', 1), line('3', 1), line('4', 1, ['a']), line('4', 1, ['b'])]));
  const { bag, gone } = refill(wanted, present);
  assert.deepEqual(bag.entries.map(({ item_id, quantity }) => [item_id, quantity]), [[id('itm', '1'), 3], [id('itm', '4'), 1]]);
  assert.deepEqual(gone, ['Dish 2, then', 'Dish 3, then', 'Dish 4, then']);
});

test('where nothing is left the bag has no restaurant', () => {
  assert.equal(refill(bagOf(order([line('1', 1)])), menu([])).bag.restaurant, null);
});
