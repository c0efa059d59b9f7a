// The end of the kitchen's alarm: one sound at a time, however many orders, tabs and tablets there are, and silence on all of them
// as soon as nobody waits.

import { expect, test } from './fixtures.js';
import { read } from './harness/eat-page.js';
import { SILENT_MS, expectOneAtATime, expectSilence, tablet, touch } from './harness/kitchen-tablet.js';
import { TABLET } from './harness/screen.js';
import { LONG } from './harness/tiers.js';

const ORDERS = '/v1/orders';
/** How long a restaurant may think here. */
const ANSWER_S = 25;

test.use({ ...TABLET, via: 'network', server: { env: { TIFFIN_ORDERS_ANSWER_S: String(ANSWER_S) } } });

/** A tablet with two tabs, and another tablet; all touched. */
async function room({ page, context, town, signIn, newDevice }) {
  const restaurant = await town.restaurant();
  const other = await newDevice(TABLET);
  const tabs = [page, await context.newPage(), await other.newPage()];
  const all = [];
  for (const tab of tabs) {
    all.push(await tablet(tab, restaurant, signIn));
    await tab.bringToFront();
    await touch(all.at(-1));
  }
  const [first, second, away] = all;
  return { restaurant, all, ears: all.map(({ ear }) => ear), first, second, away };
}

test('three orders sound as one, until each was answered, called off, or had its time', async ({ page, context, town, signIn, newDevice }) => {
  const { restaurant, all, ears, first, second, away } = await room({ page, context, town, signIn, newDevice });
  const [accepted, declined, cancelled] = await Promise.all([0, 1, 2].map(() => town.order({ restaurant })));
  for (const { ask } of all) await expect.poll(() => ask('document.title')).toBe('(3) New orders · La Mama · Tiffin');
  await expect.poll(() => away.ear.audible.length).toBeGreaterThan(0);
  const atHome = () => [first, second].map(({ ear }) => ear.audible.length);
  await expect.poll(() => Math.max(...atHome())).toBeGreaterThan(1);
  expect(Math.min(...atHome())).toBe(0);

  await first.tab.bringToFront();
  await first.kitchen.accept(accepted).click();
  await declined.reject();
  await cancelled.cancel();
  // Its time begins here: the others' may be over on a slow machine.
  const late = await town.order({ restaurant });
  for (const { ask } of all) await expect.poll(() => ask('document.title')).toBe('(1) New order · La Mama · Tiffin');
  const heard = ears.map(({ audible }) => audible.length);
  await expect.poll(() => away.ear.audible.length).toBeGreaterThan(heard[2]);
  const { deadline } = await late.now();

  await late.until('rejected');
  for (const { ask } of all) await expect.poll(() => ask('document.title')).toBe('La Mama · Tiffin');
  await expectSilence(ears);
  const end = Date.parse(deadline) - (Date.now() - performance.now()) + SILENT_MS;
  for (const { audible } of ears) for (const { until } of audible) expect(until).toBeLessThan(end);
  expectOneAtATime([first.ear, second.ear]);
});

test('what another device has answered is silent here, in every tab, and does not ring again', LONG, async ({ page, context, town, signIn, newDevice, network, guards }) => {
  guards.allowNetworkErrors();
  const { restaurant, all, ears, first, second, away } = await room({ page, context, town, signIn, newDevice });
  const order = await town.order({ restaurant });
  await expect.poll(() => Math.min(away.ear.audible.length, first.ear.audible.length + second.ear.audible.length)).toBeGreaterThan(0);

  // The tab that sounds goes: the other takes over.
  const [sounds, waits] = first.ear.audible.length > 0 ? [first, second] : [second, first];
  await sounds.tab.close();
  await expect.poll(() => waits.ear.audible.length).toBeGreaterThan(0);

  await away.kitchen.accept(order).click();
  await expect.poll(() => away.ear.sounding).toBe(0);
  const list = network.when('GET', ORDERS);
  await waits.shows(`${read(order)} was accepted.`);
  const told = performance.now();
  await expectSilence(ears.filter((ear) => ear !== sounds.ear));
  for (const { until } of waits.ear.audible) expect(until).toBeLessThan(told + SILENT_MS);
  expect(list.seen.length).toBeGreaterThan(0);

  // Away and back: what was answered stays so.
  const heard = ears.map((ear) => ear.heard.length);
  await network.refuse();
  await waits.shows('Tiffin does not answer right now.');
  await network.accept();
  await expect.poll(() => waits.ask('document.body.innerText')).not.toContain('Tiffin does not answer right now.');
  await expectSilence(ears.filter((ear) => ear !== sounds.ear));
  expect(ears.map((ear) => ear.heard.length)).toEqual(heard);
  expect(all).toHaveLength(3);
});

test('whoever signs out while it rings has silence at once, in every tab of theirs', async ({ page, context, town, signIn, newDevice }) => {
  const { restaurant, first, second, away } = await room({ page, context, town, signIn, newDevice });
  await town.order({ restaurant });
  await expect.poll(() => Math.min(away.ear.audible.length, first.ear.audible.length + second.ear.audible.length)).toBeGreaterThan(0);
  await first.tab.bringToFront();
  await first.kitchen.button('Account of Ioana Zamfir').click();
  await first.kitchen.button('Sign out').click();
  for (const one of [first, second]) await one.shows('Every order, as it comes in');
  const gone = performance.now();
  for (const { ear } of [first, second]) {
    await expect.poll(() => ear.sounding).toBe(0);
    for (const { until } of ear.audible) expect(until).toBeLessThan(gone + SILENT_MS);
  }
  const heard = away.ear.audible.length;
  await expect.poll(() => away.ear.audible.length).toBeGreaterThan(heard);
  await expectSilence([first.ear, second.ear]);
});
