// The restaurant's board, and how to come to each of its screens. Menu and ticket: kitchen-menu-screens.js.

import { expect } from '@playwright/test';

import { MENU } from './eat-screens.js';
import { KitchenPage, refundsIn } from './kitchen-page.js';
import { NAMES } from './samples.js';

/** @typedef {import('./screen.js').Screen} Screen */

const NOTE = 'No celery, please.\nRing twice, then wait';
/** An order as long as cards have them. */
const CONTACT = { name: NAMES.longWords, phone: '+40 700 000 000' };

/** A restaurant's page, its owner signed in; `prepare` makes what is there before the page is loaded. */
export async function at({ page, town, signIn }, path = '', { prepare = () => undefined, ...options } = {}) {
  await page.addInitScript(() => (globalThis.print = () => {}));
  const restaurant = await town.restaurant({ menu: MENU, ...options });
  const order = await prepare(restaurant);
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await page.goto(`/kitchen/${restaurant.id}${path.replace('{order_id}', order?.id)}`);
  return { kitchen, restaurant, order };
}

/** The board, with one order at this status in its column. */
async function withOrder(world, status = 'paid', column = 'New') {
  const found = await at(world, '', { prepare: (restaurant) => longOrder(world, restaurant, status) });
  await expect(found.kitchen.card(found.order, column)).toBeVisible();
  return found;
}

/** The form in which money of an order is given back. */
async function refunding(world) {
  const { kitchen, order } = await withOrder(world, 'accepted', 'Preparing');
  await order.untilPayment('captured');
  return kitchen.refund(order);
}

/** One of everything that its menu has, with a note. */
export function longOrder({ town }, restaurant, status, rest = {}) {
  const items = restaurant.items.map(({ id, option_groups: groups }) => ({ item_id: id, quantity: 1, options: groups.flatMap((group) => group.options.slice(0, group.max)).map((one) => one.id) }));
  return town.order({ restaurant, status, items, contact: CONTACT, notes: NOTE, tip: 2, ...rest });
}

/** Makes orders at every status that a board shows; first those that are carried, for whoever carries is offered what waits. */
async function busy(world, restaurant) {
  const courier = await world.town.courier();
  for (const status of ['delivered', 'picked_up']) await longOrder(world, restaurant, status, { courier });
  await Promise.all(['paid', 'accepted', 'ready', 'rejected', 'cancelled'].map((status) => longOrder(world, restaurant, status)));
}

const ENTERED = [
  {
    name: '/kitchen, nobody signed in',
    again: true,
    async see({ page }) {
      await new KitchenPage(page).board();
      await expect(page.getByRole('heading', { name: 'Every order, as it comes in' })).toBeVisible();
    },
  },
  {
    name: '/kitchen, signing up, with everything wrong',
    again: true,
    async see({ page }) {
      const kitchen = new KitchenPage(page);
      await kitchen.board();
      await kitchen.button('Sign in or sign up').click();
      await kitchen.button('Sign up').click();
      await page.getByLabel('E-mail').fill('no address');
      await kitchen.button('Make an account').click();
      await expect(page.getByText('Please tell us your name.')).toBeVisible();
    },
  },
  {
    name: '/kitchen, no restaurant yet',
    again: true,
    async see({ page, town, signIn }) {
      await signIn(page, await town.merchant());
      await new KitchenPage(page).board();
      await expect(page.getByRole('heading', { name: 'You have no restaurant yet' }).last()).toBeVisible();
    },
  },
  {
    name: '/kitchen, several restaurants',
    async see({ page, town, signIn }) {
      const owner = await town.merchant();
      for (const name of ['La Mama', NAMES.longWords]) await town.restaurant({ owner, name });
      await signIn(page, owner);
      await new KitchenPage(page).board();
      await expect(page.getByRole('link', { name: /La Mama/ })).toBeVisible();
    },
  },
  {
    name: '/kitchen, Tiffin does not answer',
    again: true,
    async see({ page, town, signIn, guards }) {
      guards.allowNetworkErrors();
      await page.route('**/v1/**', (route) => route.abort());
      await signIn(page, await town.merchant());
      await new KitchenPage(page).board();
      await expect(page.getByRole('alert')).toContainText('Tiffin does not answer.');
    },
  },
  {
    name: '/kitchen/{id}, not theirs',
    again: true,
    async see({ page, town, signIn }) {
      const [other, own] = [await town.restaurant(), await town.restaurant()];
      await signIn(page, own.owner);
      await page.goto(`/kitchen/${other.id}`);
      await expect(page.getByRole('heading', { name: 'There is no such restaurant of yours.' })).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}/nothing-here',
    again: true,
    async see(world) {
      await at(world, '/nothing-here');
      await expect(world.page.getByText('There is no such page.')).toBeVisible();
    },
  },
  {
    name: '/kitchen, a session that has ended',
    again: true,
    async see(world) {
      world.guards.allowStatus(401);
      const { page } = world;
      await page.route('**/v1/sessions/refresh', (route) => route.fulfill({ status: 401, json: { code: 'unauthenticated', status: 401 } }));
      await at(world);
      await expect(page.getByRole('dialog', { name: 'Please sign in again' })).toBeVisible();
    },
  },
];

