// @ts-check
/** Amounts as people type them, in any of our languages, into minor units. */
import { decimals, locale } from './i18n.js';

/** The most minor units that anybody types: beyond it is a slip. */
const MOST = 1_000_000_000;

/**
 * Reads an amount. A group of exactly three digits after the only separator may be thousands or decimals: where the currency
 * does not have three decimals, both readings come back as a question.
 * @param {string} text @param {string} currency
 * @returns {{ minor: number } | { ask: number[] } | { wrong: 'empty' | 'not-a-number' | 'decimals' | 'too-large' }}
 */
export function readAmount(text, currency) {
  const digits = decimals(currency);
  const plain = westernDigits(text).replace(/[\s\u00a0\u202f'’_]/g, '').replace(/\u066b/g, ',').replace(/\u066c/g, '');
  if (plain === '') return { wrong: 'empty' };
  if (!/^\d+([.,]\d+)*$/.test(plain)) return { wrong: 'not-a-number' };
  const separators = [...plain].filter((letter) => letter === '.' || letter === ',');
  if (separators.length === 0) return bounded(BigInt(plain) * 10n ** BigInt(digits));

  const last = separators[separators.length - 1];
  const kinds = new Set(separators);
  const groups = plain.split(/[.,]/);
  const tail = groups[groups.length - 1];
  if (separators.length > 1 && kinds.size === 1) {
    return groups.slice(1).every((group) => group.length === 3) ? whole(groups.join(''), digits) : { wrong: 'not-a-number' };
  }
  if (separators.length > 1 && separators.indexOf(last) !== separators.length - 1) return { wrong: 'not-a-number' };

  const asDecimals = tail.length <= digits ? fraction(groups.slice(0, -1).join(''), tail, digits) : null;
  if (separators.length > 1 || tail.length !== 3) return asDecimals ?? { wrong: 'decimals' };
  // One separator with three digits after it.
  if (asDecimals) return asDecimals;
  if (digits === 0) return whole(groups.join(''), digits);
  return question(groups.join(''), groups[0], tail, digits);
}

/** @param {string} text */
function westernDigits(text) {
  return text.trim().replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

/** @param {string} digitsOfWhole @param {number} digits */
function whole(digitsOfWhole, digits) {
  return bounded(BigInt(digitsOfWhole) * 10n ** BigInt(digits));
}

/** @param {string} units @param {string} tail @param {number} digits */
function fraction(units, tail, digits) {
  return bounded(BigInt(units) * 10n ** BigInt(digits) + BigInt(tail.padEnd(digits, '0')));
}

/** @param {string} joined @param {string} units @param {string} tail @param {number} digits */
function question(joined, units, tail, digits) {
  const thousands = Number(joined) * 10 ** digits;
  const rounded = Number(units) * 10 ** digits + Number(tail.slice(0, digits).padEnd(digits, '0'));
  return { ask: [rounded, thousands] };
}

/** @param {bigint} minor */
function bounded(minor) {
  return minor > BigInt(MOST) ? /** @type {const} */ ({ wrong: 'too-large' }) : { minor: Number(minor) };
}

/** An amount as it is typed in this language, without its currency. @param {number} minor @param {string} currency */
export function typed(minor, currency) {
  const digits = decimals(currency);
  const format = new Intl.NumberFormat(locale, { useGrouping: false, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(minor / 10 ** digits);
}
