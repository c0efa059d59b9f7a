// Somebody who takes their time in the checkout: tokens and prices lapse meanwhile, and sessions end.

import { expect, test } from './fixtures.js';
import { eventually } from './harness/api.js';
import { bagOf } from './harness/storage.js';

const REFRESH = '/v1/sessions/refresh';
const QUOTE = /\/quotes$/;
const MINUTE_MS = 60_000;

// Eleven minutes of tokens and quotes of ten, in seconds.
test.use({ via: 'network', comesBack: false, server: { env: { TIFFIN_USERS_ACCESS_TOKEN_S: '10', TIFFIN_RESTAURANTS_QUOTE_S: '10' } } });

/** The checkout with a full bag, its form filled in. */
async function checkout({ page, town, signIn }) {
  const [customer, restaurant] = await Promise.all([town.customer(), town.restaurant()]);
  const session = await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
  await page.goto('/eat/checkout');
  await page.getByLabel('Note for the kitchen').fill('No celery, please');
  await page.locator('label').filter({ hasText: /^€2$/ }).click();
  await page.getByLabel('Phone').fill('+40 711 222 333');
  await expect(place(page)).toHaveText(/€\d/);
  return { customer, restaurant, session };
}

const place = (page) => page.getByRole('button', { name: /^Place order/ });
const ordersOf = async (api, customer) => (await api.get('/v1/orders', { as: customer })).items;
const done = (network, method, path) => network.requestsOf(method, path).filter(({ status }) => status === 200);

test('tokens and prices that lapse in the checkout are renewed, and nobody notices', async ({ page, town, signIn, network, api }) => {
  const { customer } = await checkout({ page, town, signIn });
  await eventually('renewed tokens', async () => done(network, 'POST', REFRESH).length >= 3);
  await eventually('renewed prices', async () => done(network, 'POST', QUOTE).length >= 3);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByLabel('Note for the kitchen')).toHaveValue('No celery, please');
  await place(page).click();
  await expect(page).toHaveURL(/\/eat\/orders\/ord_/);
  const [order, ...more] = await ordersOf(api, customer);
  expect(more).toEqual([]);
  expect(order).toMatchObject({ notes: 'No celery, please', tip: { amount: 200, currency: 'EUR' }, contact: { phone: '+40 711 222 333' } });
  expect(network.requests.filter(({ status }) => status === 401)).toEqual([]);
});

test.describe('a session that ends in the checkout', () => {
  test.beforeEach(({ guards }) => guards.allowStatus(401));

  /** Fills in, has the session end elsewhere, and presses when the token that the page has is not taken any more. */
  async function pressTooLate({ page, town, signIn, api, network }) {
    await page.clock.install();
    const { customer } = await checkout({ page, town, signIn });
    const { refresh_token: token } = JSON.parse(await page.evaluate((id) => localStorage.getItem(`tiffin:session:${id}`), customer.id));
    const { access_token: access } = await api.post(REFRESH, { refresh_token: token });
    await api.delete('/v1/sessions/current', { headers: { authorization: `Bearer ${access}` } });
    const old = network.when('POST', '/v1/orders', { requestHeaders: { authorization: 'Bearer nonsense' }, times: 1 });
    await place(page).click();
    await old.came();
    await expect(page.getByRole('dialog', { name: 'Please sign in again' })).toBeVisible();
    return customer;
  }

  test('asks to sign in over the page, asks nobody else for anything, and has all that was filled in', async ({ page, town, signIn, api, network }) => {
    const customer = await pressTooLate({ page, town, signIn, api, network });
    const before = network.requests.length;
    await page.clock.runFor(MINUTE_MS);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    // What is open to all may be asked again, by nobody.
    const asked = network.requests.slice(before).filter(({ path }) => path.startsWith('/v1/') && !path.startsWith('/v1/restaurants/'));
    expect(asked.slice(2).map(({ method, path }) => `${method} ${path}`), 'more than two requests').toEqual([]);
    expect(await ordersOf(api, customer)).toEqual([]);

    const quoted = network.when('POST', QUOTE);
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByLabel('E-mail')).toHaveValue(customer.email);
    await sheet.getByLabel('Password', { exact: true }).fill(customer.password);
    await sheet.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(sheet).toHaveCount(0);
    await quoted.came();
    await expect(page.getByLabel('Note for the kitchen')).toHaveValue('No celery, please');
    await expect(page.getByLabel('Phone')).toHaveValue('+40 711 222 333');
    await expect(page.getByRole('radio', { name: '€2' })).toBeChecked();
    await place(page).click();
    await expect(page).toHaveURL(/\/eat\/orders\/ord_/);
    const [order, ...more] = await ordersOf(api, customer);
    expect(more).toEqual([]);
    expect(order).toMatchObject({ notes: 'No celery, please', tip: { amount: 200 } });
  });

  test('shows nothing of it to somebody else who signs in', async ({ page, town, signIn, api, network }) => {
    const customer = await pressTooLate({ page, town, signIn, api, network });
    const other = await town.customer({ name: 'Ion Next', phone: '+40 799 888 777' });
    await page.getByRole('button', { name: 'Use another account' }).click();
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByLabel('E-mail')).toHaveValue('');
    await sheet.getByLabel('E-mail').fill(other.email);
    await sheet.getByLabel('Password', { exact: true }).fill(other.password);
    await sheet.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(sheet).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'There is nothing to order' })).toBeVisible();
    await expect(place(page)).toHaveCount(0);
    const shown = await page.locator('body').innerText();
    for (const one of ['No celery, please', '+40 711 222 333', 'Sour soup', town.home.address.street, customer.name]) expect(shown).not.toContain(one);
    for (const who of [customer, other]) expect(await ordersOf(api, who)).toEqual([]);
  });
});
