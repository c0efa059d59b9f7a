// One order from sign-in to the door, as people have it where the pages are plain files and functions answer elsewhere.

import { expect, test as base } from '../browser/fixtures.js';
import { locate } from '../browser/harness/circumstances.js';
import { EatPage, read } from '../browser/harness/eat-page.js';
import { KitchenPage } from '../browser/harness/kitchen-page.js';
import { RidePage } from '../browser/harness/ride-page.js';
import { PHONE, TABLET } from '../browser/harness/screen.js';
import { Town } from '../browser/harness/town.js';
import { OperationsApi } from './operations.js';
import { networkSettled, ROOT, Stage } from './stage.js';

/** Everything is called once before, and may have to be compiled. */
const WARM_MS = 3_600_000;

const test = base.extend({
  stage: [
    async ({}, use) => {
      const stage = await Stage.start();
      await (await OperationsApi.of(stage.config, ROOT)).warm();
      await networkSettled();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker', timeout: WARM_MS },
  ],
  api: async ({ stage, glances }, use) => use(await OperationsApi.of(stage.config, ROOT, () => glances.changed())),
  /** The middle of the pages' own area. */
  town: async ({ api, stage }, use) => use(Object.assign(new Town(api), { centre: stage.area.centre })),
  baseURL: async ({ stage, guards }, use) => {
    for (const origin of stage.origins) guards.trust(origin);
    await use(stage.url);
  },
});

test('an order goes from sign-in to the door across origins', async ({ page, context, newDevice, town, stage, guards }) => {
  // A container may still be started beside this, which cuts what Chromium asks at that moment; pages ask again.
  guards.allowError(/ERR_NETWORK_CHANGED/);
  const name = `Casa ${Date.now()}`;
  const restaurant = await town.restaurant({ name });
  const customer = await town.customer();
  const courier = await town.courier({ online: false });

  // The customer: an address, a dish, a sign-in at the checkout.
  await locate(context, town.home.place);
  const eat = new EatPage(page);
  const asked = new Set();
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  await page.goto('/');
  await eat.button('Use my location').click();
  await page.getByLabel('Street and number').fill('Strada Lungă 7');
  await page.getByLabel('Postcode').fill('1010');
  await eat.button('Show restaurants').click();
  await page.getByRole('link', { name }).click();
  await eat.add('Sour soup', { quantity: 2 });
  await eat.toCheckout.click();
  await eat.button('Sign in to order').click();
  await eat.signIn(customer);
  await eat.phone.fill('+371 20000000');
  await eat.pay();
  await expect(page).toHaveURL(/\/eat\/\?at=\/eat\/orders\/ord_\w+$/);
  const order = await town.placedOrder(new URL(page.url()).searchParams.get('at').split('/').at(-1), { customer, restaurant, courier });
  await expect(eat.title).toHaveText(`Waiting for ${name}`);

  // What lies below the page's address survives a reload, and its links lead where a server of files finds something.
  await page.reload();
  await expect(eat.title).toHaveText(`Waiting for ${name}`);
  const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.href));
  for (const link of links) expect((await fetch(link)).status, link).toBe(200);

  // The restaurant.
  const tablet = await (await newDevice(TABLET)).newPage();
  const kitchen = new KitchenPage(tablet);
  await kitchen.board();
  await kitchen.button('Sign in or sign up').click();
  await new EatPage(tablet).signIn(restaurant.owner);
  await kitchen.accept(order).click();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  await expect(eat.title).toHaveText(`${name} is cooking`);

  // The courier.
  const device = await newDevice(PHONE);
  await locate(device, town.stand);
  const ride = new RidePage(await device.newPage());
  await ride.goto();
  await ride.signIn(courier);
  await ride.button('Go on duty here').click();
  await ride.accept(order);
  await kitchen.ready(order).click();
  await ride.step(order, 'Picked up').click();
  await expect(eat.title).toHaveText('Radu is on the way');
  await ride.step(order, 'Delivered').click();
  await expect(ride.page.getByText(/^Delivered\. You earned /)).toBeVisible();

  await expect(eat.title).toHaveText('Enjoy your meal!');
  await expect(page.getByText(read(order))).toBeVisible();
  await expect(kitchen.card(order, 'Done')).toBeVisible();
  await order.until('delivered');
  await town.onDuty(courier, { online: false });

  // The page says its policy itself, and the browser holds to it.
  guards.allowError(/connect-src|Content Security Policy/);
  expect(await page.evaluate(askElsewhere)).toBe('connect-src');

  // They were asked where they are, each at an origin of its own where it has one.
  const others = [...asked].filter((origin) => origin !== stage.url);
  expect(others.length).toBeGreaterThan(Object.keys(stage.config.operations).length > 0 ? 5 : 0);
});

/** Runs in the page: what keeps it from asking an origin that it was not told of. */
function askElsewhere() {
  return new Promise((tell) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => tell(effectiveDirective));
    fetch('https://elsewhere.example/').catch(() => {});
  });
}
