// What changes with time: countdowns on devices whose clocks are off, what a screen reader is told meanwhile, and pages that a
// browser has translated. One part for each role.

import { expect, test } from './fixtures.js';
import { shiftClock, translate } from './harness/circumstances.js';
import { RidePage } from './harness/ride-page.js';
import { hearAnnouncements, readChanges } from './harness/witnesses.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DELIVERIES = '/v1/deliveries';
/** How far a countdown may be off, in seconds. */
const OFF_S = 1;
const MOST_A_MINUTE = 4;
/** How late a page may draw what it says. */
const DRAWN_MS = 1_000;

// Half, ten seconds and the end are three moments.
test.use({ via: 'network', server: { env: { TIFFIN_DELIVERIES_OFFER_S: '20' } } });

/** A countdown never went up, never below nothing, and was right each time by the server's clock. */
function expectCountdown(read, until, seconds = (text) => Number(text)) {
  const told = read.map(({ text, at }) => ({ shown: seconds(text), left: Math.ceil((Date.parse(until) - at) / 1000) }));
  for (const { shown, left } of told) expect(Math.abs(shown - Math.max(0, left)), `${shown} s shown, ${left} s left`).toBeLessThanOrEqual(OFF_S);
  const shown = told.map((one) => one.shown);
  expect(shown).toEqual([...shown].sort((one, other) => other - one));
  expect(Math.min(...shown)).toBeGreaterThanOrEqual(0);
}

/** How fresh a page said to be: seconds that go up one by one, or begin again. */
function expectFreshness(read) {
  const ages = read.map(({ text }) => text).filter((text) => text !== 'Loading…').map((text) => Number(/^Updated (\d+) s ago$/.exec(text)?.[1]));
  expect(ages).not.toContain(NaN);
  for (const [index, age] of ages.slice(1).entries()) expect([0, 1, ages[index] + 1, ages[index] + 2]).toContain(age);
}

/** No more than a listener can bear, each a whole sentence, and none twice. */
function expectCalm(said) {
  for (const { at } of said) {
    const minute = said.filter((other) => other.at >= at && other.at < at + MINUTE_MS - DRAWN_MS);
    expect(minute.map(({ text }) => text).slice(MOST_A_MINUTE), 'more than four announcements in a minute').toEqual([]);
  }
  const texts = said.map(({ text }) => text);
  expect(texts).toEqual([...new Set(texts)]);
  for (const text of texts) expect(text).toMatch(/^\p{Lu}.+ .+[.\p{L}]$|^\d+ .+\.$/u);
}

test.describe('the courier', () => {
  /** A courier on duty, with the page open, and an order for them. */
  async function offered({ page, town, signIn }) {
    const courier = await town.courier();
    await signIn(page, courier);
    const ride = new RidePage(page);
    await ride.goto();
    await expect(ride.looking).toBeVisible();
    const order = await town.order({ courier });
    const { offer } = await order.offered();
    await expect(ride.offer).toBeVisible();
    return { ride, courier, order, until: offer.expires_at };
  }

  for (const [name, shift] of [['seven minutes ahead', 7 * MINUTE_MS], ['seven minutes behind', -7 * MINUTE_MS]]) {
    test(`has as long to answer as the server says, on a device that is ${name} and is set back meanwhile`, async ({ page, town, signIn, network }) => {
      const set = await shiftClock(page, shift);
      const digits = await readChanges(page, '.offer [role=timer]');
      const age = await readChanges(page, '.ride-top .fresh');
      const { ride, until, order } = await offered({ page, town, signIn });
      await expect(ride.ring).toHaveText(/^1[0-5]$/);
      await set(shift - HOUR_MS);
      await expect(ride.ring).toHaveText(/^[3-6]$/);
      // At the end the page asks, at once, though an answer is still on its way; until it has one it decides nothing.
      const asked = network.when('GET', DELIVERIES, { hold: true });
      await asked.came(1);
      await expect(ride.ring).toHaveText('0');
      await asked.came(2);
      await expect(ride.offer.getByRole('button', { name: 'Accept' })).toBeVisible();
      asked.release();
      await expect(ride.offer).toHaveCount(0);
      await expect(ride.looking).toBeVisible();
      expectCountdown(digits, until);
      expectFreshness(age);
      expect((await order.now()).courier_id).toBeNull();
    });
  }

  test('may answer as long as the server takes it, though the device says that it is too late', async ({ page, town, signIn }) => {
    await shiftClock(page, 7 * MINUTE_MS);
    const { ride, order } = await offered({ page, town, signIn });
    await expect(ride.ring).toHaveText(/^[34]$/);
    await ride.accept(order);
    await expect.poll(async () => (await order.now()).courier_id).toBe(order.courier.id);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('is told by a screen reader what matters, four times a minute at the most', async ({ page, town, signIn }) => {
    const said = await hearAnnouncements(page);
    const { ride, order } = await offered({ page, town, signIn });
    await order.accept();
    await expect(ride.ring).toHaveText(/^[4-7]$/);
    const live = page.locator('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]').filter({ has: page.getByRole('timer') });
    await expect(live).toHaveCount(0);
    await ride.accept(order);
    await ride.step(order, 'Picked up').click();
    await order.until('picked_up');
    // The fifth within a minute waits until it is over.
    const texts = () => said.map(({ text }) => text);
    await expect.poll(texts, { timeout: MINUTE_MS }).toContain('Bring it to the customer');
    expect(texts().slice(0, 4)).toEqual([expect.stringMatching(/^New delivery from La Mama, €\d\.\d\d\.$/), '15 seconds left to answer.', '10 seconds left to answer.', 'Pick up at La Mama']);
    expectCalm(said);
  });

  test('carries to the end what a browser has translated on the way', async ({ page, town, signIn }) => {
    const { ride, order } = await offered({ page, town, signIn });
    await translate(page);
    const money = await ride.offer.locator('.display').innerText();
    expect(money).toMatch(/€\d/);
    await ride.accept(order);
    await expect(ride.offer).toHaveCount(0);
    await translate(page);
    await expect(ride.task(order)).toContainText('not accepted yet');
    await order.accept();
    await expect(ride.task(order)).not.toContainText('not accepted yet');
    await translate(page);
    await order.ready();
    await expect(ride.task(order)).toContainText('Food is ready');
    await ride.step(order, 'Picked up').click();
    await expect(ride.task(order)).toContainText('Bring it to the customer');
    await expect(ride.task(order)).not.toContainText('Food is ready');
    await translate(page);
    await ride.step(order, 'Delivered').click();
    await order.until('delivered');
    await expect(ride.looking).toBeVisible();
    await expect(ride.task(order)).toHaveCount(0);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');

    await translate(page);
    await ride.button('Go off duty').click();
    await expect(ride.offDuty).toBeVisible();
    await expect(page.getByText('On duty', { exact: true })).toHaveCount(0);
    await expect(page.locator('main')).not.toContainText('Looking for deliveries');
  });
});
