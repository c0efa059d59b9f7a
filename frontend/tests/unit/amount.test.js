// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAmount } from '../../js/amount.js';

/** @type {[string, string, ReturnType<typeof readAmount>][]} */
const CASES = [
  ['12,50', 'EUR', { minor: 1250 }],
  ['12.50', 'EUR', { minor: 1250 }],
  ['12,5', 'EUR', { minor: 1250 }],
  ['12', 'EUR', { minor: 1200 }],
  ['0', 'EUR', { minor: 0 }],
  ['1 250,00', 'EUR', { minor: 125_000 }],
  ['1\u00a0250,00', 'RON', { minor: 125_000 }],
  ['1.250,00', 'EUR', { minor: 125_000 }],
  ['1,250.00', 'EUR', { minor: 125_000 }],
  ['1.250.000', 'EUR', { minor: 125_000_000 }],
  ['1.250', 'EUR', { ask: [125, 125_000] }],
  ['1,250', 'EUR', { ask: [125, 125_000] }],
  ['١٢٫٥٠', 'EUR', { minor: 1250 }],
  ['١٬٢٥٠٫٠٠', 'EUR', { minor: 125_000 }],
  ['1250', 'JPY', { minor: 1250 }],
  ['12,50', 'JPY', { wrong: 'decimals' }],
  ['1,250', 'JPY', { minor: 1250 }],
  ['1,250', 'KWD', { minor: 1250 }],
  ['1,25', 'KWD', { minor: 1250 }],
  ['12,505', 'EUR', { ask: [1250, 1_250_500] }],
  ['12,5055', 'EUR', { wrong: 'decimals' }],
  ['', 'EUR', { wrong: 'empty' }],
  ['twelve', 'EUR', { wrong: 'not-a-number' }],
  ['-5', 'EUR', { wrong: 'not-a-number' }],
  ['1.25.0', 'EUR', { wrong: 'not-a-number' }],
  ['99999999999', 'EUR', { wrong: 'too-large' }],
];

for (const [text, currency, read] of CASES) {
  test(`«${text}» in ${currency}`, () => assert.deepEqual(readAmount(text, currency), read));
}
