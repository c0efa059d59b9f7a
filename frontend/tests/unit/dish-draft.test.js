import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check, elsewhere, EMPTY, fitted, MOST, NEW_GROUP, readDraft } from '../../js/kitchen/dish-draft.js';

const SOUP = { ...EMPTY, section: 'Soups', name: ' Sour soup ', price: '12,50' };

test('what is sent is trimmed, in minor units, and without what was left out', () => {
  const { faults, body } = check(SOUP, 'EUR');
  assert.deepEqual(faults, {});
  assert.deepEqual(body, { section: 'Soups', name: 'Sour soup', price: { amount: 1250, currency: 'EUR' }, allergens: [], dietary: [], option_groups: [] });
});

test('everything that is missing is named by its pointer', () => {
  const { faults } = check({ ...EMPTY, groups: [NEW_GROUP] }, 'EUR');
  assert.deepEqual(faults, {
    '/section': 'needed',
    '/name': 'needed',
    '/price': 'empty',
    '/option_groups/0/name': 'needed',
    '/option_groups/0/options/0/name': 'needed',
    '/option_groups/0/options/1/name': 'needed',
  });
});

test('a price that can be read in two ways is asked, and not sent', () => {
  const { faults, questions } = check({ ...SOUP, price: '1.250' }, 'EUR');
  assert.equal(faults['/price'], 'ask');
  assert.deepEqual(questions['/price'], [125, 125_000]);
});

test('a currency decides what a price means', () => {
  assert.equal(check({ ...SOUP, price: '12,50' }, 'JPY').faults['/price'], 'decimals');
  assert.equal(check({ ...SOUP, price: '1,250' }, 'KWD').body.price.amount, 1250);
});

test('an option without a price costs nothing', () => {
  const groups = [{ name: 'Size', min: 1, max: 1, options: [{ name: 'Small', price: '' }, { name: 'Large', price: '3' }] }];
  const { faults, body } = check({ ...SOUP, groups }, 'EUR');
  assert.deepEqual(faults, {});
  assert.deepEqual(body.option_groups[0].options.map(({ price }) => price.amount), [0, 300]);
});

test('the numbers of a group follow its options', () => {
  const group = { name: 'Extras', min: 3, max: 5, options: [{ name: 'a', price: '' }, { name: 'b', price: '' }] };
  assert.deepEqual([fitted(group).min, fitted(group).max], [2, 2]);
  assert.equal(fitted({ ...group, options: [] }).options.length, 1);
  assert.equal(fitted({ ...group, min: 0, max: 0 }).max, 1);
});

test('of a stored draft, whatever can be read is read', () => {
  for (const broken of [null, 1, 'x', [], { groups: 'x', allergens: [1, 'milk', 'stones'], price: 12 }]) {
    const draft = readDraft(broken);
    assert.equal(typeof draft.price, 'string');
    assert.deepEqual(draft.groups, []);
    assert.ok(draft.allergens.every((word) => word === 'milk'));
  }
  const many = readDraft({ groups: Array.from({ length: 99 }, () => ({ min: -1, max: 1e9, options: [{}] })) });
  assert.equal(many.groups.length, MOST.groups);
  assert.deepEqual([many.groups[0].min, many.groups[0].max], [0, 1]);
});

test('what was refused at no field of the form is told all the same', () => {
  const error = (pointer) => ({ pointer, detail: 'is wrong' });
  assert.deepEqual(elsewhere({ errors: ['/name', '/price/amount', '/option_groups/0/options/1/price'].map(error) }), []);
  assert.deepEqual(elsewhere({ errors: [error('/picture'), error('/name')] }), ['/picture is wrong']);
  assert.deepEqual(elsewhere(null), []);
});
