// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emailOf } from '../../js/eat/operator-link.js';

/** @param {unknown} claims */
function token(claims) {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
}

test('a token says whose it is, in whatever letters', () => {
  for (const email of ['ana@example.com', 'ăna+test@exámple.com', '用户@例え.jp']) assert.equal(emailOf(token({ email })), email);
});

test('what is no token is nobody’s', () => {
  for (const wrong of ['', 'nonsense', 'a.b.c', token({}), token({ email: 7 }), token(null)]) assert.equal(emailOf(wrong), null, wrong);
});
