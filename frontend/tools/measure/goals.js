// The goals of the pages' design, one test each, in the order of its table: a test measures, and fails only where it can't.
// Beside each goal stands what this tree has.

import { expect, test } from '../../tests/browser/fixtures.js';
import { DESKTOP } from '../../tests/browser/harness/screen.js';
import { orderByKeys } from '../../tests/browser/harness/keyboard.js';
import { look } from './access.js';
import { firstView } from './first-view.js';
import { CATEGORIES, RUNS, install, runs } from './lighthouse.js';
import { median, note, row } from './rows.js';
import { VIEWS } from './views.js';

const MOST = { scriptKb: 25, kb: 120, requests: 25, strokes: 30 };
/** What Lighthouse has to say of how fast each is; other pages have no goal. */
const LEAST_PERFORMANCE = { home: 95, restaurant: 95, tracking: 90 };
const WHOLE_SCORE = 100;
/** Every screen in every look. */
const ALL_SCREENS_MS = 1_800_000;
const ALL_RUNS_MS = 900_000;

// What is offered to couriers stays until it was looked at.
test.use({ server: { env: { TIFFIN_DELIVERIES_OFFER_S: '600' } } });

test('first views', async ({ browser, api }, testInfo) => {
  const seen = [];
  for (const view of VIEWS) seen.push({ view, ...(await firstView(browser, api, view)) });
  for (const { view, scriptBytes } of seen.filter((one) => one.view.isHome)) {
    row(testInfo, { what: `JS of ${view.name}, brotli`, goal: `≤ ${MOST.scriptKb} KB`, here: kb(scriptBytes), met: scriptBytes <= MOST.scriptKb * 1000 });
  }
  for (const { view, bytes, requests } of seen) {
    const met = bytes <= MOST.kb * 1000 && requests <= MOST.requests;
    row(testInfo, { what: `first view of ${view.name}`, goal: `≤ ${MOST.kb} KB, ≤ ${MOST.requests} requests`, here: `${kb(bytes)}, ${requests} requests`, met });
  }
  const elsewhere = seen.flatMap((one) => one.elsewhere);
  const broken = seen.flatMap((one) => one.broken);
  const here = `${elsewhere.length} off-origin, ${broken.length} CSP violations`;
  row(testInfo, { what: 'all first views', goal: '0 off-origin, 0 CSP violations', here, met: elsewhere.length + broken.length === 0 });
  for (const fault of [...elsewhere, ...broken]) note(testInfo, fault);
  note(testInfo, 'First views: a phone, nothing kept but what is said, until all is still; replies with their headers. 1 KB is 1,000 bytes. What comes some seconds later (the shell for the service worker, sheets that nobody has opened yet) is not in them.');
});

test('Lighthouse', async ({ api }, testInfo) => {
  test.setTimeout(ALL_RUNS_MS);
  await install();
  const rest = Object.fromEntries(CATEGORIES.map((category) => [category, []]));
  for (const view of VIEWS.filter(({ name }) => LEAST_PERFORMANCE[name])) {
    const all = await runs(api, view);
    const scores = all.map(({ scores }) => scores.performance);
    const least = LEAST_PERFORMANCE[view.name];
    const here = `${median(scores)} (${Math.min(...scores)} to ${Math.max(...scores)})`;
    row(testInfo, { what: `Lighthouse, ${view.name}: performance`, goal: `≥ ${least}`, here, met: median(scores) >= least });
    for (const category of CATEGORIES) rest[category].push([view.name, median(all.map(({ scores }) => scores[category]))]);
    note(testInfo, `Lighthouse, ${view.name}: ${metrics(all)}`);
    for (const fault of new Set(all.flatMap(({ faults }) => faults))) note(testInfo, `Lighthouse, ${view.name}: ${fault}`);
  }
  for (const category of CATEGORIES) {
    const here = rest[category].map(([name, score]) => `${name} ${score}`).join(', ');
    row(testInfo, { what: `Lighthouse: ${category}`, goal: `${WHOLE_SCORE}`, here, met: rest[category].every(([, score]) => score === WHOLE_SCORE) });
  }
  note(testInfo, `Lighthouse: mobile, slowed as it simulates that; medians of ${RUNS} runs. What takes CPU depends on this machine.`);
});

test('axe', async ({ api, newDevice, signIn, keep, guards, baseURL }, testInfo) => {
  test.setTimeout(ALL_SCREENS_MS);
  const { screens, looks, found, missed } = await look({ api, newDevice, signIn, keep, guards, baseURL });
  row(testInfo, { what: 'axe, every route, light and dark, phone and desktop', goal: '0 violations', here: `${found.length} violations on ${screens} of ${screens + missed.length} screens in ${looks} looks`, met: found.length + missed.length === 0 });
  for (const one of found) note(testInfo, `axe: ${one}`);
  expect(missed, 'screens that could not be looked at').toEqual([]);
});

test('keyboard', async ({ page, town, signIn }, testInfo) => {
  await page.setViewportSize(DESKTOP.viewport);
  const { strokes } = await orderByKeys({ page, town, signIn });
  expect(strokes.pointers).toBe(0);
  row(testInfo, { what: 'ordering by keyboard alone', goal: `≤ ${MOST.strokes} keystrokes`, here: `${strokes.keys} keystrokes`, met: strokes.keys <= MOST.strokes });
});

/** @param {number} bytes */
function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

/** The medians of what was timed. */
function metrics(all) {
  return Object.keys(all[0].metrics).map((name) => {
    const value = median(all.map((one) => one.metrics[name]));
    return `${name} ${name === 'CLS' ? value.toFixed(3) : `${Math.round(value)} ms`}`;
  }).join(', ');
}