const BOARD = [
  {
    name: '/kitchen/{id}, an empty board, untouched',
    again: true,
    async see(world) {
      await world.page.addInitScript(() => Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' }));
      const { kitchen } = await at(world);
      await expect(kitchen.column('New')).toContainText('No new orders.');
      await expect(kitchen.soundIsOff).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, the sound switched off',
    again: true,
    async see(world) {
      const { kitchen } = await at(world, '', { name: NAMES.longWords });
      // A press anywhere lets it sound.
      await world.page.mouse.click(1, 1);
      await kitchen.button('Sound on').click();
      await expect(world.page.getByText('Sound is off. Tap here to hear new orders again.')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, orders in every column',
    async see(world) {
      const { kitchen } = await at(world, '', { name: NAMES.longWords, prepare: (restaurant) => busy(world, restaurant) });
      for (const column of ['New', 'Preparing', 'Ready', 'On its way']) await expect(kitchen.column(column)).toContainText(CONTACT.name);
      await expect(kitchen.column('Done').getByRole('listitem')).toHaveCount(3);
    },
  },
  {
    name: '/kitchen/{id}, all about an order that was called off',
    again: true,
    async see(world) {
      const { kitchen, order } = await withOrder(world, 'accepted', 'Preparing');
      await order.cancel(NAMES.longWords, order.restaurant.owner);
      const sheet = await kitchen.open(order);
      await expect(sheet).toContainText('Paid back');
    },
  },
  {
    name: '/kitchen/{id}, all about an order of which money went back',
    again: true,
    async see(world) {
      const { kitchen, order } = await withOrder(world, 'accepted', 'Preparing');
      await order.untilPayment('captured');
      for (const [amount, reason] of [[3, NAMES.longWords], [2, NAMES.long]]) await order.refund(amount, reason);
      const sheet = await kitchen.open(order);
      await expect(refundsIn(sheet)).toContainText(['€3.00paid back', '€2.00paid back']);
    },
  },
  {
    name: '/kitchen/{id}, giving money back, everything wrong',
    async see(world) {
      const form = await refunding(world);
      await form.part.check();
      await form.amount.fill('1.250');
      await form.press.click();
      await expect(form.sheet.getByText('This can be read in two ways: please choose.')).toBeVisible();
      await expect(form.sheet.getByText('Please say why.')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, a refund that may have arrived',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      const form = await refunding(world);
      await world.page.route('**/refunds', (route) => route.abort());
      await form.write({ amount: '4', reason: NAMES.longWords });
      await form.press.click();
      await expect(form.sheet.getByText('it is paid back once, never twice.')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, an order that is not there',
    again: true,
    async see(world) {
      world.guards.allowStatus(404);
      await at(world, '?order=ord_00000000000000000000000000');
      await expect(world.page.getByRole('dialog').getByRole('alert')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, rejecting an order that has ended meanwhile',
    again: true,
    async see(world) {
      const { kitchen, order } = await withOrder(world);
      await kitchen.reject(order).click();
      await kitchen.reason.fill(NAMES.long);
      await order.cancel('Never mind');
      await expect(kitchen.dialog.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, calling an order off',
    again: true,
    async see(world) {
      const { kitchen, order } = await withOrder(world, 'accepted', 'Preparing');
      const sheet = await kitchen.open(order);
      await sheet.getByRole('button', { name: 'Cancel the order' }).click();
      await kitchen.button('Something you ordered has run out.').click();
      await expect(kitchen.reason).toHaveValue('Something you ordered has run out.');
    },
  },
  {
    name: '/kitchen/{id}, an answer that may have arrived, and no more answers',
    again: true,
    async see(world) {
      const { page, guards } = world;
      guards.allowNetworkErrors();
      const { kitchen, order } = await withOrder(world);
      await page.route('**/v1/orders**', (route) => route.abort());
      await kitchen.accept(order).click();
      await expect(page.getByText('Press again: it happens only once.')).toBeVisible();
      await expect(page.getByText('Tiffin does not answer right now.')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, while orders come',
    again: true,
    async see(world) {
      await world.page.route('**/v1/orders?*', () => {});
      const { kitchen } = await at(world);
      await expect(kitchen.column('New')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, no orders to be had',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      await world.page.route('**/v1/orders?*', (route) => route.abort());
      await at(world);
      await expect(world.page.getByRole('alert')).toContainText('Tiffin does not answer.');
    },
  },
  {
    name: '/kitchen/{id}, notices',
    again: true,
    async see(world) {
      const { page } = world;
      await withOrder(world);
      await page.getByTitle('Notices').click();
      await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}, account',
    again: true,
    async see(world) {
      const { kitchen } = await at(world);
      await kitchen.button('Account of Ioana Zamfir').click();
      await expect(kitchen.button('Sign out')).toBeVisible();
    },
  },
];

/** @type {Screen[]} */
export const KITCHEN = [...ENTERED, ...BOARD];
