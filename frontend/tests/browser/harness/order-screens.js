// The customer's screens from the checkout on, and how to come to each.

import { expect } from '@playwright/test';

import { ORDERS } from './checkout.js';
import { EatPage } from './eat-page.js';
import { FULL, MENU, at } from './eat-screens.js';
import { refundsIn } from './kitchen-page.js';
import { NAMES } from './samples.js';
import { bagOf } from './storage.js';

/** @typedef {import('./screen.js').Screen} Screen */

/** In the area of the map. */
const CITY = { lat: 44.4268, lon: 26.1025 };
const HOME = { lat: 44.4341, lon: 26.1102 };

/** The checkout, with a price. */
async function priced(world, options) {
  const found = await at(world, '/eat/checkout', { entries: FULL, ...options });
  await found.eat.priced();
  return found;
}

/** The page of an order at this status; in the city, which has a map, only where a courier has it: others there are offered what waits. */
async function followed({ page, town, signIn }, status, { inCity = false, ...options } = {}) {
  const deliverTo = { ...town.home, ...(inCity && { place: HOME }) };
  const restaurant = await town.restaurant({ menu: MENU, ...(inCity && { place: CITY }) });
  const courier = status === 'picked_up' || status === 'delivered' ? await town.courier(inCity ? { place: CITY } : {}) : undefined;
  const items = [{ item_id: restaurant.items[0].id, quantity: 2, options: [] }, { item_id: restaurant.items[2].id, quantity: 1, options: [] }];
  const order = await town.order({ status, restaurant, courier, items, deliverTo, tip: 2, notes: 'No celery, please', ...options });
  if (inCity && courier) await town.onDuty(courier, { online: false });
  await signIn(page, order.customer, { address: town.home });
  const eat = new EatPage(page);
  await eat.order(order);
  await expect(eat.journey.getByRole('listitem').first()).toBeVisible();
  await expect(page.locator('dd.total')).toBeVisible();
  return { eat, order };
}

