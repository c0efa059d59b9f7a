import assert from 'node:assert/strict';
import test from 'node:test';

import { refusal } from '../../js/eat/refusals.js';

const refused = (code, more = {}) => ({ code, problem: { code, detail: `the detail of ${code}`, ...more } });

test('each refusal of a bag stands beside what it concerns', () => {
  for (const [code, where] of [
    ['out-of-range', 'address'], ['below-minimum', 'dishes'], ['item-unavailable', 'dishes'], ['option-invalid', 'dishes'],
    ['restaurant-closed', 'dishes'], ['paused', 'dishes'], ['at-capacity', 'dishes'], ['not-found', 'dishes'], ['unavailable', 'sums'], ['quote-expired', 'sums'],
  ]) assert.equal(refusal(refused(code)).where, where, code);
});

test('a wrong field is told at the field, in the server’s words', () => {
  for (const [pointer, where] of [
    ['/tip/amount', 'tip'], ['/notes', 'notes'], ['/contact/phone', 'phone'], ['/contact/name', 'name'], ['/payment_method', 'payment'], ['/deliver_to/address/street', 'address'],
  ]) {
    const errors = [{ pointer, code: 'invalid', detail: 'must be right' }];
    assert.deepEqual(refusal(refused('invalid-request', { errors })), { where, words: 'must be right' });
  }
  assert.equal(refusal(refused('invalid-request', { errors: [{ pointer: '/elsewhere', detail: 'x' }] })).where, 'sums');
});

test('until when a restaurant takes nothing is told where it is known', () => {
  assert.equal(refusal(refused('paused')).words, 'eat.refused-paused');
  assert.equal(refusal(refused('paused', { paused_until: '2026-11-23T12:00:00Z' })).words, 'eat.refused-paused-until');
  assert.equal(refusal(refused('restaurant-closed', { next_opening: '2026-11-23T12:00:00Z' })).words, 'eat.refused-restaurant-closed-until');
});
