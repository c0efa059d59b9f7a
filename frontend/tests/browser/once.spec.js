// Ordered once, whatever is pressed, wherever the network fails, and however somebody goes back and forth.

import { expect, test } from './fixtures.js';
import { ORDER, ORDERS, QUOTES, atCheckout, expectOneOrder, ordersOf } from './harness/checkout.js';
import { EatPage, read } from './harness/eat-page.js';
import { bagOf } from './harness/storage.js';

const RESTAURANT = /^\/v1\/restaurants\/rst_\w+$/;
const USER = /^\/v1\/users\/usr_\w+$/;
/** Where the map has an area to choose a place of. */
const CITY = { lat: 44.4268, lon: 26.1025 };
const LATER_MS = 11 * 60_000;

test.use({ via: 'network' });

const keysOf = (seen) => new Set(seen.map(({ headers }) => headers['idempotency-key']));
const bodiesOf = (seen) => new Set(seen.map(({ body }) => body.toString()));

/** Every try was the same request. */
function expectSame(tries, least = 2) {
  expect(tries.length).toBeGreaterThanOrEqual(least);
  expect([keysOf(tries).size, bodiesOf(tries).size]).toEqual([1, 1]);
}

test('what is pressed as soon as it can be is ordered, whatever else is still to come, and with their own phone', async ({ page, town, signIn, api, network }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  await eat.menu(restaurant);
  await expect(eat.toCheckout).toBeVisible();
  const shop = network.when('GET', RESTAURANT, { hold: true });
  const user = network.when('GET', USER, { hold: true });
  await eat.toCheckout.click();
  await expect(eat.place).toHaveText(/\d/);
  await expect(eat.place).toHaveAttribute('aria-busy', 'true');
  user.release();
  await eat.pay();
  const order = await expectOneOrder({ api, customer, eat });
  expect(order.contact.phone).toBe(customer.phone);
  shop.release();
});

test('a double click is one order', async ({ page, town, signIn, api, network }) => {
  const { eat, customer } = await atCheckout({ page, town, signIn });
  const placing = network.when('POST', ORDERS, { hold: true });
  await eat.place.dblclick();
  await placing.came();
  await page.getByRole('button', { name: /^Placing your order/ }).click({ clickCount: 3 });
  placing.release();
  await expectOneOrder({ api, customer, eat });
  expect(placing.seen).toHaveLength(1);
});

test('while one tab orders, another can’t, and both come to the same order', async ({ page, context, town, signIn, api, network }) => {
  const { eat, customer } = await atCheckout({ page, town, signIn });
  const second = new EatPage(await context.newPage());
  await second.checkout();
  await second.priced();
  const placing = network.when('POST', ORDERS, { hold: true });
  await eat.place.click();
  await placing.came();
  await expect(second.page.getByRole('heading', { name: 'Making sure that your order arrived' })).toBeVisible();
  await expect(second.place).toHaveCount(0);
  placing.release();
  const order = await expectOneOrder({ api, customer, eat });
  await expect(second.page.getByRole('heading', { name: `Order ${read(order)} is placed` })).toBeVisible();
  expect(keysOf(placing.seen).size).toBe(1);
});

test('Enter pays nothing in any field, nor where it is held', async ({ page, town, signIn, network, api }) => {
  const { eat, customer } = await atCheckout({ page, town, signIn });
  const placing = network.when('POST', ORDERS);
  await eat.choose('Other');
  const fields = page.locator('.checkout input, .checkout textarea, .checkout select');
  for (let at = 0; at < (await fields.count()); at += 1) {
    const field = fields.nth(at);
    await field.focus();
    for (const key of ['Enter', 'Control+Enter', 'Enter']) await field.press(key);
  }
  // The tip is another: a new price, and with it whatever went out before.
  const quoted = network.when('POST', QUOTES);
  await page.getByLabel('Amount in EUR').fill('1.50');
  await quoted.came();
  await eat.priced();
  expect(placing.seen).toEqual([]);
  await expect(page).toHaveURL(/\/eat\/checkout$/);
  expect(await ordersOf(api, customer)).toEqual([]);
});

test('Enter that ends another step is not a press of what stands there next', async ({ page, town, keep, api, network }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant({ place: CITY })];
  await keep(page, { bag: bagOf(restaurant) });
  const placing = network.when('POST', ORDERS);
  const eat = new EatPage(page);
  const hold = async () => {
    await page.keyboard.down('Enter');
    await expect(eat.dialog).toHaveCount(0);
  };
  await eat.checkout();
  await eat.button('Sign in to order').press('Enter');
  await eat.dialog.getByLabel('E-mail').fill(customer.email);
  await eat.dialog.getByLabel('Password', { exact: true }).fill(customer.password);
  await hold();
  await page.keyboard.up('Enter');
  await page.locator('.checkout-side').getByRole('button', { name: 'Choose an address' }).press('Enter');
  await eat.dialog.getByRole('application').press('ArrowUp');
  await eat.dialog.getByLabel('Street and number').fill('Strada Lungă 7');
  await eat.dialog.getByLabel('Postcode').fill('030101');
  await hold();
  await eat.priced();
  for (let again = 0; again < 5; again += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  const quoted = network.when('POST', QUOTES);
  await eat.choose('€2');
  await quoted.came();
  await eat.priced();
  expect(placing.seen).toEqual([]);
  expect(await ordersOf(api, customer)).toEqual([]);
});

