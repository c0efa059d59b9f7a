// The customer's screens before they order, and how to come to each. Those after: order-screens.js.

import { expect } from '@playwright/test';

import { GEOLOCATION, playGeolocation } from './circumstances.js';
import { EatPage } from './eat-page.js';
import { NAMES, dish, dishWithOptions } from './samples.js';
import { bagOf } from './storage.js';

/** @typedef {import('./screen.js').Screen} Screen */

export const MENU = [
  dish({ description: 'Sour, with lovage and a spoon of cream', allergens: ['celery', 'milk', 'eggs'], dietary: ['gluten_free'] }),
  dishWithOptions(),
  dish({ section: 'Pizza', name: NAMES.longWords, description: NAMES.long, price: 1_250, dietary: ['vegan', 'halal'] }),
];

/** Somebody at one of the pages: with an address, and with a bag of their own where there are entries for one. */
export async function at({ page, town, signIn, keep }, path, { guest = false, address = town.home, entries, ...options } = {}) {
  const restaurant = await town.restaurant({ menu: MENU, ...options });
  const things = { ...(address && { address }), ...(entries && { bag: bagOf(restaurant, entries) }) };
  const customer = guest ? null : await town.customer();
  if (guest) await keep(page, things);
  else await signIn(page, customer, things);
  await page.goto(path.replace('{id}', restaurant.id));
  return { eat: new EatPage(page), restaurant, customer };
}

const SOUPS = [{ quantity: 2 }];
export const FULL = [{ quantity: 2 }, { dish: 1, options: ['Large', 'Olives', 'Basil'] }];

const GATE = [
  {
    name: '/eat, where to, nothing said yet',
    again: true,
    see: ({ page }) => page.goto('/eat').then(() => expect(page.getByRole('heading', { name: 'Where should the food go?' })).toBeVisible()),
  },
  {
    name: '/eat, where to, with everything wrong and no place to be had',
    async see({ page }) {
      const device = await playGeolocation(page);
      const eat = new EatPage(page);
      await page.goto('/eat');
      await device.fail(GEOLOCATION.denied);
      await eat.button('Use my location').click();
      await page.getByLabel('City').fill('');
      await eat.button('Show restaurants').click();
      await expect(page.getByText('Please enter the city.')).toBeVisible();
      await expect(page.getByText(/Your browser does not tell this page/)).toBeVisible();
    },
  },
];

const DISCOVER = [
  {
    name: '/eat, restaurants and a bag',
    async see(world) {
      const { town, page } = world;
      await town.restaurant();
      await at(world, '/eat', { entries: SOUPS, name: NAMES.longWords, cuisines: ['romanian', 'grill', 'seafood'] });
      await expect(page.getByRole('button', { name: /^View bag/ })).toBeVisible();
      await expect(page.getByRole('heading', { level: 3 })).toHaveCount(2);
    },
  },
  {
    name: '/eat, nobody delivers',
    again: true,
    async see(world) {
      await at(world, '/eat', { guest: true, address: { ...world.town.home, place: world.town.away } });
      await expect(world.page.getByRole('heading', { name: 'Nobody delivers there yet' })).toBeVisible();
    },
  },
  {
    name: '/eat, while restaurants come',
    again: true,
    async see(world) {
      await world.page.route('**/v1/restaurants?*', () => {});
      await at(world, '/eat');
      await expect(world.page.getByRole('status', { name: 'Loading…' })).toBeVisible();
    },
  },
  {
    name: '/eat, Tiffin does not answer',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      await world.page.route('**/v1/**', (route) => route.abort());
      await at(world, '/eat');
      await expect(world.page.getByRole('alert')).toContainText('Tiffin does not answer.');
    },
  },
  {
    name: '/eat, another address',
    again: true,
    async see(world) {
      const { eat } = await at(world, '/eat');
      await eat.page.getByRole('button', { name: /^Deliver to/ }).click();
      await expect(eat.sheet('Delivery address')).toBeVisible();
    },
  },
];

const RESTAURANT = [
  {
    name: '/eat/restaurants/{id}, a menu and a bag',
    async see(world) {
      const { eat } = await at(world, '/eat/restaurants/{id}', { entries: FULL, description: NAMES.longWords.repeat(4) });
      await expect(eat.dish('Sour soup').first()).toBeVisible();
      await expect(eat.page.getByText('arrives in')).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, no address, nothing on the menu',
    again: true,
    async see(world) {
      await at(world, '/eat/restaurants/{id}', { guest: true, address: null, menu: [] });
      await expect(world.page.getByText('There is nothing on the menu yet.')).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, too far away',
    again: true,
    async see(world) {
      await at(world, '/eat/restaurants/{id}', { address: { ...world.town.home, place: world.town.away } });
      await expect(world.page.getByText(/does not deliver to/)).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, a dish with groups, one not chosen from',
    async see(world) {
      const groups = [{ name: 'Size', min: 1, max: 1, options: [{ name: 'Small', price: 1 }, { name: 'Large', price: 3 }] }, { name: NAMES.longWords, min: 0, max: 2, options: [{ name: NAMES.long, price: 0 }, { name: 'Basil', price: 1 }] }];
      const { eat } = await at(world, '/eat/restaurants/{id}', { menu: [dishWithOptions({ option_groups: groups })] });
      await eat.dish('Margherita').click();
      await eat.sheet('Margherita').getByRole('button', { name: /^Add/ }).click();
      await expect(eat.sheet('Margherita').getByRole('alert')).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, another bag in the way',
    again: true,
    async see(world) {
      const { town, page, keep } = world;
      const [restaurant, other] = [await town.restaurant({ name: NAMES.longWords }), await town.restaurant()];
      await keep(page, { address: town.home, bag: bagOf(restaurant) });
      const eat = new EatPage(page);
      await eat.menu(other);
      await eat.dish('Margherita').click();
      await eat.sheet('Margherita').getByRole('button', { name: /^Add/ }).click();
      await expect(page.getByRole('alertdialog')).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, a bag in a sheet, below the minimum, something gone',
    again: true,
    async see(world) {
      const { town, page, keep } = world;
      const restaurant = await town.restaurant({ menu: MENU });
      const bag = bagOf(restaurant, [{ dish: 1, options: ['Small'] }, { dish: 0 }]);
      bag.entries[1].item_id = restaurant.items[0].id.replace(/.{6}$/, '000000');
      await keep(page, { address: town.home, bag });
      const eat = new EatPage(page);
      await page.goto('/eat');
      await page.getByRole('button', { name: /^View bag/ }).click();
      await expect(eat.sheet('Your bag')).toContainText('Not on the menu any more');
    },
  },
  {
    name: '/eat/restaurants/{id}, Tiffin does not answer',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      await world.page.route('**/v1/**', (route) => route.abort());
      await at(world, '/eat/restaurants/{id}', { guest: true });
      await expect(world.page.getByRole('heading', { level: 1, name: 'Tiffin does not answer.' })).toBeVisible();
    },
  },
  {
    name: '/eat/restaurants/{id}, not there',
    again: true,
    async see({ page, guards }) {
      guards.allowStatus(404);
      await page.goto('/eat/restaurants/rst_00000000000000000000000000');
      await expect(page.getByRole('heading', { name: 'This restaurant is not here any more' })).toBeVisible();
    },
  },
];

/** @type {Screen[]} */
export const EAT = [...GATE, ...DISCOVER, ...RESTAURANT];
