// The restaurant's menu and tickets, and how to come to each of their screens.

import { expect } from '@playwright/test';

import { DishForm } from './dish-form.js';
import { at, longOrder } from './kitchen-screens.js';
import { NAMES } from './samples.js';

/** @typedef {import('./screen.js').Screen} Screen */

const MENUS = [
  {
    name: '/kitchen/{id}/menu, while an order waits',
    again: true,
    async see(world) {
      await at(world, '/menu', { prepare: (restaurant) => longOrder(world, restaurant, 'paid') });
      await expect(world.page.getByRole('heading', { name: 'Margherita' })).toBeVisible();
      await expect(world.page.getByRole('link', { name: /1 new order/ })).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}/menu, nothing on it',
    again: true,
    async see(world) {
      await at(world, '/menu', { menu: [] });
      await expect(world.page.getByRole('heading', { name: 'There is nothing on the menu yet' })).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}/menu, no menu to be had',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      await world.page.route('**/menu', (route) => (route.request().url().includes('/v1/') ? route.abort() : route.continue()));
      await at(world, '/menu');
      await expect(world.page.getByRole('alert')).toContainText('Tiffin does not answer.');
    },
  },
  {
    name: '/kitchen/{id}/menu, a new dish with options, everything wrong',
    async see(world) {
      const { restaurant, kitchen } = await at(world, '/menu?dish=new');
      const form = new DishForm(world.page, restaurant.currency);
      await kitchen.button('Add a group of options').click();
      await form.price.fill('1.250');
      await form.option(1, 1, 'price').fill('twelve');
      await form.save.click();
      await expect(form.sheet.getByText('This can be read in two ways: please choose.')).toBeVisible();
      await expect(form.sheet.getByText('That is not an amount.')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}/menu, a new dish that may have arrived',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      const { restaurant } = await at(world, '/menu?dish=new');
      const form = new DishForm(world.page, restaurant.currency);
      await world.page.route('**/menu/items', (route) => route.abort());
      await form.write({ name: NAMES.longWords, price: '12' });
      await form.save.click();
      await expect(form.sheet.getByText('Nobody knows yet whether this dish arrived.')).toBeVisible();
    },
  },
];

const TICKETS = [
  {
    name: '/kitchen/{id}/orders/{id}/ticket',
    async see(world) {
      await at(world, '/orders/{order_id}/ticket', { name: NAMES.longWords, prepare: (restaurant) => longOrder(world, restaurant, 'accepted') });
      await expect(world.page.getByText('Ready by:')).toBeVisible();
    },
  },
  {
    name: '/kitchen/{id}/orders/{id}/ticket, not theirs',
    again: true,
    async see(world) {
      world.guards.allowStatus(404);
      await at(world, '/orders/ord_00000000000000000000000000/ticket');
      await expect(world.page.getByRole('alert')).toBeVisible();
    },
  },
];

/** @type {Screen[]} */
export const KITCHEN_MENU = [...MENUS, ...TICKETS];
