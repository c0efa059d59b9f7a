// The screens of somebody's own account, and how to come to each.

import { expect } from '@playwright/test';

import { Api } from './api.js';
import { at, FULL } from './eat-screens.js';
import { NAMES } from './samples.js';

/** @typedef {import('./screen.js').Screen} Screen */

/** An operator's token, as far as a page reads it. */
const TOKEN = `e30.${Buffer.from(JSON.stringify({ email: 'ana@example.com' })).toString('base64url')}.c2lnbmVk`;

/** Somebody who went on as a guest in the checkout. */
async function asGuest(world, options) {
  const found = await at(world, '/eat/checkout', { guest: true, entries: FULL, ...options });
  await world.page.getByLabel('Name').fill('Mira Oaspete');
  await found.eat.phone.fill('+40 722 333 444');
  await found.eat.button('Continue as a guest').click();
  await found.eat.priced();
  return found;
}

/** Somebody with addresses that they keep, one of them with a long name. */
async function withAddresses(world, path) {
  const { town, baseURL, page, signIn } = world;
  const customer = await town.customer();
  for (const label of ['Home', NAMES.longWords.slice(0, 100)]) await new Api(baseURL).post(`/v1/users/${customer.id}/addresses`, { label, ...town.home }, { as: customer });
  await signIn(page, customer, { address: town.home });
  await page.goto(path);
}

/** A sheet of the account, opened. */
async function opened(world, button, title = button) {
  const { eat } = await at(world, '/eat/account');
  await eat.button(button).click();
  await expect(eat.sheet(title)).toBeVisible();
  return eat.sheet(title);
}

const GUESTS = [
  {
    name: '/eat/checkout, a guest who said neither name nor phone',
    async see(world) {
      const { eat } = await at(world, '/eat/checkout', { guest: true, entries: FULL });
      await eat.button('Continue as a guest').click();
      await expect(eat.says('Please tell us your phone number.')).toBeVisible();
    },
  },
  {
    name: '/eat/account, a guest',
    async see(world) {
      const { eat } = await asGuest(world);
      await world.page.goto('/eat/account');
      await expect(eat.says('You are here as a guest')).toBeVisible();
    },
  },
  {
    name: '/eat/account, a guest who signs out',
    again: true,
    async see(world) {
      const { eat } = await asGuest(world);
      await world.page.goto('/eat/account');
      await eat.button('Sign out').click();
      await expect(eat.dialog).toContainText('There is no way back');
    },
  },
  {
    name: '/eat/orders/{id}, a guest who keeps it, with everything wrong',
    async see(world) {
      const { eat } = await asGuest(world);
      await eat.pay();
      await eat.placed();
      await eat.button('Keep it as an account').click();
      await eat.dialog.getByRole('button', { name: 'Make an account' }).click();
      await expect(eat.dialog.getByText('Please enter your e-mail.')).toBeVisible();
    },
  },
];

const OWN = [
  {
    name: '/eat/account, name and phone, both wrong',
    async see(world) {
      const sheet = await opened(world, 'Name and phone');
      await sheet.getByLabel('Name').fill('');
      await sheet.getByLabel('Phone').fill('1');
      await sheet.getByRole('button', { name: 'Save' }).click();
      await expect(sheet.getByText('Please tell us your name.')).toBeVisible();
    },
  },
  {
    name: '/eat/account, a new password, both wrong',
    async see(world) {
      const sheet = await opened(world, 'Password');
      await sheet.getByLabel('New password').fill('short');
      await sheet.getByRole('button', { name: 'Change the password' }).click();
      await expect(sheet.getByText('At least 10 characters, please.')).toBeVisible();
    },
  },
  { name: '/eat/account, taking everything along', again: true, see: (world) => opened(world, 'Your data') },
  {
    name: '/eat/account, being deleted, with an order that is open',
    async see(world) {
      world.guards.allowStatus(409);
      const { town, page, signIn } = world;
      const { customer } = await town.order();
      await signIn(page, customer, { address: town.home });
      await page.goto('/eat/account');
      await page.getByRole('button', { name: 'Delete the account' }).click();
      await page.getByRole('button', { name: 'Delete for good' }).click();
      await expect(page.getByRole('alert')).toContainText('still under way');
    },
  },
];

