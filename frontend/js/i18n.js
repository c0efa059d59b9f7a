// @ts-check
/**
 * Words, amounts and distances in the reader's language; times are in times.js. Catalogs are `i18n/<locale>.json`; a message
 * may hold `{name}` and `{count, plural, one {# dish} other {# dishes}}`, a subset of ICU MessageFormat.
 */

export const LOCALES = /** @type {const} */ (['en', 'ro', 'lv', 'ar']);
const RIGHT_TO_LEFT = ['ar'];
const CHOICE = 'tiffin:locale';

/** The language of this page. */
export let locale = 'en';
/** @type {Record<string, string>} */
let messages = {};

/** What is spoken where the reader's words do not come. */
const FALLBACK = 'en';

/** Loads the words of the chosen language, else of the first that the browser prefers and we have; where those do not come, English. */
export async function loadWords() {
  const wished = [storedChoice(), ...navigator.languages].map((tag) => tag?.split('-')[0]);
  locale = LOCALES.find((known) => known === wished.find((tag) => LOCALES.some((one) => one === tag))) ?? FALLBACK;
  messages = await catalog(locale).catch(() => {
    locale = FALLBACK;
    return catalog(locale);
  });
  document.documentElement.lang = locale;
  document.documentElement.dir = isRightToLeft() ? 'rtl' : 'ltr';
}

/** Which way the reader's language is written. */
function isRightToLeft() {
  return RIGHT_TO_LEFT.includes(locale);
}

/** @param {string} name @returns {Promise<Record<string, string>>} */
async function catalog(name) {
  const response = await fetch(`/i18n/${name}.json`);
  if (!response.ok) throw new Error(`no words for ${name}`);
  return response.json();
}

function storedChoice() {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

/** Chooses a language; the page begins anew in it. @param {string} chosen */
export function chooseLocale(chosen) {
  try {
    localStorage.setItem(CHOICE, chosen);
  } catch {
    // A browser that keeps nothing has its own language again.
  }
  location.reload();
}

/** Whether there is such a message. @param {string} key */
export function has(key) {
  return key in messages;
}

/** A message, with what it needs put in. @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
export function t(key, values = {}) {
  return fill(messages[key] ?? key, values);
}

/** @param {string} message @param {Record<string, string | number>} values */
function fill(message, values) {
  let text = '';
  let at = 0;
  while (at < message.length) {
    const begin = message.indexOf('{', at);
    if (begin < 0) break;
    const end = closing(message, begin);
    text += message.slice(at, begin) + argument(message.slice(begin + 1, end), values);
    at = end + 1;
  }
  return text + message.slice(at);
}

/** @param {string} message @param {number} begin */
function closing(message, begin) {
  let depth = 0;
  for (let at = begin; at < message.length; at += 1) {
    if (message[at] === '{') depth += 1;
    if (message[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return message.length;
}

/** @param {string} inner @param {Record<string, string | number>} values @returns {string} */
function argument(inner, values) {
  const [name, kind, ...rest] = inner.split(',');
  const value = values[name.trim()];
  if (kind?.trim() !== 'plural') return typeof value === 'number' ? number(value) : isolated(String(value ?? ''));
  const forms = rest.join(',');
  const rule = new Intl.PluralRules(locale).select(Number(value));
  const form = pick(forms, `=${value}`) ?? pick(forms, rule) ?? pick(forms, 'other') ?? '';
  return fill(form.replaceAll('#', number(Number(value))), values);
}

/** @param {string} forms @param {string} rule */
function pick(forms, rule) {
  const found = new RegExp(`(?:^|[\\s}])${rule}\\s*\\{`).exec(forms);
  if (!found) return null;
  const begin = found.index + found[0].length - 1;
  return forms.slice(begin + 1, closing(forms, begin));
}

/** A name within a sentence: isolated where it may run the other way. @param {string} text */
export function isolated(text) {
  if (!isRightToLeft()) return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(text) ? `\u2068${text}\u2069` : text;
  // Numbers alone follow the sentence, as "from–to" does; words of ours with names in them run as the page does.
  if (!/\p{L}/u.test(text)) return text;
  return `${/[\u2066-\u2068]/.test(text) ? '\u2067' : '\u2068'}${text}\u2069`;
}

/**
 * Names in one line, each isolated: with commas, with dots, or as the language counts things up, with or without "and".
 * @param {string[]} names @param {'comma' | 'dot' | 'unit' | 'conjunction'} [how]
 */
export function listed(names, how = 'comma') {
  const each = names.map(isolated);
  if (how === 'dot') return each.join(' · ');
  if (how === 'conjunction') return new Intl.ListFormat(locale, { type: how }).format(each);
  // The Arabic "and" is written together with what follows, and a name in Latin letters seems to be part of it.
  if (isRightToLeft()) return each.join('، ');
  return how === 'comma' ? each.join(', ') : new Intl.ListFormat(locale, { type: how, style: 'short' }).format(each);
}

/** An address in one line, which runs as it is written where it is. @param {(string | null | undefined)[]} parts */
export function addressLine(...parts) {
  return isolated(parts.filter(Boolean).join(', '));
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(locale, options).format(value);
}

// ISO 4217; browsers reckon by CLDR, which differs for some. All others have two.
const DIGITS = { 0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', 3: 'BHD IQD JOD KWD LYD OMR TND', 4: 'CLF UYW' };

/** How many decimals an amount of this currency has. @param {string} currency */
export function decimals(currency) {
  const found = Object.entries(DIGITS).find(([, currencies]) => currencies.includes(currency));
  return found ? Number(found[0]) : 2;
}

/** An amount with its currency. @param {import('../types/app').Money | null | undefined} money */
export function money(money) {
  if (!money) return '';
  const digits = decimals(money.currency);
  const style = { style: 'currency', currency: money.currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return number(money.amount / 10 ** digits, /** @type {any} */ (style));
}

/** An order's number, in two groups to read aloud; from left to right even where its first group is all digits. @param {string} number */
export function orderNumber(number) {
  const groups = number.length === 8 ? `${number.slice(0, 4)}-${number.slice(4)}` : number;
  return isRightToLeft() ? `\u2066${groups}\u2069` : groups;
}

/** A distance, as people say it. @param {number} metres */
export function distance(metres) {
  if (metres < 950) return number(Math.max(10, Math.round(metres / 10) * 10), { style: 'unit', unit: 'meter' });
  const km = { style: 'unit', unit: 'kilometer', minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return number(metres / 1000, /** @type {any} */ (km));
}

/** A range of minutes. @param {{ min: number, max: number }} range */
export function minutes({ min, max }) {
  return t('kit.minutes', { range: min === max ? number(min) : `${number(min)}–${number(max)}` });
}

/** What a refusal says to a person: in their words where we have them, else the server's. @param {unknown} error */
export function said(error) {
  const { code = 'unexpected', problem = null } = /** @type {any} */ (error ?? {});
  if (has(`problem.${code}`)) return t(`problem.${code}`);
  return problem?.detail ?? t('problem.unexpected');
}
