// @ts-check
/** Countries by their names in the reader's language; no list of our own grows old. */
import { locale } from '../i18n.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Codes that have names and are no country to bring food to: unions, reserved and test codes. */
const NONE = ['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'];

/** @returns {{ code: string, name: string }[]} by name */
export function countries() {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  // A code that has been given up (DD, YU) is another one in its canonical form.
  const present = codes.filter((code) => !NONE.includes(code) && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`);
  const named = present.flatMap((code) => {
    const name = names.of(code);
    return name ? [{ code, name }] : [];
  });
  const order = new Intl.Collator(locale);
  return named.sort((one, other) => order.compare(one.name, other.name));
}