const ADDRESSES = [
  {
    name: '/eat/addresses, nobody signed in',
    again: true,
    see: ({ page }) => page.goto('/eat/addresses').then(() => expect(page.getByText('Sign in to see your addresses').first()).toBeVisible()),
  },
  { name: '/eat/addresses, none', again: true, see: (world) => at(world, '/eat/addresses').then(({ eat }) => expect(eat.says('No addresses kept yet')).toBeVisible()) },
  {
    name: '/eat/addresses, some',
    see: (world) => withAddresses(world, '/eat/addresses').then(() => expect(world.page.getByRole('button', { name: 'Remove Home' })).toBeVisible()),
  },
  {
    name: '/eat/addresses, another one',
    again: true,
    async see(world) {
      const { eat } = await at(world, '/eat/addresses');
      await eat.button('Add an address').click();
      await expect(eat.dialog.getByLabel('What you call it')).toBeVisible();
    },
  },
  {
    name: '/eat, another address, with some that are kept',
    async see(world) {
      await withAddresses(world, '/eat');
      await world.page.getByRole('button', { name: /^Deliver to/ }).click();
      await expect(world.page.getByRole('dialog').getByRole('button', { name: /^Home/ })).toBeVisible();
      await world.page.getByLabel('Keep this address').check();
      await expect(world.page.getByLabel('What you call it')).toBeVisible();
    },
  },
];

const LINKS = [
  {
    name: '/eat#token, a new password',
    async see({ page }) {
      await page.goto(`/eat#token=${TOKEN}`);
      await page.getByRole('button', { name: 'Set the password' }).click();
      await expect(page.getByText('Please enter your password.')).toBeVisible();
    },
  },
  {
    name: '/eat#token, one that holds no more',
    again: true,
    see: ({ page }) => page.goto('/eat#token=nonsense').then(() => expect(page.getByRole('heading', { name: 'This link does not hold any more' })).toBeVisible()),
  },
  {
    name: '/eat#invitation, an administrator to be',
    async see({ page }) {
      await page.goto(`/eat#invitation=${TOKEN}`);
      await page.getByRole('button', { name: 'Make an account' }).click();
      await expect(page.getByText('Please tell us your name.')).toBeVisible();
    },
  },
  {
    name: '/eat#invitation, an administrator who is',
    again: true,
    async see({ page }) {
      const user = { id: 'usr_01jd0000000000000000000000', email: 'ana@example.com', name: 'Ana', role: 'admin' };
      await page.route('**/v1/users', (route) => route.fulfill({ status: 201, json: { user, session: null } }));
      await page.goto(`/eat#invitation=${TOKEN}`);
      await page.getByLabel('Name').fill('Ana');
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Make an account' }).click();
      await expect(page.getByRole('heading', { name: 'Your account is made' })).toBeVisible();
    },
  },
];

/** Somebody who is told what their account may not, as they sign in. */
function stopped(path, code, words) {
  return {
    name: `${path}, an account that is ${code.replace('account-', '')}`,
    again: path !== '/eat/account',
    async see({ page, guards }) {
      guards.allowStatus(403);
      await page.route('**/v1/sessions', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', json: { code, status: 403 } }));
      await page.goto(path);
      await page.getByRole('main').getByRole('button', { name: /^Sign in/ }).click();
      await page.getByLabel('E-mail').fill('ana@example.com');
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).click();
      await expect(page.getByRole('dialog', { name: words })).toBeVisible();
    },
  };
}

const STOPPED = [
  stopped('/eat/account', 'account-pending', 'Your account waits to be let in'),
  stopped('/kitchen', 'account-suspended', 'Your account is suspended'),
  stopped('/ride', 'account-pending', 'Your account waits to be let in'),
];

/** @type {Screen[]} */
export const ACCOUNTS = [...GUESTS, ...OWN, ...ADDRESSES, ...LINKS, ...STOPPED];
