// The courier's screens, and how to come to each.

import { expect } from '@playwright/test';

import { GEOLOCATION, playGeolocation } from './circumstances.js';
import { RidePage } from './ride-page.js';
import { expectFits } from './screen.js';

/** @typedef {import('./screen.js').Screen} Screen */

/** The page of a courier as `options` of `Town.courier` make them; signed in. */
async function asCourier({ page, town, signIn }, options) {
  const courier = await town.courier(options);
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  return { ride, courier };
}

/** The same, offered an order. */
async function offered(world, order = {}) {
  const { ride, courier } = await asCourier(world);
  await expect(ride.looking).toBeVisible();
  const placed = await world.town.order({ courier, tip: 2, contact: { name: 'Ana Pop', phone: '+40 700 000 000' }, ...order });
  await expect(ride.offer).toBeVisible();
  return { ride, courier, order: placed };
}

/** The same, once it was taken. */
async function accepted(world, order) {
  const found = await offered(world, order);
  await found.ride.accept(found.order);
  await expect(found.ride.offer).toHaveCount(0);
  // The page shows it at once, and sends it then.
  await found.order.assigned();
  return found;
}

/** @type {Screen[]} */
export const RIDE = [
  {
    name: '/ride, nobody signed in',
    async see({ page }) {
      await new RidePage(page).goto();
      await expect(page.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
    },
  },
  {
    name: '/ride, signing up, with everything wrong',
    again: true,
    async see({ page }) {
      const ride = new RidePage(page);
      await ride.goto();
      await ride.button('Sign in or sign up').click();
      await ride.button('Sign up').click();
      await page.getByLabel('E-mail').fill('no address');
      await ride.button('Make an account').click();
      await expect(page.getByText('Please tell us your name.')).toBeVisible();
    },
  },
  {
    name: '/ride, no vehicle yet',
    again: true,
    async see(world) {
      world.guards.allowStatus(404, /^\/v1\/couriers\//);
      await asCourier(world, { vehicle: null });
      await expect(world.page.getByRole('heading', { name: 'How do you get about?' })).toBeVisible();
    },
  },
  {
    name: '/ride, off duty',
    again: true,
    async see(world) {
      const { ride } = await asCourier(world, { online: false });
      await expect(ride.offDuty).toBeVisible();
    },
  },
  {
    name: '/ride, off duty, the place not to be had',
    again: true,
    async see(world) {
      const device = await playGeolocation(world.page);
      const { ride } = await asCourier(world, { online: false });
      await device.fail(GEOLOCATION.denied);
      await ride.button('Go on duty here').click();
      await expect(world.page.getByText('This page may not see where you are.')).toBeVisible();
    },
  },
  {
    name: '/ride, choosing a place',
    again: true,
    async see(world) {
      const { ride } = await asCourier(world, { online: false });
      await ride.button('Choose a place on the map').click();
      await expect(world.page.getByRole('application')).toBeVisible();
    },
  },
  {
    name: '/ride, on duty',
    again: true,
    async see(world) {
      const { ride } = await asCourier(world);
      await expect(ride.looking).toBeVisible();
    },
  },
  { name: '/ride, an offer', see: offered },
  {
    name: '/ride, a delivery to pick up',
    again: true,
    async see(world) {
      const { ride, order } = await accepted(world);
      await order.accept();
      await order.ready();
      await expect(ride.task(order)).toContainText('Food is ready');
    },
  },
  {
    name: '/ride, a delivery to the customer, and an offer above',
    again: true,
    async see(world) {
      const { ride, order } = await accepted(world);
      await order.accept();
      await order.ready();
      await order.pickUp();
      await expect(ride.task(order)).toContainText('Second floor');
      await world.town.order({ restaurant: order.restaurant });
      await expect(ride.offer).toBeVisible();
    },
  },
  {
    name: '/ride, two deliveries, steps unsent, one called off',
    async see(world) {
      world.guards.allowNetworkErrors();
      const { ride, courier, order } = await accepted(world);
      await order.cancel();
      await expect(ride.button('Understood')).toBeVisible();
      const two = await Promise.all([0, 1].map(() => world.town.order({ courier, status: 'ready', restaurant: order.restaurant })));
      for (let count = 0; count < two.length; count += 1) await ride.offer.getByRole('button', { name: 'Accept' }).click();
      for (const one of two) await expect(ride.task(one)).toContainText('Food is ready');
      await world.page.route(/\/pick-up$/, (route) => route.abort());
      await ride.step(two[0], 'Picked up').click();
      await expect(ride.waiting).toBeVisible();
    },
  },
  {
    name: '/ride, notices',
    again: true,
    async see(world) {
      const { page } = world;
      await accepted(world);
      await page.getByRole('button', { name: /^Notices, \d unread$/ }).click();
      await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
    },
  },
  {
    name: '/ride, account',
    again: true,
    async see(world) {
      const { ride } = await asCourier(world, { online: false });
      await ride.button('Account').click();
      await expect(world.page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: '/ride, a session that has ended',
    again: true,
    async see(world) {
      world.guards.allowStatus(401);
      const { page } = world;
      await page.route('**/v1/sessions/refresh', (route) => route.fulfill({ status: 401, json: { code: 'unauthenticated', status: 401 } }));
      await asCourier(world, { online: false });
      await expect(page.getByRole('dialog', { name: 'Please sign in again' })).toBeVisible();
    },
  },
  {
    name: '/ride, Tiffin does not answer',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      await world.page.route('**/v1/**', (route) => route.abort());
      await asCourier(world, { online: false });
      await expect(world.page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: '/ride/nothing-here',
    again: true,
    async see({ page }) {
      await page.goto('/ride/nothing-here');
      await expect(page.getByText('There is no such page.')).toBeVisible();
    },
  },
];

/** Screens with names of people and restaurants; `see` is told which. @type {import('./screen.js').Named[]} */
export const RIDE_NAMED = [
  {
    name: '/ride, an offer and then a delivery',
    async see(world, name) {
      const { page, town } = world;
      const restaurant = await town.restaurant({ name });
      const deliverTo = { ...town.home, notes: name };
      const { ride, order } = await offered(world, { restaurant, deliverTo, contact: { name } });
      await expect(ride.offer.getByText(name, { exact: true })).toBeVisible();
      await expectFits(page);
      await ride.accept(order);
      await expect(ride.task(order).getByText(name, { exact: true })).toBeVisible();
      await expectFits(page);
      await order.accept();
      await ride.step(order, 'Picked up').click();
      await expect(ride.task(order).getByText(name, { exact: true })).toHaveCount(2);
    },
  },
  {
    name: '/ride, the account',
    async see(world, name) {
      const { ride } = await asCourier(world, { name, online: false });
      await ride.button('Account').click();
      await expect(world.page.getByText(name, { exact: true })).toBeVisible();
    },
  },
];