test.describe('where the answer to an order is lost', () => {
  test.beforeEach(({ guards }) => guards.allowNetworkErrors());

  /** Orders, and hears nothing of it. */
  async function lost(fixtures) {
    const all = await atCheckout(fixtures);
    const swallowed = fixtures.network.when('POST', ORDERS, { swallow: true });
    await all.eat.place.click();
    await swallowed.came();
    await expect(all.page.getByRole('heading', { name: 'Making sure that your order arrived' })).toBeVisible();
    await expect(all.page.getByText(/fail(ed)? to|not placed|declined/)).toHaveCount(0);
    await expect(all.eat.place).toHaveCount(0);
    return { ...all, swallowed };
  }

  test('pressing again is the same order', async ({ page, town, signIn, api, network }) => {
    const { eat, swallowed, customer } = await lost({ page, town, signIn, network });
    swallowed.remove();
    await eat.button('Ask again now').click();
    await expectOneOrder({ api, customer, eat });
    expectSame(network.requestsOf('POST', ORDERS));
  });

  test('after a reload it is the same order', async ({ page, town, signIn, api, network }) => {
    const { eat, swallowed, customer } = await lost({ page, town, signIn, network });
    await page.reload();
    await swallowed.came(2);
    await expect(page.getByRole('heading', { name: 'Making sure that your order arrived' })).toBeVisible();
    swallowed.remove();
    await eat.button('Ask again now').click();
    await expectOneOrder({ api, customer, eat });
    expectSame(network.requestsOf('POST', ORDERS), 3);
  });

  test('in another tab it is the same order', async ({ page, context, town, signIn, api, network }) => {
    const { swallowed, customer, restaurant } = await lost({ page, town, signIn, network });
    await page.close();
    swallowed.remove();
    const eat = new EatPage(await context.newPage());
    await eat.menu(restaurant);
    await eat.toCheckout.click();
    await expectOneOrder({ api, customer, eat });
    expectSame(network.requestsOf('POST', ORDERS));
  });

  test('eleven minutes later the order is found before a new price is asked for', async ({ page, context, town, signIn, api, network }) => {
    const { swallowed, customer, restaurant } = await lost({ page, town, signIn, network });
    await page.close();
    swallowed.remove();
    network.when('*', /^\/v1\//, { replyHeaders: { date: new Date(Date.now() + LATER_MS).toUTCString() } });
    const asked = network.requests.length;
    const eat = new EatPage(await context.newPage());
    await eat.menu(restaurant);
    await eat.toCheckout.click();
    await expectOneOrder({ api, customer, eat });
    const since = network.requests.slice(asked);
    expect(since.filter(({ method, path }) => method === 'POST' && (path === ORDERS || QUOTES.test(path)))).toEqual([]);
    expect(since.some(({ method, path }) => method === 'GET' && ORDER.test(path))).toBe(true);
  });

  test('an order that never arrived is not placed eleven minutes later, but priced anew', async ({ page, context, town, signIn, api, network, guards }) => {
    guards.allowStatus(404, ORDER);
    const { eat: first, customer, restaurant } = await atCheckout({ page, town, signIn });
    const refused = network.when('POST', ORDERS, { refuse: true });
    await first.place.click();
    await refused.came();
    await page.close();
    refused.remove();
    network.when('*', /^\/v1\//, { replyHeaders: { date: new Date(Date.now() + LATER_MS).toUTCString() } });
    const placing = network.when('POST', ORDERS);
    const eat = new EatPage(await context.newPage());
    await eat.menu(restaurant);
    await eat.toCheckout.click();
    await expect(eat.page.getByText('The order was not placed, and nothing was paid. Here is the price as it is now.')).toBeVisible();
    expect(placing.seen).toEqual([]);
    expect(await ordersOf(api, customer)).toEqual([]);
    await expect(eat.quantity('Sour soup')).toContainText('2');
  });
});

test.describe('going back and forth', () => {
  test('after ordering comes to no form and no second order', async ({ page, town, signIn, api }) => {
    const { eat, customer, restaurant } = await atCheckout({ page, town, signIn });
    await eat.place.click();
    const order = await expectOneOrder({ api, customer, eat });
    await page.goBack();
    await expect(page).toHaveURL(new RegExp(restaurant.id));
    await expect(eat.bag).toContainText('Nothing in it yet.');
    await page.goForward();
    await expect(page).toHaveURL(new RegExp(order.id));
    await expect(eat.title).toHaveText('Waiting for La Mama');
    await eat.checkout();
    await expect(page.getByRole('heading', { name: `Order ${read(order)} is placed` })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Follow your order' })).toHaveAttribute('href', `/eat/orders/${order.id}`);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await expect(eat.place).toHaveCount(0);
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  });

  test('while ordering ends nothing: it is placed once, and told wherever they are', async ({ page, town, signIn, api, network }) => {
    const { eat, customer, restaurant } = await atCheckout({ page, town, signIn });
    const placing = network.when('POST', ORDERS, { hold: true });
    await eat.place.click();
    await placing.came();
    await page.goBack();
    await expect(page).toHaveURL(new RegExp(restaurant.id));
    await page.goForward();
    await expect(eat.place).toHaveCount(0);
    await page.goBack();
    placing.release();
    const toast = page.getByText(/^Order .* is placed\.$/);
    await expect(toast).toBeVisible();
    await expect(eat.bag).toContainText('Nothing in it yet.');
    const [order, ...more] = await ordersOf(api, customer);
    expect(more).toEqual([]);
    await expect(toast).toContainText(read(order));
    expect(placing.seen).toHaveLength(1);
  });
});
