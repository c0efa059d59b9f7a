// @ts-check
/** What an order's dishes are as a bag, and what of them a menu still has. Pure. */
import { add, EMPTY, without } from './bag-rules.js';
import { priced } from './menu-rules.js';

/**
 * @typedef {import('../../types/app').Order} Order
 * @typedef {import('./bag-rules.js').Bag} Bag
 * @typedef {{ bag: Bag, gone: string[] }} Refill `gone`: names, as they were ordered
 */

/** The bag that an order was. @param {Pick<Order, 'restaurant_id' | 'restaurant' | 'lines'>} order @returns {Bag} */
export function bagOf({ restaurant_id, restaurant, lines }) {
  const of = { id: restaurant_id, name: restaurant.name };
  return lines.reduce((/** @type {Bag} */ all, { item_id, name, quantity, options }) => {
    return add(all, of, { item_id, name, quantity, options: options.map((option) => ({ id: option.option_id, name: option.name })) }) ?? all;
  }, EMPTY);
}

/** What of it can still be had, and the names of what can't. @param {Bag} wanted @param {import('../../types/app').Menu} menu @returns {Refill} */
export function refill(wanted, menu) {
  const { troubled } = priced(wanted, menu);
  return { bag: without(wanted, troubled.map(({ key }) => key)), gone: troubled.map(({ entry }) => entry.name) };
}
