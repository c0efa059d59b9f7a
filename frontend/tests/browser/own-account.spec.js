// What somebody does with their own account: name and phone, language, password, addresses, taking everything along, being forgotten.

import { readFile } from 'node:fs/promises';

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { RidePage } from './harness/ride-page.js';
import { bagOf, everythingKept } from './harness/storage.js';

const NEW_PASSWORD = 'battery staple horse';
const WRONG_PASSWORD = 'not the right one';

/** Somebody signed in at their account. */
async function atAccount({ page, town, signIn }, things) {
  const customer = await town.customer();
  await signIn(page, customer, { address: town.home, ...things });
  await page.goto('/eat/account');
  return { eat: new EatPage(page), customer };
}

test('name and phone are changed, and every tab shows them', async ({ page, context, town, signIn, api }) => {
  const { eat, customer } = await atAccount({ page, town, signIn });
  const second = await context.newPage();
  await second.goto('/eat/account');
  await eat.button('Name and phone').click();
  const phone = eat.dialog.getByLabel('Phone');
  await expect(phone).toHaveValue(customer.phone);
  await eat.dialog.getByLabel('Name').fill('');
  await phone.fill('12');
  await eat.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(eat.dialog.getByText('Please tell us your name.')).toBeVisible();
  await expect(eat.dialog.getByText('A phone number has at least five digits.')).toBeVisible();
  await eat.dialog.getByLabel('Name').fill('Ana Popescu');
  await phone.fill('');
  await eat.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(eat.dialog).toHaveCount(0);
  for (const one of [page, second]) await expect(one.getByRole('heading', { name: 'Ana Popescu' })).toBeVisible();
  expect(await api.get(`/v1/users/${customer.id}`, { as: customer })).toMatchObject({ name: 'Ana Popescu', phone: null });
});

test('a language is chosen for the account', async ({ page, town, signIn, api }) => {
  const { eat, customer } = await atAccount({ page, town, signIn });
  await eat.choose('Română');
  await expect(page.getByRole('heading', { level: 1, name: 'Cont' })).toBeVisible();
  expect(await api.get(`/v1/users/${customer.id}`, { as: customer })).toMatchObject({ locale: 'ro' });
});

test('a new password needs the current one, and ends every other session', async ({ page, town, signIn, newDevice, baseURL, guards }) => {
  guards.allowStatus(422);
  guards.allowStatus(401);
  const { eat, customer } = await atAccount({ page, town, signIn });
  const other = await (await newDevice({ baseURL })).newPage();
  await signIn(other, customer);
  await other.goto('/eat/account');
  await expect(other.getByText(customer.email)).toBeVisible();

  await eat.button('Password').click();
  const fill = async (current, next) => {
    await eat.dialog.getByLabel('Current password').fill(current);
    await eat.dialog.getByLabel('New password').fill(next);
    await eat.dialog.getByRole('button', { name: 'Change the password' }).click();
  };
  await fill(customer.password, 'short');
  await expect(eat.dialog.getByText('At least 10 characters, please.')).toBeVisible();
  await fill(WRONG_PASSWORD, NEW_PASSWORD);
  await expect(eat.dialog.getByText('That is not your current password.')).toBeVisible();
  await expect(eat.dialog.getByLabel('Current password')).toBeFocused();
  await fill(customer.password, NEW_PASSWORD);
  await expect(eat.dialog).toHaveCount(0);
  await expect(page.getByText('Your password is changed.')).toBeVisible();

  // Here everything goes on, there it ended.
  await page.reload();
  await expect(page.getByText(customer.email)).toBeVisible();
  await page.goto('/eat/orders');
  await expect(page.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
  await other.reload();
  await other.goto('/eat/orders');
  const again = other.getByRole('dialog', { name: 'Please sign in again' });
  await expect(again).toBeVisible();
  await new EatPage(other).signIn({ ...customer, password: NEW_PASSWORD });
  await expect(other.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
});

test('what is typed of a password is gone once its sheet is', async ({ page, town, signIn }) => {
  const { eat } = await atAccount({ page, town, signIn });
  await eat.button('Password').click();
  await eat.dialog.getByLabel('Current password').fill('secret');
  await page.goBack();
  await expect(eat.dialog).toHaveCount(0);
  await eat.button('Password').click();
  await expect(eat.dialog.getByLabel('Current password')).toHaveValue('');
});

test('addresses are kept, chosen where one is asked for, and removed', async ({ page, town, signIn, api }) => {
  const { eat, customer } = await atAccount({ page, town, signIn });
  const kept = () => api.get(`/v1/users/${customer.id}/addresses`, { as: customer }).then(({ items }) => items);
  await page.getByRole('link', { name: 'Addresses' }).click();
  await expect(eat.title).toHaveText('Addresses');
  await expect(eat.says('No addresses kept yet')).toBeVisible();
  await eat.button('Add an address').click();
  const sheet = eat.sheet('Add an address');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(sheet.getByText('Please enter street and number.')).toBeVisible();
  const map = sheet.getByRole('application');
  await expect(map).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await sheet.getByLabel('Street and number').fill('Strada Muncii 3');
  await sheet.getByLabel('What you call it').fill('Work');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('listitem').filter({ hasText: 'Work' })).toContainText('Strada Muncii 3');
  expect(await kept()).toMatchObject([{ label: 'Work', address: { street: 'Strada Muncii 3' } }]);

  // What food is brought to is another matter, until it is chosen.
  await page.goto('/eat');
  await page.getByRole('button', { name: /^Deliver to Strada Lungă 7/ }).click();
  await eat.sheet('Delivery address').getByRole('button', { name: /^Work/ }).click();
  await expect(eat.dialog).toHaveCount(0);
  await page.getByRole('button', { name: /^Deliver to Strada Muncii 3/ }).click();
  const where = eat.sheet('Delivery address');
  await expect(where.getByRole('button', { name: /^Work/ })).toHaveAttribute('aria-pressed', 'true');
  await where.getByLabel('Street and number').fill('Strada Nouă 9');
  await where.getByLabel('Keep this address').check();
  await where.getByRole('button', { name: 'Deliver here' }).click();
  await expect(page.getByText('The address is kept.')).toBeVisible();
  expect((await kept()).map(({ label }) => label)).toEqual(['Strada Nouă 9', 'Work']);

  await page.goto('/eat/addresses');
  await eat.button('Remove Work').click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Work' })).toHaveCount(0);
  await expect(eat.title).toBeFocused();
  expect((await kept()).map(({ label }) => label)).toEqual(['Strada Nouă 9']);
});

test('the gate offers the addresses that are kept', async ({ page, town, signIn, api }) => {
  const customer = await town.customer();
  await api.post(`/v1/users/${customer.id}/addresses`, { label: 'Home', ...town.home }, { as: customer });
  const restaurant = await town.restaurant();
  await signIn(page, customer);
  await page.goto('/eat');
  await page.getByRole('button', { name: /^Home/ }).click();
  await expect(page.getByRole('link', { name: new RegExp(restaurant.name) }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: `Deliver to ${town.home.address.street}` })).toBeVisible();
});

