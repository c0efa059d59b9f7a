// The words of the pages, in each language that they speak.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { FRONTEND } from './tiffin.js';

/** Languages that are written from right to left: there names are isolated. */
const RIGHT_TO_LEFT = ['ar'];

const CATALOGS = path.join(FRONTEND, 'i18n');

/** The languages that there is a catalog of. */
export const LOCALES = readdirSync(CATALOGS).map((file) => path.basename(file, '.json')).sort();

/**
 * The messages of a language, as the pages fill them in where nothing depends on numbers.
 * @param {string} locale
 * @returns {(key: string, values?: Record<string, string>) => string}
 */
export function wordsOf(locale) {
  const messages = JSON.parse(readFileSync(path.join(CATALOGS, `${locale}.json`), 'utf8'));
  return (key, values = {}) => {
    const message = messages[key];
    if (message === undefined) throw new Error(`${locale} has no message ${key}`);
    const isolates = (text) => RIGHT_TO_LEFT.includes(locale) && /\p{L}/u.test(text);
    return message.replace(/\{(\w+)\}/g, (_, name) => (isolates(values[name]) ? `\u2068${values[name]}\u2069` : values[name]));
  };
}

/**
 * Has a page speak a language. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 * @param {string} locale
 */
export function speak(page, locale) {
  return page.addInitScript((chosen) => localStorage.setItem('tiffin:locale', chosen), locale);
}
