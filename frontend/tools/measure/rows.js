// What a measurement says: rows of the table, and lines below it. The reporter reads them where Playwright keeps annotations.

const ROW = 'row';
const NOTE = 'note';

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} goal
 * @property {string} here
 * @property {boolean} met
 */

/** @param {import('@playwright/test').TestInfo} testInfo @param {Row} one */
export function row(testInfo, one) {
  testInfo.annotations.push({ type: ROW, description: JSON.stringify(one) });
}

/** @param {import('@playwright/test').TestInfo} testInfo @param {string} line */
export function note(testInfo, line) {
  testInfo.annotations.push({ type: NOTE, description: line });
}

/** @param {{type: string, description?: string}[]} annotations @returns {{rows: Row[], notes: string[]}} */
export function told(annotations) {
  const of = (wanted) => annotations.filter(({ type }) => type === wanted).map(({ description }) => description ?? '');
  return { rows: of(ROW).map((text) => JSON.parse(text)), notes: of(NOTE) };
}

/** @param {number[]} values an odd number of them */
export function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
