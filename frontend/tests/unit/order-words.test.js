import assert from 'node:assert/strict';
import test from 'node:test';

import { isOver, moneySaid, owes, partsDone, steps } from '../../js/eat/order-words.js';

const lei = (amount) => ({ amount, currency: 'RON' });
const order = (status, more = {}) => ({ status, restaurant: { name: 'La Mama' }, courier: null, total: lei(5000), refunded: lei(0), reason: null, ...more });
const entry = (sequence, type) => ({ sequence, type, status: 'paid', at: `2026-11-23T12:0${sequence}:00Z`, by: { role: 'system' }, data: {} });
const types = (list) => list.map(({ type, at }) => [type, at !== null]);

test('a journey tells what was and what is to come', () => {
  const told = steps(order('accepted'), [entry(1, 'order.placed'), entry(2, 'order.paid'), entry(3, 'delivery.assigned'), entry(4, 'order.accepted')]);
  assert.deepEqual(types(told), [
    ['order.placed', true], ['order.paid', true], ['delivery.assigned', true], ['order.accepted', true],
    ['order.ready', false], ['order.picked_up', false], ['order.delivered', false],
  ]);
});

test('a step that a later one passed over is left out', () => {
  const way = [entry(1, 'order.placed'), entry(2, 'order.paid'), entry(3, 'order.accepted'), entry(4, 'order.picked_up')];
  const gone = way.map(({ type }) => [type, true]);
  assert.deepEqual(types(steps(order('picked_up'), way)), [...gone, ['order.delivered', false]]);
  assert.deepEqual(types(steps(order('delivered'), [...way, entry(5, 'order.delivered')])), [...gone, ['order.delivered', true]]);
});

test('nothing is to come of what went wrong, and what nobody asks about is left out', () => {
  const told = steps(order('cancelled'), [entry(1, 'order.placed'), entry(2, 'order.paid'), entry(3, 'payment.voided'), entry(4, 'order.cancelled')]);
  assert.deepEqual(types(told), [['order.placed', true], ['order.paid', true], ['order.cancelled', true]]);
});

test('a courier who took over from another stands once, where the last one came', () => {
  const told = steps(order('ready'), [entry(1, 'order.placed'), entry(2, 'delivery.assigned'), entry(3, 'order.paid'), entry(4, 'delivery.assigned')]);
  assert.deepEqual(types(told).filter(([, done]) => done).map(([type]) => type), ['order.placed', 'order.paid', 'delivery.assigned']);
});

test('a courier who does not come after all is told of until the next one comes', () => {
  const lost = [entry(1, 'order.placed'), entry(2, 'order.paid'), entry(3, 'delivery.assigned'), entry(4, 'delivery.unassigned')];
  const done = (list) => types(steps(order('paid'), list)).filter(([, is]) => is).map(([type]) => type);
  assert.deepEqual(done(lost), ['order.placed', 'order.paid', 'delivery.unassigned']);
  assert.deepEqual(done([...lost, entry(5, 'delivery.assigned')]), ['order.placed', 'order.paid', 'delivery.assigned']);
});

test('every status has its part of the way, or is an end', () => {
  for (const status of ['placed', 'paid', 'accepted', 'ready', 'picked_up', 'delivered']) assert.ok(partsDone(order(status)) !== null, status);
  for (const status of ['payment_failed', 'rejected', 'cancelled', 'undeliverable']) assert.ok(isOver(order(status)) && partsDone(order(status)) === null, status);
});

test('what becomes of the money is told where there was no meal, as the payment says', () => {
  const payment = (status, more = {}) => ({ status, captured: lei(0), refunded: lei(0), ...more });
  assert.equal(moneySaid(order('delivered'), payment('captured')), null);
  assert.equal(moneySaid(order('cancelled'), null), null);
  assert.equal(moneySaid(order('rejected'), payment('voided')), 'eat.money-not-charged');
  assert.equal(moneySaid(order('payment_failed'), payment('failed')), 'eat.money-not-charged');
  assert.equal(moneySaid(order('cancelled'), payment('authorized')), 'eat.money-releasing');
  assert.equal(moneySaid(order('undeliverable'), payment('captured', { captured: lei(5000) })), 'eat.money-returning');
  assert.equal(moneySaid(order('undeliverable'), payment('refunded', { captured: lei(5000), refunded: lei(5000) })), 'eat.money-refunded');
});

test('what the restaurant gave back of a meal is told, and what has gone back already of one that did not come', () => {
  const payment = (refunded) => ({ status: 'partially_refunded', captured: lei(5000), refunded: lei(refunded) });
  assert.equal(moneySaid(order('delivered'), payment(1200)), 'eat.money-refunded');
  assert.equal(moneySaid(order('accepted'), payment(1200)), null);
  assert.equal(moneySaid(order('cancelled'), payment(1200)), 'eat.money-returning-rest');
});

test('a payment owes money as long as some of it is about to be given back', () => {
  const payment = (...statuses) => ({ refunds: statuses.map((status) => ({ status })) });
  assert.equal(owes(payment()), false);
  assert.equal(owes(payment('succeeded', 'failed')), false);
  assert.equal(owes(payment('succeeded', 'pending')), true);
});
