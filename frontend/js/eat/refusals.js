// @ts-check
/** Where in the checkout a refusal belongs, and what it says there. Pure, but for the words. */
import { money, said, t } from '../i18n.js';
import { when } from '../times.js';

/**
 * @typedef {'address' | 'dishes' | 'tip' | 'notes' | 'phone' | 'name' | 'payment' | 'sums'} Where
 * @typedef {{ where: Where, words: string }} Told
 */

/** What stands beside the restaurant's dishes; each has a sentence of its own. */
const DISHES = ['below-minimum', 'restaurant-closed', 'paused', 'at-capacity', 'item-unavailable', 'option-invalid', 'not-found'];
/** Where the fields of a request are typed. */
const FIELDS = /** @type {[RegExp, Where][]} */ ([
  [/^\/tip\b/, 'tip'],
  [/^\/notes\b/, 'notes'],
  [/^(\/contact)?\/phone\b/, 'phone'],
  [/^(\/contact)?\/name\b/, 'name'],
  [/^\/payment_method\b/, 'payment'],
  [/^\/deliver_to\b/, 'address'],
]);

/** @param {any} error @param {string | null} [zone] the restaurant's @returns {Told} */
export function refusal(error, zone) {
  const { code, problem } = error;
  if (code === 'out-of-range') return { where: 'address', words: t('eat.refused-out-of-range') };
  if (code === 'account-pending') return { where: 'sums', words: t('eat.guest-not-here') };
  if (DISHES.includes(code)) return { where: 'dishes', words: dishes(code, problem, zone) };
  for (const { pointer, detail } of problem?.errors ?? []) {
    const field = FIELDS.find(([pattern]) => pattern.test(pointer));
    if (field) return { where: field[1], words: detail };
  }
  return { where: 'sums', words: said(error) };
}

/** @param {string} code @param {any} problem @param {string | null} [zone] */
function dishes(code, problem, zone) {
  const at = problem?.next_opening ?? problem?.paused_until ?? problem?.free_at;
  if (code === 'below-minimum') return problem?.missing ? t('eat.refused-below-minimum', { missing: money(problem.missing) }) : said({ problem });
  return at ? t(`eat.refused-${code}-until`, { time: when(at, zone) }) : t(`eat.refused-${code}`);
}
