// @ts-check
/** Words that several of the customer's pages put the same way. */
import { locale } from '../i18n.js';

/** Cuisines as a list, as the restaurant wrote them. @param {string[]} cuisines */
export function listed(cuisines) {
  const words = cuisines.map((word) => word.replaceAll('_', ' '));
  const list = new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(words);
  const [first = '', ...rest] = list;
  return first.toLocaleUpperCase(locale) + rest.join('');
}