test('everything is taken along in one file, every page of each list', async ({ page, town, signIn, api }) => {
  const { eat, customer } = await atAccount({ page, town, signIn });
  await api.post(`/v1/users/${customer.id}/addresses`, { label: 'Home', ...town.home }, { as: customer });
  const restaurant = await town.restaurant();
  const orders = [];
  for (const notes of ['No celery, please', 'Extra lovage']) orders.unshift(await town.order({ status: 'cancelled', customer, restaurant, notes }));
  // Pages of one entry, so that there are several.
  await page.route('**/export?*', (route) => route.continue({ url: route.request().url().replace('limit=100', 'limit=1') }));
  await eat.button('Your data').click();
  const downloading = page.waitForEvent('download');
  await eat.dialog.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^tiffin-\d{4}-\d\d-\d\d\.json$/);
  const { exported_at, ...all } = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(Date.parse(exported_at)).not.toBeNaN();
  expect(all).toMatchObject({
    user: { id: customer.id, email: customer.email },
    addresses: [{ label: 'Home', address: town.home.address }],
    restaurants: [],
    orders: [{ id: orders[0].id, notes: 'Extra lovage' }, { id: orders[1].id, notes: 'No celery, please' }],
    payments: orders.map(({ id }) => ({ order_id: id })),
  });
  const { items: notices } = await api.get('/v1/notifications', { as: customer });
  expect(notices.length).toBeGreaterThan(1);
  expect(all.notifications.map(({ id }) => id)).toEqual(notices.map(({ id }) => id));
  await expect(page.getByText('The file is among your downloads.')).toBeVisible();
});

test('an account is deleted once nothing of it is open, and nothing of it stays here', async ({ page, context, town, signIn, api, guards }) => {
  guards.allowStatus(409);
  guards.allowStatus(401);
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  const order = await town.order({ status: 'paid', customer, restaurant });
  await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  const second = await context.newPage();
  for (const one of [page, second]) await one.goto('/eat/account');
  await eat.button('Delete the account').click();
  await expect(eat.dialog).toContainText('This can\'t be undone.');
  const go = eat.dialog.getByRole('button', { name: 'Delete for good' });
  await go.click();
  await expect(eat.dialog.getByRole('alert')).toHaveText('An order of yours is still under way. Once it is over, delete the account.');
  await order.bringTo('cancelled');
  await expect(async () => {
    await go.click();
    await expect(page.getByText('Your account is deleted.')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(eat.dialog).toHaveCount(0);
  for (const one of [page, second]) await expect(one.getByText('Sign in to order and to see your orders')).toBeVisible();
  const kept = await everythingKept(page);
  for (const word of [customer.id, customer.name, customer.email, town.home.address.street]) expect(kept).not.toContain(word);
  const refused = await api.send('POST', '/v1/sessions', { email: customer.email, password: customer.password });
  expect(refused.body.code).toBe('bad-credentials');
});

test('a restaurant’s owner and a courier change their accounts where they sign out', async ({ page, town, signIn, api, newDevice, baseURL }) => {
  const restaurant = await town.restaurant();
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(restaurant);
  await page.getByRole('button', { name: /account/i }).click();
  await page.getByRole('button', { name: 'Name and phone' }).click();
  const profile = page.getByRole('dialog', { name: 'Name and phone' });
  await profile.getByLabel('Name').fill('Ioana Marin');
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(profile).toHaveCount(0);
  await expect(page.getByRole('dialog', { name: 'Account' })).toContainText('Ioana Marin');
  expect(await api.get(`/v1/users/${restaurant.owner.id}`, { as: restaurant.owner })).toMatchObject({ name: 'Ioana Marin' });

  const courier = await town.courier();
  const second = await (await newDevice({ baseURL })).newPage();
  await signIn(second, courier);
  const ride = new RidePage(second);
  await ride.goto();
  await ride.button('Account').click();
  await ride.button('Delete the account').click();
  const sheet = second.getByRole('dialog', { name: 'Delete your account?' });
  await expect(sheet).toContainText('You are offered nothing more');
  await sheet.getByRole('button', { name: 'Delete for good' }).click();
  await expect(second.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
  expect(await everythingKept(second)).not.toContain(courier.id);
});