const CHECKOUT = [
  {
    name: '/eat/checkout, nobody signed in',
    again: true,
    async see(world) {
      const { eat } = await at(world, '/eat/checkout', { guest: true, entries: FULL });
      await expect(eat.button('Sign in to order')).toBeVisible();
      await expect(eat.quantity('Sour soup')).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, a price, a tip of which two things may be meant, a phone that is none',
    async see(world) {
      const { eat } = await priced(world);
      await eat.choose('Other');
      await eat.page.getByLabel('Amount in EUR').fill('1.250');
      await eat.phone.fill('12');
      await eat.pay();
      await expect(eat.page.getByText('Which of the two do you mean?')).toBeVisible();
      await expect(eat.page.getByText('A phone number has at least five digits.')).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, too far away',
    again: true,
    async see(world) {
      world.guards.allowStatus(422);
      world.guards.allowStatus(409);
      await at(world, '/eat/checkout', { entries: FULL, address: { ...world.town.home, place: world.town.away } });
      await expect(world.page.getByRole('alert').first()).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, not certain yet',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      const { eat } = await priced(world);
      await world.page.route(`**${ORDERS}`, (route) => route.abort());
      await eat.place.click();
      await expect(eat.button('Ask again now')).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, just ordered',
    again: true,
    async see(world) {
      const { eat } = await priced(world);
      await eat.place.click();
      await eat.placed();
      await eat.checkout();
      await expect(eat.page.getByRole('link', { name: 'Follow your order' })).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, the last dish taken out',
    again: true,
    async see(world) {
      const { eat } = await at(world, '/eat/checkout', { entries: [{ quantity: 1 }] });
      await eat.quantity('Sour soup').getByRole('button', { name: 'Take out' }).click();
      await expect(eat.button('Undo')).toBeVisible();
    },
  },
  {
    name: '/eat/checkout, signing up, with everything wrong',
    again: true,
    async see(world) {
      const { eat } = await at(world, '/eat/checkout', { guest: true, entries: FULL });
      await eat.button('Sign in to order').click();
      await eat.button('Sign up').click();
      await eat.button('Make an account').click();
      await expect(eat.page.getByText('Please tell us your name.')).toBeVisible();
    },
  },
];

const ORDER = [
  { name: '/eat/orders/{id}, waiting', again: true, see: (world) => followed(world, 'paid') },
  { name: '/eat/orders/{id}, on its way', see: (world) => followed(world, 'picked_up', { inCity: true }) },
  { name: '/eat/orders/{id}, delivered', again: true, see: (world) => followed(world, 'delivered') },
  {
    name: '/eat/orders/{id}, delivered, with money back',
    again: true,
    async see(world) {
      const { order } = await followed(world, 'delivered');
      for (const [amount, reason] of [[3, NAMES.longWords], [2, NAMES.long]]) await order.refund(amount, reason);
      await world.page.reload();
      await expect(refundsIn(world.page)).toContainText(['€3.00paid back', '€2.00paid back']);
    },
  },
  {
    name: '/eat/orders/{id}, turned down',
    again: true,
    async see(world) {
      const { order } = await followed(world, 'paid');
      await order.reject(NAMES.longWords);
      await expect(world.page.getByText('You were not charged.')).toBeVisible();
    },
  },
  { name: '/eat/orders/{id}, not paid', again: true, see: (world) => followed(world, 'payment_failed', { paymentMethod: 'tok_declined' }) },
  {
    name: '/eat/orders/{id}, calling it off',
    again: true,
    async see(world) {
      const { eat } = await followed(world, 'paid');
      await eat.button('Cancel the order').click();
      await eat.dialog.getByLabel('Something else').check();
      await eat.dialog.getByRole('button', { name: 'Cancel the order' }).click();
      await expect(eat.dialog.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: '/eat/orders/{id}, not theirs',
    again: true,
    async see(world) {
      world.guards.allowStatus(404);
      await at(world, '/eat/orders/ord_00000000000000000000000000');
      await expect(world.page.getByRole('heading', { name: 'There is no such order of yours' })).toBeVisible();
    },
  },
];

const OWN = [
  ...['orders', 'notices', 'account'].map((page) => ({
    name: `/eat/${page}, nobody signed in`,
    again: true,
    see: (world) => world.page.goto(`/eat/${page}`).then(() => expect(world.page.getByRole('main').getByRole('button', { name: 'Sign in' })).toBeVisible()),
  })),
  ...[['orders', 'You have not ordered yet'], ['notices', 'Nothing yet']].map(([page, words]) => ({
    name: `/eat/${page}, none`,
    again: true,
    see: (world) => at(world, `/eat/${page}`).then(() => expect(world.page.getByRole('heading', { name: words })).toBeVisible()),
  })),
  {
    name: '/eat/orders, on their way and past, ordering again over another bag',
    async see(world) {
      const { town, page, signIn } = world;
      const [customer, restaurant] = [await town.customer(), await town.restaurant({ name: NAMES.longWords })];
      for (const status of ['cancelled', 'rejected', 'accepted']) await town.order({ status, customer, restaurant });
      await signIn(page, customer, { address: town.home, bag: bagOf(await town.restaurant()) });
      await page.goto('/eat/orders');
      await page.getByRole('button', { name: /^Order again from/ }).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.goBack();
      await expect(page.getByRole('dialog')).toHaveCount(0);
    },
  },
  {
    name: '/eat/notices, some unread',
    async see(world) {
      const order = await world.town.order({ status: 'ready' });
      await world.signIn(world.page, order.customer, { address: world.town.home });
      await world.page.goto('/eat/notices');
      await expect(world.page.getByRole('button', { name: 'Mark all as read' })).toBeVisible();
      await expect(world.page.getByLabel(/\d unread/)).toBeVisible();
    },
  },
  {
    name: '/eat/account',
    see: (world) => at(world, '/eat/account').then(({ eat }) => expect(eat.button('Sign out')).toBeVisible()),
  },
  {
    name: '/eat/nothing-here',
    see: ({ page }) => page.goto('/eat/nothing-here').then(() => expect(page.getByText('There is no such page.')).toBeVisible()),
  },
];

/** @type {Screen[]} */
export const EAT_ORDERS = [...CHECKOUT, ...ORDER, ...OWN];
