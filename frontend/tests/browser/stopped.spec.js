// Accounts that may not be used: those that were suspended, told to the right password alone and to whoever was signed in.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { RidePage } from './harness/ride-page.js';
import { bagOf } from './harness/storage.js';

const SUSPENDED = 'Your account is suspended';

test.use({ server: { env: { TIFFIN_USERS_ACCESS_TOKEN_S: '10' } } });

/** Suspends somebody, or lets them act again. */
async function judge({ api, tiffin }, { id }, state) {
  const admin = await api.admin(tiffin);
  await api.patch(`/v1/users/${id}`, { state }, { as: admin });
}

async function signIn(page, { email, password }) {
  const form = page.getByRole('dialog');
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(password);
  await form.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('who is suspended is told so as they sign in, in every role, and signs in once it is over', async ({ newDevice, town, api, tiffin, baseURL, guards }) => {
  guards.allowStatus(401);
  guards.allowStatus(403);
  const [customer, merchant, courier] = [await town.customer(), await town.merchant(), await town.courier()];
  const places = [
    { who: customer, path: '/eat/account', shows: (page) => page.getByText(customer.email) },
    { who: merchant, path: '/kitchen', shows: (page) => new KitchenPage(page).title },
    { who: courier, path: '/ride', shows: (page) => new RidePage(page).offDuty },
  ];
  for (const { who, path, shows } of places) {
    await judge({ api, tiffin }, who, 'suspended');
    const page = await (await newDevice({ baseURL })).newPage();
    await page.goto(path);
    await page.getByRole('main').getByRole('button', { name: /^Sign in/ }).click();
    await signIn(page, { ...who, password: 'not the right one' });
    await expect(page.getByText('That e-mail and password do not belong together.')).toBeVisible();
    await signIn(page, who);
    const stopped = page.getByRole('dialog', { name: SUSPENDED });
    await expect(stopped).toContainText('ask whoever runs Tiffin here');
    await judge({ api, tiffin }, who, 'active');
    await stopped.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('dialog').getByLabel('E-mail')).toHaveValue(who.email);
    await signIn(page, who);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(shows(page)).toBeVisible();
  }
});

test('who is suspended while signed in is told why the session ended, and loses nothing', async ({ page, town, signIn: seat, api, tiffin, guards }) => {
  guards.allowStatus(401);
  guards.allowStatus(403);
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await seat(page, customer, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  await eat.checkout();
  await eat.priced();
  await eat.note.fill('No celery, please');
  await judge({ api, tiffin }, customer, 'suspended');
  const stopped = eat.sheet(SUSPENDED);
  // Access tokens live out their seconds.
  await expect(stopped).toBeVisible({ timeout: 15_000 });
  await stopped.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('You are no longer signed in.')).toBeVisible();
  await judge({ api, tiffin }, customer, 'active');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await stopped.getByRole('button', { name: 'Try again' }).click();
  await signIn(page, customer);
  await expect(eat.dialog).toHaveCount(0);
  await eat.priced();
  await expect(eat.note).toHaveValue('No celery, please');
  await expect(eat.quantity('Sour soup')).toContainText('2');
});
