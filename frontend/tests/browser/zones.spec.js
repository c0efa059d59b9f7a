// A restaurant's times are its own, wherever somebody reads them.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { bagOf } from './harness/storage.js';
import { tier } from './harness/tiers.js';

/** Where the restaurant is, and how its clock is named where it is not the reader's. */
const AT_HOME = 'Europe/Bucharest';
const NAMED = / \(Bucharest, GMT[+-]\d+\)/g;
/** Where it is another day. */
const FARTHEST = 'Pacific/Kiritimati';
const AWAY = ['America/Los_Angeles', 'Asia/Tokyo', FARTHEST];

/** Every time of the day that a page tells, with the name of its zone. */
async function timesOf(page, where) {
  const all = (await page.locator(where).allInnerTexts()).join('\n');
  return { plain: all.replace(NAMED, '').match(/\d\d:\d\d(–\d\d:\d\d)?/g) ?? [], named: (all.match(NAMED) ?? []).length };
}

/** How long pages may take to agree: each asks by itself. */
const AGREE_MS = 30_000;

test('an order tells the same times in every zone of the earth, and whose they are', async ({ newDevice, town, signIn }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant({ time_zone: AT_HOME })];
  const courier = await town.courier();
  const order = await town.order({ status: 'paid', customer, restaurant, courier });
  const pages = [];
  for (const timezoneId of [AT_HOME, ...AWAY]) {
    const page = await (await newDevice({ timezoneId })).newPage();
    await signIn(page, customer, { address: town.home });
    await new EatPage(page).order(order);
    pages.push(page);
  }
  const [home, ...away] = pages;
  // What is expected moves while the order does: all are read anew until they agree.
  const expectSame = (where, count, named = count) =>
    expect(async () => {
      const { plain, named: unnamed } = await timesOf(home, where);
      expect(plain).toHaveLength(count);
      expect(unnamed).toBe(0);
      for (const page of away) expect(await timesOf(page, where)).toEqual({ plain, named });
    }).toPass({ timeout: AGREE_MS });
  // The time to answer; when it arrives and by when that was promised; two steps of the journey.
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: AT_HOME, hour: '2-digit', minute: '2-digit' });
  const { deadline, promised_at: promised } = await order.now();
  for (const page of pages) {
    await expect(page.getByText(`It has until ${clock.format(new Date(deadline))}`)).toBeVisible();
    await expect(page.getByText(`Promised by ${clock.format(new Date(promised))}`)).toBeVisible();
  }
  await expectSame('.order-eta', 1);
  // A journey names its zone once.
  await expectSame('.timeline time', 2, 0);
  for (const page of pages) await expect(page.getByText(/^Times of Bucharest, GMT\+\d$/)).toHaveCount(page === home ? 0 : 1);
  await order.bringTo('picked_up');
  await expectSame('.order-eta', 1);
  await expectSame('.timeline time', 6, 0);
  await order.bringTo('delivered');
  await expectSame('.order header', 1);
  await expectSame('.timeline time', 7, 0);
  for (const page of pages) await page.goto('/eat/orders');
  await expectSame('.orders-past time, .orders-past .num', 1);
});

for (const timezoneId of AWAY) {
  test.describe(() => {
    test.use({ timezoneId });

    test(`the checkout tells when it arrives by the restaurant’s clock, read in ${timezoneId}`, tier(timezoneId === FARTHEST), async ({ page, town, signIn }) => {
      const [customer, restaurant] = [await town.customer(), await town.restaurant({ time_zone: AT_HOME })];
      await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
      const eat = new EatPage(page);
      const quoted = page.waitForResponse((reply) => reply.url().endsWith('/quotes') && reply.ok());
      await eat.checkout();
      const reply = await quoted;
      const { eta_minutes: eta } = await reply.json();
      const now = Date.parse((await reply.allHeaders()).date);
      await eat.priced();
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: AT_HOME, hour: '2-digit', minute: '2-digit' });
      const arrival = page.getByRole('region', { name: 'Deliver to' });
      await expect(arrival).toContainText(/Arrives \d\d:\d\d–\d\d:\d\d \(Bucharest, GMT\+\d\)/);
      const [, from] = /(\d\d:\d\d)–/.exec(await arrival.innerText());
      // A minute may end between the reply and the look.
      const near = [0, 1, 2].map((more) => clock.format(new Date(now + (eta.min + more) * 60_000)));
      expect(near).toContain(from);
    });
  });
}
