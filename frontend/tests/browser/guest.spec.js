// Ordering without an account: a name and a phone are enough; and what a guest can keep, and loses.

import { expect, test } from './fixtures.js';
import { anEmail } from './harness/api.js';
import { EatPage } from './harness/eat-page.js';
import { bagOf, everythingKept } from './harness/storage.js';

const PASSWORD = 'correct horse battery';
const MIRA = { name: 'Mira Oaspete', phone: '+40 722 333 444' };

/** The checkout with a bag in it, and nobody signed in. */
async function atCheckout({ page, town, keep }, options) {
  const restaurant = await town.restaurant(options);
  await keep(page, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  await eat.checkout();
  return { eat, restaurant };
}

/** Somebody who goes on as a guest. */
async function enter(eat, { name, phone } = MIRA) {
  await eat.page.getByLabel('Name').fill(name);
  await eat.phone.fill(phone);
  await eat.button('Continue as a guest').click();
  await eat.priced();
}

/** Whom the page plays, as it keeps it. */
function seated(page) {
  return page.evaluate(() => sessionStorage.getItem('tiffin:plays:customer'));
}

test('a guest is asked for name and phone, orders, and keeps everything as an account', async ({ page, town, keep, api, newDevice }) => {
  const { eat, restaurant } = await atCheckout({ page, town, keep });
  await expect(eat.says('You need no account: your name and phone are enough.')).toBeVisible();
  await expect(eat.says('Delivery, service fee and the total come next, before you pay.')).toBeVisible();
  await eat.note.fill('No celery, please');
  await eat.button('Continue as a guest').click();
  await expect(eat.says('Please tell us your name.')).toBeVisible();
  await expect(eat.says('Please tell us your phone number.')).toBeVisible();
  await expect(page.getByLabel('Name')).toBeFocused();
  const registered = page.waitForRequest((request) => request.url().endsWith('/v1/users') && request.method() === 'POST');
  await enter(eat);
  expect((await registered).postDataJSON()).toEqual({ ...MIRA, locale: 'en', role: 'customer' });
  await expect(eat.note).toHaveValue('No celery, please');
  await expect(eat.phone).toHaveValue(MIRA.phone);
  await expect(page.getByRole('heading', { name: 'Summary' })).toBeFocused();
  await eat.pay();
  const id = await eat.placed();
  await expect(page.getByText('30 days after you were last here')).toBeVisible();

  // The session is kept as any other is.
  await page.reload();
  await expect(eat.title).toHaveText(/Waiting for|Asking your card/);
  const guest = await seated(page);

  await eat.button('Keep it as an account').click();
  await eat.dialog.getByRole('button', { name: 'Make an account' }).click();
  await expect(eat.dialog.getByText('Please enter your e-mail.')).toBeVisible();
  const email = anEmail('customer');
  await eat.dialog.getByLabel('E-mail').fill(email);
  await eat.dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await eat.dialog.getByRole('button', { name: 'Make an account' }).click();
  await expect(eat.dialog).toHaveCount(0);
  await expect(page.getByText('You have an account now, with everything that was yours.')).toBeVisible();
  await expect(eat.button('Keep it as an account')).toHaveCount(0);
  expect(await seated(page)).toBe(guest);
  const customer = await api.person(email, PASSWORD);
  expect(customer).toMatchObject({ id: guest, email, name: MIRA.name, phone: MIRA.phone });
  const order = await town.placedOrder(id, { customer, restaurant });
  expect(await order.now()).toMatchObject({ id, contact: MIRA, notes: 'No celery, please' });

  // And on another device.
  const other = await (await newDevice()).newPage();
  const there = new EatPage(other);
  await other.goto('/eat/orders');
  await other.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await there.signIn({ email, password: PASSWORD });
  await expect(other.getByRole('link', { name: /Sour soup/ }).first()).toBeVisible();
});

test('what the server refuses of a guest stands where it is typed', async ({ page, town, keep, guards }) => {
  guards.allowStatus(400);
  const { eat } = await atCheckout({ page, town, keep });
  await page.getByLabel('Name').fill('Mira');
  await eat.phone.fill('12');
  await eat.button('Continue as a guest').click();
  await expect(eat.says('A phone number has at least five digits.')).toBeVisible();
  await page.getByLabel('Name').fill('\u200b');
  await eat.phone.fill(MIRA.phone);
  await eat.button('Continue as a guest').click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Name')).toBeFocused();
  expect(await seated(page)).toBe('nobody');
});

test('an e-mail that is somebody’s is refused, and the guest stays one', async ({ page, town, keep, guards }) => {
  guards.allowStatus(409);
  const { email } = await town.customer();
  const { eat } = await atCheckout({ page, town, keep });
  await enter(eat);
  await page.goto('/eat/account');
  await eat.button('Keep it as an account').click();
  await eat.dialog.getByLabel('E-mail').fill(email);
  await eat.dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await eat.dialog.getByRole('button', { name: 'Make an account' }).click();
  await expect(eat.dialog.getByText('There is already an account with this e-mail.')).toBeVisible();
  await page.goBack();
  await expect(eat.dialog).toHaveCount(0);
  await expect(eat.says('You are here as a guest')).toBeVisible();
});

test('signing out as a guest says that there is no way back', async ({ page, town, keep }) => {
  const { eat } = await atCheckout({ page, town, keep });
  await enter(eat);
  await page.goto('/eat/account');
  await eat.button('Sign out').click();
  await expect(eat.dialog).toContainText('There is no way back');
  await page.keyboard.press('Escape');
  await expect(eat.dialog).toHaveCount(0);
  await expect(eat.says('You are here as a guest')).toBeVisible();
  await eat.button('Sign out').click();
  await eat.dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(eat.says('Sign in to order and to see your orders')).toBeVisible();
  for (const word of [MIRA.name, MIRA.phone, town.home.address.street]) expect(await everythingKept(page)).not.toContain(word);
});

test('a guest whose session is over loses the orders, and keeps the bag', async ({ page, town, keep, api, guards }) => {
  guards.allowStatus(401);
  const { eat } = await atCheckout({ page, town, keep });
  await enter(eat);
  const id = await seated(page);
  const { refresh_token: token } = JSON.parse(await page.evaluate((whose) => localStorage.getItem(`tiffin:session:${whose}`), id));
  const { access_token: access } = await api.post('/v1/sessions/refresh', { refresh_token: token });
  await api.delete('/v1/sessions/current', { headers: { authorization: `Bearer ${access}` } });
  await page.reload();
  await expect(eat.sheet('Your visit as a guest is over')).toBeVisible();
  await eat.dialog.getByRole('button', { name: 'Go on' }).click();
  await expect(eat.dialog).toHaveCount(0);
  await expect(eat.quantity('Sour soup')).toContainText('2');
  await expect(eat.says(town.home.address.street)).toBeVisible();
  expect(await everythingKept(page)).not.toContain(id);
  await eat.button('Continue as a guest').click();
  await eat.priced();
});
