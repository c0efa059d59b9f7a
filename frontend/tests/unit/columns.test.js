import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arranged, columnOf, hasMoved, isWaiting, merged, wholeMinutes } from '../../js/kitchen/columns.js';

/** An order as far as the board looks at it. */
function order(id, status, more = {}) {
  return { id, status, version: 1, ended_at: null, deadline: null, ready_by: null, promised_at: '2026-11-23T12:40:00Z', allowed_actions: [], ...more };
}

const ids = (orders) => orders.map(({ id }) => id);

test('an order stands in the column of what is to be done with it', () => {
  const statuses = { paid: 'new', accepted: 'preparing', ready: 'ready', picked_up: 'way' };
  for (const [status, column] of Object.entries(statuses)) assert.equal(columnOf(order('a', status)), column);
  for (const status of ['delivered', 'rejected', 'cancelled', 'undeliverable']) assert.equal(columnOf(order('a', status, { ended_at: '2026-11-23T12:00:00Z' })), 'done');
});

test('an order of a status that this page does not know is not lost', () => {
  assert.equal(columnOf(order('a', 'parked')), 'new');
  assert.equal(columnOf(order('a', 'eaten', { ended_at: '2026-11-23T12:00:00Z' })), 'done');
});

test('a new order comes last, whatever its id', () => {
  const earlier = order('z', 'paid', { deadline: '2026-11-23T12:05:00Z' });
  const later = order('a', 'paid', { deadline: '2026-11-23T12:05:09Z' });
  assert.deepEqual(ids(arranged([later, earlier]).new), ['z', 'a']);
});

test('what is to be ready first stands first, and what ended last', () => {
  const columns = arranged([
    order('b', 'accepted', { ready_by: '2026-11-23T12:20:00Z' }),
    order('a', 'accepted', { ready_by: '2026-11-23T12:10:00Z' }),
    order('c', 'delivered', { ended_at: '2026-11-23T11:00:00Z' }),
    order('d', 'rejected', { ended_at: '2026-11-23T11:30:00Z' }),
  ]);
  assert.deepEqual(ids(columns.preparing), ['a', 'b']);
  assert.deepEqual(ids(columns.done), ['d', 'c']);
});

test('a list that is older than a reply changes nothing of that order', () => {
  const known = new Map([['a', order('a', 'accepted', { version: 4 })]]);
  const now = merged(known, [order('a', 'paid', { version: 3 }), order('b', 'paid')]);
  assert.equal(now.get('a').status, 'accepted');
  assert.equal(now.size, 2);
});

test('an order that left the list is gone', () => {
  assert.equal(merged(new Map([['a', order('a', 'paid')]]), []).size, 0);
});

test('only what the server allows to be accepted waits for an answer', () => {
  assert.equal(isWaiting(order('a', 'paid', { allowed_actions: ['accept', 'reject'] })), true);
  assert.equal(isWaiting(order('a', 'paid')), false);
});

test('adding at the end moves nothing; all else does', () => {
  const [a, b, c] = [order('a', 'paid'), order('b', 'paid'), order('c', 'paid')];
  assert.equal(hasMoved([a, b], [a, b, c]), false);
  assert.equal(hasMoved([a, b], [b]), true);
  assert.equal(hasMoved([a, b], [c, a, b]), true);
  assert.equal(hasMoved([a, b], [a, { ...b, version: 2 }]), true);
});

test('minutes that are left are rounded up, minutes of lateness down', () => {
  assert.deepEqual([1, 60_000, 60_001].map(wholeMinutes), [1, 1, 2]);
  assert.deepEqual([-1, -59_999, -60_000].map(wholeMinutes), [0, 0, 1]);
});
