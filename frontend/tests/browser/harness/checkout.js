// The checkout with a bag in it, and what must be true once somebody has ordered there.

import { expect } from '@playwright/test';

import { EatPage, read } from './eat-page.js';
import { bagOf } from './storage.js';

export const ORDERS = '/v1/orders';
/** One order. */
export const ORDER = /^\/v1\/orders\/ord_\w+$/;
export const QUOTES = /\/quotes$/;

/**
 * Goes to the checkout by the menu, with two soups or what is given; waits for the price.
 * @param {{page: import('@playwright/test').Page, town: import('./town.js').Town, signIn: Function}} fixtures
 * @param {{restaurant?: object, entries?: object[]}} [options]
 */
export async function atCheckout({ page, town, signIn }, { restaurant, entries } = {}) {
  const [customer, shop] = [await town.customer(), restaurant ?? (await town.restaurant())];
  await signIn(page, customer, { address: town.home, bag: bagOf(shop, entries) });
  const eat = new EatPage(page);
  await eat.menu(shop);
  await eat.toCheckout.click();
  await eat.priced();
  return { page, customer, restaurant: shop, eat };
}

/** Somebody's orders, newest first. */
export async function ordersOf(api, customer) {
  return (await api.get(ORDERS, { as: customer })).items;
}

/** There is one order, the one whose page this is, and nothing of it is in the bag any more. */
export async function expectOneOrder({ api, customer, eat }) {
  const id = await eat.placed();
  const orders = await ordersOf(api, customer);
  expect(orders.map((order) => order.id)).toEqual([id]);
  await expect(eat.page.getByText(read(orders[0]))).toBeVisible();
  expect(await eat.page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(orders[0].lines[0].name);
  return orders[0];
}
