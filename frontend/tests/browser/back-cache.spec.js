// What stands in a page that comes out of the browser's back/forward cache, which was away while the world went on.

import { expect, test } from './fixtures.js';
import { WHOLE } from './harness/browsers.js';
import { atCheckout, expectOneOrder } from './harness/checkout.js';
import { EatPage, read } from './harness/eat-page.js';

test.use({ launchOptions: WHOLE });

test('a checkout out of the browser’s cache knows what was ordered meanwhile', async ({ page, context, town, signIn, api, guards }) => {
  guards.allowStatus(404, '/favicon.ico');
  const { eat, customer } = await atCheckout({ page, town, signIn });
  await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.cameBack = persisted)));
  await page.goto('/favicon.svg');
  const second = new EatPage(await context.newPage());
  await second.checkout();
  await second.pay();
  const order = await expectOneOrder({ api, customer, eat: second });
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => globalThis.cameBack)).toBe(true);
  await expect(page.getByRole('heading', { name: `Order ${read(order)} is placed` })).toBeVisible();
  await expect(eat.place).toHaveCount(0);
});
