// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../js/api.js';
import { emailFault, faultsOf, form, isPhone, newPasswordFault } from '../../js/form.js';

/** A form of a name and an e-mail, of which the name is needed. */
function aForm() {
  return form({ name: '', email: '' }, ({ name }) => faultsOf({ name: !name && 'needed' }), { 'email-taken': 'email' });
}

/** @param {string} code @param {{ pointer: string, code: string, detail: string }[]} [errors] */
function refusal(code, errors) {
  return new ApiError({ status: 400, code, problem: /** @type {any} */ ({ detail: 'refused', errors }) });
}

/** What the server does with what is typed. @param {ApiError} error */
function refusing(error) {
  return () => Promise.reject(error);
}

globalThis.requestAnimationFrame ??= /** @type {any} */ (() => 0);

test('what is wrong is told once somebody tried, and nothing is sent', async () => {
  const own = aForm();
  assert.equal(own.field('name').error, null);
  let sent = 0;
  await own.send(null, async () => void (sent += 1));
  assert.equal(sent, 0);
  assert.equal(own.field('name').error, 'needed');
  own.field('name').onInput('Ana');
  assert.equal(own.field('name').error, null);
  await own.send(null, async (typed) => {
    sent += 1;
    assert.deepEqual(typed, { name: 'Ana', email: '' });
  });
  assert.equal(sent, 1);
});

test('what the server refuses stands at its field, by its pointer or its code, until something is changed', async () => {
  const own = aForm();
  own.begin({ name: 'Ana' });
  await own.send(null, refusing(refusal('invalid-request', [{ pointer: '/email', code: 'invalid', detail: 'is none' }])));
  assert.equal(own.field('email').error, 'is none');
  assert.equal(own.general(), null);
  own.field('name').onInput('Ana P');
  assert.equal(own.field('email').error, null);
  await own.send(null, refusing(refusal('email-taken')));
  assert.equal(own.field('email').error, 'refused');
  await own.send(null, refusing(refusal('unavailable')));
  assert.equal(own.field('email').error, null);
  assert.equal(own.general(), 'refused');
});

test('a fault of the page is no refusal', async () => {
  const own = aForm();
  own.begin({ name: 'Ana' });
  await assert.rejects(own.send(null, () => Promise.reject(new TypeError('a fault'))), TypeError);
  assert.equal(own.refused.value, null);
});

test('a password is counted by its characters', () => {
  assert.equal(newPasswordFault('1234567890'), null);
  assert.equal(newPasswordFault('🥘'.repeat(128)), null);
  for (const wrong of ['', '123456789', '🥘'.repeat(9), '🥘'.repeat(129)]) assert.notEqual(newPasswordFault(wrong), null, wrong);
});

test('an e-mail has two sides, a phone five characters at least', () => {
  for (const right of ['ana@example.com', ' ana@example.com ']) assert.equal(emailFault(right), null, right);
  for (const wrong of ['', 'ana', 'ana@', '@example.com', 'a b@example.com']) assert.notEqual(emailFault(wrong), null, wrong);
  for (const right of ['', '12345', '+40 (711) 222-333']) assert.ok(isPhone(right), right);
  for (const wrong of ['1234', 'call me', '+++++', '1'.repeat(33)]) assert.ok(!isPhone(wrong), wrong);
});
