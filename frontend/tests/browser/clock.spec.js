// What changes with time: countdowns on devices whose clocks are off, what a screen reader is told meanwhile, and pages that a
// browser has translated. One part for each role.

import { expect, test } from './fixtures.js';
import { QUOTES, atCheckout, expectOneOrder } from './harness/checkout.js';
import { shiftClock, translate } from './harness/circumstances.js';
import { EatPage } from './harness/eat-page.js';
import { expectCalm, expectCountdown, expectFreshness } from './harness/over-time.js';
import { RidePage } from './harness/ride-page.js';
import { LONG, tier } from './harness/tiers.js';
import { hearAnnouncements, readChanges } from './harness/witnesses.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DELIVERIES = '/v1/deliveries';
/** How long a price holds that is seen to lapse. */
const LIFE_MS = 15_000;
/** What is ahead is set back to be behind. */
const SHIFTS = [['seven minutes ahead', 7 * MINUTE_MS], ['seven minutes behind', -7 * MINUTE_MS]];

// Half, ten seconds and the end are three moments.
test.use({ via: 'network', comesBack: false, server: { env: { TIFFIN_DELIVERIES_OFFER_S: '20' } } });

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

  for (const [name, shift] of SHIFTS) {
    test(`has as long to answer as the server says, on a device that is ${name} and is set back meanwhile`, LONG, async ({ page, town, signIn, network }) => {
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

  test('may answer as long as the server takes it, though the device says that it is too late', LONG, async ({ page, town, signIn }) => {
    await shiftClock(page, 7 * MINUTE_MS);
    const { ride, order } = await offered({ page, town, signIn });
    await expect(ride.ring).toHaveText(/^[34]$/);
    await ride.accept(order);
    await expect.poll(async () => (await order.now()).courier_id).toBe(order.courier.id);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('is told by a screen reader what matters, four times a minute at the most', LONG, async ({ page, town, signIn }) => {
    await page.clock.install();
    const said = await hearAnnouncements(page);
    const { ride, order } = await offered({ page, town, signIn });
    await order.accept();
    await expect(ride.ring).toHaveText(/^[4-7]$/);
    const live = page.locator('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]').filter({ has: page.getByRole('timer') });
    await expect(live).toHaveCount(0);
    await ride.accept(order);
    await ride.step(order, 'Picked up').click();
    await expect(ride.task(order)).toContainText('Bring it to the customer');
    // The fifth within a minute waits until it is over.
    const texts = () => said.map(({ text }) => text);
    expect(texts()).toHaveLength(4);
    await page.clock.fastForward(MINUTE_MS);
    await expect.poll(texts).toContain('Bring it to the customer');
    expect(texts().slice(0, 4)).toEqual([expect.stringMatching(/^New delivery from La Mama, €\d\.\d\d\.$/), '15 seconds left to answer.', '10 seconds left to answer.', 'Pick up at La Mama']);
    expectCalm(said);
  });

  test('carries to the end what a browser has translated on the way', LONG, async ({ page, town, signIn }) => {
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

    // A finger that is down meanwhile still presses what it is on.
    await ride.button('Go off duty').hover();
    await page.mouse.down();
    await translate(page);
    const polled = () => page.waitForResponse((reply) => reply.url().includes(DELIVERIES));
    await polled();
    await polled();
    await page.mouse.up();
    await expect(ride.offDuty).toBeVisible();
    await expect(page.getByText('On duty', { exact: true })).toHaveCount(0);
    await expect(page.locator('main')).not.toContainText('Looking for deliveries');
  });
});

test.describe('the customer', () => {
  const seconds = (text) => text.split(':').reduce((all, part) => all * 60 + Number(part), 0);
  const clock = (ms) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Bucharest', hour: '2-digit', minute: '2-digit' }).format(ms);

  for (const [name, shift] of SHIFTS) {
    test(`has a price as long as the server says, on a device that is ${name} and is set back meanwhile`, tier(shift > 0), async ({ page, town, signIn, network, api }) => {
      const set = await shiftClock(page, shift);
      const { eat, customer, restaurant } = await atCheckout({ page, town, signIn });
      const basket = { items: [{ item_id: restaurant.items[0].id, quantity: 3, options: [] }], deliver_to: town.home };
      const quote = await api.post(`/v1/restaurants/${restaurant.id}/quotes`, basket, { as: customer });
      const until = new Date(Date.now() + LIFE_MS).toISOString();
      const life = await readChanges(page, '.checkout-life .num');
      const first = network.when('POST', QUOTES, { answer: { status: 200, body: { ...quote, expires_at: until } }, times: 1 });
      await page.reload();
      await first.came();
      await eat.priced();
      const { min } = quote.eta_minutes;
      const near = [-1, 0, 1].map((more) => clock(Date.now() + (min + more) * MINUTE_MS));
      expect(near).toContain(/(\d\d:\d\d)–/.exec(await page.getByRole('region', { name: 'Deliver to' }).innerText())[1]);
      await expect(page.getByText(/^0:(0[3-9]|1\d)$/)).toBeVisible();
      await set(shift - HOUR_MS);
      // At the end the page asks, and nothing can be paid until there is an answer.
      const next = network.when('POST', QUOTES, { hold: true });
      await next.came();
      await expect(eat.total).toHaveCount(0);
      await expect(eat.place).toHaveAttribute('aria-busy', 'true');
      expectCountdown(life, until, seconds);
      next.release();
      await eat.priced();
      await expect(page.getByText(/^(10:00|9:5\d)$/)).toBeVisible();
    });

    test(`sees an order arrive by the server’s clock, on a device that is ${name} and is set back meanwhile`, tier(shift > 0), async ({ page, town, signIn }) => {
      const set = await shiftClock(page, shift);
      const age = await readChanges(page, '.over-map .fresh');
      const order = await town.order({ status: 'accepted' });
      await signIn(page, order.customer, { address: town.home });
      const eat = new EatPage(page);
      await eat.order(order);
      const { eta, promised_at: promised } = await order.now();
      const arrives = page.locator('.order-eta').filter({ hasText: `Arrives ${clock(Date.parse(eta.from))}–${clock(Date.parse(eta.to))}` });
      await expect(arrives).toBeVisible();
      await expect(page.getByText(`Promised by ${clock(Date.parse(promised))}`)).toBeVisible();
      await set(shift - HOUR_MS);
      await order.bringTo('ready');
      await expect(eat.title).toHaveText('Your food is ready');
      await expect(page.getByText(/later than promised|any minute now/)).toHaveCount(0);
      await expect.poll(() => age.filter(({ text }) => /^Updated 2 s ago$/.test(text)).length).toBeGreaterThan(1);
      expectFreshness(age);
    });
  }

  test('is told by a screen reader how far an order is, four times a minute at the most', async ({ page, town, signIn }) => {
    await page.clock.install();
    const said = await hearAnnouncements(page);
    const order = await town.order({ status: 'placed', courier: await town.courier() });
    await signIn(page, order.customer, { address: town.home });
    const eat = new EatPage(page);
    await eat.order(order);
    for (const [status, words] of [['paid', 'Waiting for La Mama'], ['accepted', 'La Mama is cooking'], ['ready', 'Your food is ready'], ['picked_up', 'Radu is on the way'], ['delivered', 'Enjoy your meal!']]) {
      await order.bringTo(status);
      await expect(eat.title).toHaveText(words);
    }
    // What is too much for one minute waits until it is over.
    const texts = () => said.map(({ text }) => text);
    await page.clock.fastForward(MINUTE_MS);
    await expect.poll(texts).toContainEqual(expect.stringMatching(/^Enjoy your meal! Delivered at \d\d:\d\d\.$/));
    expect(texts()).toContainEqual(expect.stringMatching(/^La Mama is cooking\. .+\.$/));
    expectCalm(said);
    const live = page.locator('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]').filter({ hasText: /\d s ago/ });
    await expect(live).toHaveCount(0);
  });

  test('follows an order to the end that a browser has translated on the way', LONG, async ({ page, town, signIn }) => {
    const order = await town.order({ status: 'paid', courier: await town.courier() });
    await signIn(page, order.customer, { address: town.home });
    const eat = new EatPage(page);
    await eat.order(order);
    await expect(eat.title).toHaveText('Waiting for La Mama');
    for (const [status, words, done] of [['accepted', 'La Mama is cooking', 3], ['ready', 'Your food is ready', 4], ['picked_up', 'Radu is on the way', 6], ['delivered', 'Enjoy your meal!', 7]]) {
      await translate(page);
      await order.bringTo(status);
      await expect(eat.title).toHaveText(words);
      await expect(page.locator('.timeline time')).toHaveCount(done);
      await expect(eat.title).toHaveCount(1);
    }
    await expect(page.locator('main')).not.toContainText('Cancel the order');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });

  test('orders from a menu, a bag and a checkout that a browser has translated', async ({ page, town, signIn, api }) => {
    const [customer, restaurant] = [await town.customer(), await town.restaurant()];
    await signIn(page, customer, { address: town.home });
    const eat = new EatPage(page);
    await eat.menu(restaurant);
    await expect(eat.dish('Sour soup')).toBeVisible();
    await translate(page);
    await eat.add('Sour soup');
    await translate(page);
    await eat.more('Sour soup').click();
    await expect(eat.quantity('Sour soup').locator('output')).toHaveText('2');
    await expect(eat.toCheckout).toHaveText(/Checkout · 2\s*€25\.00/);
    await translate(page);
    await eat.toCheckout.click();
    await eat.priced();
    await translate(page);
    await eat.more('Sour soup').click();
    await eat.priced();
    await translate(page);
    await eat.choose('€2');
    await eat.priced();
    await translate(page);
    const total = await eat.total.innerText();
    await expect(eat.place).toContainText(total);
    expect((await eat.sums())['Tip for the courier']).toBe('2.00');
    await eat.place.click();
    const order = await expectOneOrder({ api, customer, eat });
    expect(order.lines[0].quantity).toBe(3);
    expect(`€${(order.total.amount / 100).toFixed(2)}`).toBe(total);
  });
});
