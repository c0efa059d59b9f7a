import assert from 'node:assert/strict';
import test from 'node:test';

import { asForm, check, EMPTY, givesBack, isFinal, left } from '../../js/kitchen/refund-rules.js';

const euro = (amount) => ({ amount, currency: 'EUR' });
const refund = (amount, status) => ({ amount: euro(amount), status });
const part = (amount, reason = 'Cold.') => ({ part: true, amount, reason });

test('what is about to be given back is not left, and what could not be is', () => {
  const payment = { captured: euro(5000), refunded: euro(1200), refunds: [refund(1200, 'succeeded'), refund(300, 'pending'), refund(800, 'failed'), refund(200, 'pending')] };
  assert.deepEqual(left(payment), euro(3300));
});

test('all that is left is asked for without an amount, a part with the one that was meant', () => {
  assert.deepEqual(check({ ...EMPTY, amount: '7', reason: ' Cold. ' }, 'EUR'), { body: { reason: 'Cold.' }, faults: {} });
  assert.deepEqual(check(part('4,50'), 'EUR'), { body: { amount: euro(450), reason: 'Cold.' }, faults: {} });
  assert.deepEqual(check(part('1,250'), 'KWD').body.amount, { amount: 1250, currency: 'KWD' });
  assert.deepEqual(check(part('1.250'), 'EUR').question, [125, 125000]);
});

test('without an amount or a reason nothing is asked for', () => {
  const faults = (form) => check(form, 'EUR').faults;
  assert.deepEqual(faults(EMPTY), { reason: 'needed' });
  for (const [typed, fault] of [['', 'nothing'], ['0,00', 'nothing'], ['a', 'not-a-number'], ['1,234', 'ask'], ['1,2345', 'decimals'], ['99999999999', 'too-large']]) {
    assert.deepEqual(faults(part(typed)), { amount: fault }, typed);
    assert.deepEqual(faults(part(typed, '  ')), { amount: fault, reason: 'needed' }, typed);
    assert.equal(check(part(typed), 'EUR').body.amount, undefined, typed);
  }
});

test('what was sent reads as it would be typed, and is the same again', () => {
  for (const form of [{ part: false, amount: '', reason: 'Late.' }, part('4.50')]) {
    const { body } = check(form, 'EUR');
    assert.deepEqual(asForm(body), form);
  }
});

test('nothing more becomes of what was never taken, or was given back in full', () => {
  const ends = ['pending', 'authorized', 'captured', 'voided', 'refunded', 'partially_refunded', 'failed'].filter((status) => isFinal({ status }));
  assert.deepEqual(ends, ['voided', 'refunded', 'failed']);
  assert.deepEqual([['refunds'], []].map((allowed_actions) => givesBack({ allowed_actions })), [true, false]);
});
