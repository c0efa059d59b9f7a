// The words of the pages, in each language that they speak.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { FRONTEND } from './tiffin.js';

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
    return message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
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
