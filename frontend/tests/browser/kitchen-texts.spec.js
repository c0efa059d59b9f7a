// What the kitchen reads: times of its own zone wherever its tablet thinks to be, amounts of every currency, names of every kind.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { CURRENCIES, NAMES, dish } from './harness/samples.js';
import { PHONE, TABLET, expectFits } from './harness/screen.js';
import { LONG, tier } from './harness/tiers.js';

/** Where the restaurants of these tests stand. */
const HERE = 'Europe/Bucharest';
const ELSEWHERE = ['America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Kiritimati'];
/** From one zone to the next it may be another day, and never another time. */
const TIME = /\d\d:\d\d/;

test.use(TABLET);

test.beforeEach(({ context }) => context.addInitScript(() => (globalThis.print = () => {})));

/** What every page of an order says of its times, on a device of a zone. */
async function timesIn(timezoneId, order, { newDevice, signIn }) {
  const device = await newDevice({ ...TABLET, timezoneId });
  await device.addInitScript(() => (globalThis.print = () => {}));
  const [page, other] = [await device.newPage(), await device.newPage()];
  const kitchen = new KitchenPage(page);
  await signIn(page, order.restaurant.owner);
  await kitchen.board(order.restaurant);
  const card = kitchen.card(order, 'Preparing');
  await expect(card).toContainText('ready by');
  const board = await card.locator('.at').allInnerTexts();
  const zone = await page.locator('.zone').allInnerTexts();
  const sheet = await kitchen.open(order);
  const all = await sheet.locator('.sums').last().innerText();
  await kitchen.ticket(order);
  await expect(page.getByText('Ready by:')).toBeVisible();
  const ticket = await page.locator('.ticket footer p').allInnerTexts();

  const eat = new EatPage(other);
  await signIn(other, order.customer);
  await eat.order(order);
  await expect(eat.journey).toBeVisible();
  const journey = await eat.journey.locator('time').allInnerTexts();
  return { board, zone, all, ticket, journey };
}

test('the times of an order are its restaurant’s, wherever they are read', LONG, async ({ town, newDevice, signIn }) => {
  const order = await town.order({ status: 'accepted' });
  const { placed_at: placed, ready_by: ready, promised_at: promised } = await order.now();
  const [placedAt, readyBy, promisedAt] = [placed, ready, promised].map((iso) => clock(iso));
  const home = await timesIn(HERE, order, { newDevice, signIn });
  expect(home.zone).toEqual([]);
  expect(home.board).toEqual([`ready by ${readyBy}`, `promised ${promisedAt}`]);
  expect(home.ticket).toEqual([`Placed: ${placedAt}`, `Ready by: ${readyBy}`, `Promised to be there: ${promisedAt}`, 'La Mama']);
  expect(home.all).toContain(placedAt);

  const others = [];
  for (const zone of ELSEWHERE) others.push(await timesIn(zone, order, { newDevice, signIn }));
  for (const told of others) {
    expect(told).toEqual(others[0]);
    expect(told.zone).toEqual([expect.stringMatching(/^Times of Bucharest, GMT\+[23]$/)]);
    expect(told.board).toEqual(home.board);
    for (const [index, line] of told.ticket.slice(0, 3).entries()) expect(line).toMatch(new RegExp(`^${home.ticket[index]} \\(Bucharest, GMT\\+[23]\\)$`));
    for (const [index, text] of told.journey.entries()) expect(TIME.exec(text)?.[0]).toBe(TIME.exec(home.journey[index])?.[0]);
  }
});

test('what is on its way tells its times as every card does, whole, without the zone that stands above', async ({ town, newDevice, signIn }) => {
  const order = await town.order({ status: 'picked_up', courier: await town.courier() });
  const page = await (await newDevice({ ...TABLET, timezoneId: ELSEWHERE[0] })).newPage();
  await signIn(page, order.restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(order.restaurant);
  const times = kitchen.card(order, 'On its way').locator('.at');
  await expect(times).toHaveText([/^arrives \d\d:\d\d–\d\d:\d\d$/, `promised ${clock((await order.now()).promised_at)}`]);
  await expect(page.locator('.zone')).toHaveText(/^Times of Bucharest/);
  await expectFits(page);
});

for (const currency of CURRENCIES) {
  test(`amounts in ${currency} have the decimals that it has`, LONG, async ({ page, town, signIn }) => {
    const restaurant = await town.restaurant({ currency, menu: [dish({ price: 1250 })] });
    const order = await town.order({ restaurant, status: 'accepted', tip: 250 });
    const { total, tip, subtotal } = await order.now();
    await signIn(page, restaurant.owner);
    const kitchen = new KitchenPage(page);
    await kitchen.board(restaurant);
    const fresh = await town.order({ restaurant });
    await expect(kitchen.card(fresh, 'New')).toContainText(`2 items · ${money((await fresh.now()).total)}`);
    const sheet = await kitchen.open(order);
    for (const [words, amount] of [['Dishes', subtotal], ['Tip for the courier', tip], ['Total', total]]) {
      await expect(sheet.getByText(words, { exact: true }).locator('xpath=following-sibling::dd[1]')).toHaveText(money(amount));
    }
    await kitchen.ticket(order);
    await expect(page.getByText(`2 items · ${money(total)}`)).toBeVisible();
  });
}

for (const [kind, name] of Object.entries(NAMES)) {
  test(`names of the kind ${kind} are read as they are, and break nothing`, tier(kind === 'script'), async ({ page, town, signIn }) => {
    page.on('dialog', (dialog) => expect(dialog.message(), 'no script runs').toBeNull());
    const restaurant = await town.restaurant({ name, menu: [dish({ name })] });
    const contact = { name, phone: '+40 700 000 000' };
    const order = await town.order({ restaurant, contact, notes: name, status: 'accepted' });
    const fresh = await town.order({ restaurant, contact, notes: name });
    await signIn(page, restaurant.owner);
    const kitchen = new KitchenPage(page);
    await kitchen.board(restaurant);
    await expect(kitchen.title).toContainText(name);
    for (const card of [kitchen.card(fresh, 'New'), kitchen.card(order, 'Preparing')]) {
      await expect(card.getByText(name, { exact: true })).toHaveCount(3);
    }
    await expectFits(page);
    await page.setViewportSize(PHONE.viewport);
    await expectFits(page);
    await kitchen.reject(fresh).click();
    await expect(page.getByRole('dialog')).toContainText(name);
    await expectFits(page);
    await page.keyboard.press('Escape');
    const sheet = await kitchen.open(order);
    await expect(sheet.getByText(name, { exact: true })).toHaveCount(3);
    await expectFits(page);
    await kitchen.ticket(order);
    await expect(page.locator('.ticket').getByText(name, { exact: true })).toHaveCount(4);
    await expectFits(page);
    await expect(page.locator('main script, main img[src=x]')).toHaveCount(0);
  });
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: HERE });
}

function money({ amount, currency }) {
  const { maximumFractionDigits: digits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 10 ** digits).replace(/\s/g, ' ');
}
