// What a page did while time passed, as its witnesses told it.

import { expect } from '@playwright/test';

const MINUTE_MS = 60_000;
/** How far a countdown may be off, in seconds. */
const OFF_S = 1;
const MOST_A_MINUTE = 4;
/** How late a page may draw what it says. */
const DRAWN_MS = 1_000;

/** A countdown never went up, never below nothing, and was right each time by the server's clock. */
export function expectCountdown(read, until, seconds = (text) => Number(text)) {
  const told = read.map(({ text, at }) => ({ shown: seconds(text), left: Math.ceil((Date.parse(until) - at) / 1000) }));
  for (const { shown, left } of told) expect(Math.abs(shown - Math.max(0, left)), `${shown} s shown, ${left} s left`).toBeLessThanOrEqual(OFF_S);
  const shown = told.map((one) => one.shown);
  expect(shown).toEqual([...shown].sort((one, other) => other - one));
  expect(Math.min(...shown)).toBeGreaterThanOrEqual(0);
}

/** How fresh a page said to be: seconds that go up one by one, or begin again. */
export function expectFreshness(read) {
  const ages = read.map(({ text }) => text).filter((text) => text !== 'Loading…').map((text) => Number(/^Updated (\d+) s ago$/.exec(text)?.[1]));
  expect(ages).not.toContain(NaN);
  for (const [index, age] of ages.slice(1).entries()) expect([0, 1, ages[index] + 1, ages[index] + 2]).toContain(age);
}

/** No more than a listener can bear, each a whole sentence, and none twice. */
export function expectCalm(said) {
  for (const { at } of said) {
    const minute = said.filter((other) => other.at >= at && other.at < at + MINUTE_MS - DRAWN_MS);
    expect(minute.map(({ text }) => text).slice(MOST_A_MINUTE), 'more than four announcements in a minute').toEqual([]);
  }
  const texts = said.map(({ text }) => text);
  expect(texts).toEqual([...new Set(texts)]);
  for (const text of texts) expect(text).toMatch(/^[\p{Lu}\d].* .+[.\p{L}]$/u);
}
