// What the operator's links open: a new password, or an administrator's account. Their secrets stand in the address for no longer
// than it takes to read them.

import { expect, test } from './fixtures.js';
import { anEmail } from './harness/api.js';
import { EatPage } from './harness/eat-page.js';
import { RidePage } from './harness/ride-page.js';
import { everythingKept } from './harness/storage.js';

const NEW_PASSWORD = 'battery staple horse';

/** Opens a link's address, and notes every address that the page had as it asked for something. */
async function follow(page, fragment) {
  const seen = [];
  await page.exposeBinding('tiffinTestSeen', (_source, url) => seen.push(url));
  await page.addInitScript(() => {
    const ask = globalThis.fetch;
    globalThis.fetch = (...what) => {
      globalThis.tiffinTestSeen(location.href);
      return ask(...what);
    };
  });
  await page.goto(`/eat#${fragment}`);
  return seen;
}

async function setPassword(page) {
  await page.getByLabel('New password').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Set the password' }).click();
}

test('a new password is set by a link, once, and signs in', async ({ page, town, api, tiffin, newDevice, baseURL, guards }) => {
  guards.allowStatus(403);
  const customer = await town.customer();
  const token = await tiffin.signed('reset-password', customer.email);
  const seen = await follow(page, `token=${token}`);
  const eat = new EatPage(page);
  await expect(eat.title).toHaveText('Choose a new password');
  await expect(eat.says(customer.email)).toBeVisible();
  expect(page.url()).toBe(`${baseURL}/eat`);
  expect(seen.length).toBeGreaterThan(0);
  for (const url of seen) expect(url).not.toContain(token);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(eat.says('At least 10 characters, please.')).toBeVisible();
  await setPassword(page);
  await expect(page.getByText('Your new password is set')).toBeVisible();
  await expect(page.getByRole('link', { name: `${customer.name}, account` })).toBeVisible();
  await api.person(customer.email, NEW_PASSWORD);
  expect(await everythingKept(page)).not.toContain(token);
  expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain(token);
  // Back leads to nothing of it.
  await page.goto('/eat/account');
  await page.goBack();
  await expect(eat.title).toHaveText('Where should the food go?');

  const again = await (await newDevice({ baseURL })).newPage();
  await again.goto(`/eat#token=${token}`);
  await setPassword(again);
  await expect(again.getByRole('heading', { name: 'This link does not hold any more' })).toBeVisible();
  await expect(again.getByText('It holds for an hour, works once')).toBeVisible();
  await again.getByRole('button', { name: 'To the restaurants' }).click();
  await expect(new EatPage(again).title).toHaveText('Where should the food go?');
});

test('a link that is opened where the page is already is taken, too', async ({ page, town, tiffin, baseURL }) => {
  const { email } = await town.customer();
  const token = await tiffin.signed('reset-password', email);
  await page.goto('/eat');
  const eat = new EatPage(page);
  await expect(eat.title).toHaveText('Where should the food go?');
  await page.evaluate((fragment) => (location.hash = fragment), `token=${token}`);
  await expect(eat.title).toHaveText('Choose a new password');
  expect(page.url()).toBe(`${baseURL}/eat`);
});

test('what is no token is said to hold no more', async ({ page }) => {
  await page.goto('/eat#token=nonsense');
  await expect(page.getByRole('heading', { name: 'This link does not hold any more' })).toBeVisible();
});

test('a courier’s new password leads to the couriers’ page', async ({ page, town, tiffin, guards }) => {
  guards.allowStatus(403);
  const courier = await town.courier();
  await page.goto(`/eat#token=${await tiffin.signed('reset-password', courier.email)}`);
  await setPassword(page);
  await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeVisible();
  await page.getByRole('link', { name: 'To the couriers\' page' }).click();
  const ride = new RidePage(page);
  await ride.signIn({ ...courier, password: NEW_PASSWORD });
  await expect(ride.looking).toBeVisible();
});

test('a new password for one is no sign-in in the place of another', async ({ page, town, signIn, tiffin, api }) => {
  const [customer, other] = [await town.customer(), await town.customer({ name: 'Ion Next' })];
  await signIn(page, other);
  await page.goto(`/eat#token=${await tiffin.signed('reset-password', customer.email)}`);
  await setPassword(page);
  await expect(page.getByText(`It is that of ${customer.email}. Here you are signed in as Ion Next`)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ion Next, account' })).toBeVisible();
  await api.person(customer.email, NEW_PASSWORD);
});

test('an administrator signs up by an invitation, and is told what there is to do', async ({ page, tiffin, api, baseURL, guards }) => {
  guards.allowStatus(409);
  const email = anEmail('admin');
  const invitation = await tiffin.signed('invite-admin', email);
  const seen = await follow(page, `invitation=${invitation}`);
  const eat = new EatPage(page);
  await expect(eat.title).toHaveText('You are invited to run Tiffin');
  expect(page.url()).toBe(`${baseURL}/eat`);
  for (const url of seen) expect(url).not.toContain(invitation);
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await expect(page.getByLabel('E-mail')).not.toBeEditable();
  const make = eat.button('Make an account');
  await make.click();
  await expect(eat.says('Please tell us your name.')).toBeVisible();
  await page.getByLabel('Name').fill('Adina Sava');
  await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await make.click();
  await expect(eat.title).toHaveText('Your account is made');
  await expect(eat.says(email)).toBeVisible();
  await expect(page.getByRole('link', { name: 'To the documentation' })).toHaveAttribute('href', '/docs');
  const admin = await api.person(email, NEW_PASSWORD);
  expect(admin).toMatchObject({ role: 'admin', name: 'Adina Sava', state: 'active' });
  expect(await everythingKept(page)).not.toContain(admin.id);

  // A second time, the e-mail has an account.
  await page.goto(`/eat?again#invitation=${invitation}`);
  await page.getByLabel('Name').fill('Adina Sava');
  await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await make.click();
  await expect(eat.says('There is already an account with this e-mail.')).toBeVisible();
});

test('an invitation that is not the operator’s makes nobody an administrator', async ({ page, town, tiffin, guards }) => {
  guards.allowStatus(403);
  const { email } = await town.customer();
  await page.goto(`/eat#invitation=${await tiffin.signed('reset-password', email)}`);
  await page.getByLabel('Name').fill('Adina Sava');
  await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByRole('heading', { name: 'This link does not hold any more' })).toBeVisible();
});
