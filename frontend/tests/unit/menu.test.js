import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, lacking, preselected, priced, unitPrice } from '../../js/eat/menu-rules.js';

const RON = (amount) => ({ amount, currency: 'RON' });
const option = (id, amount = 0, available = true) => ({ id, name: id, price: RON(amount), available });
const CRUST = { id: 'crust', name: 'Crust', min: 1, max: 1, options: [option('thin'), option('thick', 200)] };
const EXTRAS = { id: 'extras', name: 'Extras', min: 0, max: 2, options: [option('olives', 300), option('cheese', 450), option('anchovies', 400, false)] };
const SAUCE = { id: 'sauce', name: 'Sauce', min: 0, max: 1, options: [option('garlic', 100), option('chilli', 100)] };
const PIZZA = { id: 'pizza', name: 'Pizza', price: RON(3900), available: true, option_groups: [CRUST, EXTRAS, SAUCE] };

function menuOf(...items) {
  return /** @type {any} */ ({ sections: [{ name: 'Food', items }] });
}

function bagOf(...options) {
  const entry = { item_id: 'pizza', name: 'Pizza', quantity: 2, options: options.map((id) => ({ id, name: id })) };
  return { restaurant: { id: 'rst', name: 'R' }, entries: [entry] };
}

test('a unit costs the dish and what is chosen', () => {
  assert.equal(unitPrice(PIZZA, ['thick', 'cheese']), 3900 + 200 + 450);
});

test('what must be chosen begins with the first that can be had and costs nothing', () => {
  assert.deepEqual(preselected(PIZZA), ['thin']);
});

test('what only costs more is not chosen for anybody', () => {
  const crust = { ...CRUST, options: [option('thin', 0, false), option('thick', 200)] };
  assert.deepEqual(preselected({ ...PIZZA, option_groups: [crust] }), []);
});

test('of a group that takes one, the next takes the place of the last', () => {
  assert.deepEqual(choose(CRUST, ['thin', 'olives'], 'thick'), ['olives', 'thick']);
  assert.deepEqual(choose(SAUCE, ['garlic'], 'chilli'), ['chilli']);
});

test('what need not be chosen can be left again, what must be can not', () => {
  assert.deepEqual(choose(SAUCE, ['garlic'], 'garlic'), []);
  assert.deepEqual(choose(CRUST, ['thin'], 'thin'), ['thin']);
});

test('a group that is full takes no more', () => {
  const three = { ...EXTRAS, options: [...EXTRAS.options, option('basil')] };
  assert.deepEqual(choose(three, ['olives', 'cheese'], 'basil'), ['olives', 'cheese']);
});

test('a group says how many more it wants', () => {
  assert.equal(lacking({ ...EXTRAS, min: 2 }, ['olives']), 1);
  assert.equal(lacking(CRUST, ['thin']), 0);
});

test('a bag costs what its lines cost', () => {
  const { sum, lines, troubled } = priced(bagOf('thin', 'olives'), menuOf(PIZZA));
  assert.equal(lines[0].unit, 4200);
  assert.equal(sum, 8400);
  assert.deepEqual(troubled, []);
});

for (const [why, options, menu] of [
  ['gone', ['thin'], menuOf()],
  ['sold-out', ['thin'], menuOf({ ...PIZZA, available: false })],
  ['option-gone', ['thin', 'ham'], menuOf(PIZZA)],
  ['option-sold-out', ['thin', 'anchovies'], menuOf(PIZZA)],
  ['choose-again', [], menuOf(PIZZA)],
  ['choose-again', ['thin', 'thick'], menuOf(PIZZA)],
]) {
  test(`what can't be ordered is marked and costs nothing: ${why} ${options}`, () => {
    const { sum, lines } = priced(bagOf(.../** @type {string[]} */ (options)), menu);
    assert.equal(lines[0].trouble, why);
    assert.equal(sum, 0);
  });
}
