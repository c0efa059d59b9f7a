// The pages that are measured, and what a browser keeps for each before it is loaded: people, places and a restaurant of the
// theatre's, in the city that the program builds.

import { OrderInTown } from '../../tests/browser/harness/orders.js';
import { keep, signIn } from '../../tests/browser/harness/storage.js';
import { Town } from '../../tests/browser/harness/town.js';

const CUSTOMER = 'mara@tiffin.example';
const OWNER = 'enzo@tiffin.example';
const COURIER = 'nico@tiffin.example';

/**
 * A page, for somebody.
 * @typedef {object} View
 * @property {string} name
 * @property {boolean} [isHome] whether it is the home page
 * @property {(world: World) => Promise<string>} prepare what is kept before it is loaded; gives its address
 *
 * @typedef {{page: import('@playwright/test').Page, api: import('../../tests/browser/harness/api.js').Api}} World
 */

/** @type {View[]} */
export const VIEWS = [
  { name: 'home', isHome: true, prepare: (world) => atHome(world).then(() => '/eat') },
  { name: 'home, no address yet', isHome: true, prepare: async () => '/eat' },
  { name: 'restaurant', prepare: (world) => atHome(world).then(({ restaurant }) => `/eat/restaurants/${restaurant.id}`) },
  { name: 'tracking', prepare: tracking },
  { name: 'kitchen', prepare: (world) => as(world, OWNER).then(({ restaurant }) => `/kitchen/${restaurant.id}`) },
  { name: 'courier', prepare: (world) => as(world, COURIER).then(() => '/ride') },
];

/** A guest whose address is known. */
async function atHome({ page, api }) {
  const stage = await theatre(api);
  await keep(page, api.url, { address: stage.home });
  return stage;
}

async function as({ page, api }, email) {
  await signIn(page, api, await api.person(email), api.url);
  return theatre(api);
}

/** A customer whose order is on its way; the same one each time. */
async function tracking({ page, api }) {
  const { customer, id } = await (carried ??= carry(api));
  await signIn(page, api, customer, api.url);
  return `/eat/orders/${id}`;
}

/** @type {Promise<OrderInTown> | undefined} */
let carried;

/** An order of the theatre's people, brought as far as the courier's bag. @param {World['api']} api */
async function carry(api) {
  const stage = await theatre(api);
  const [customer, owner, courier] = await Promise.all([CUSTOMER, OWNER, COURIER].map((email) => api.person(email)));
  const town = new Town(api);
  await town.onDuty(courier, { place: stage.stand });
  const order = await OrderInTown.place(town, { customer, restaurant: { ...stage.restaurant, owner }, courier, items: [stage.dish], deliverTo: stage.home });
  await order.bringTo('picked_up');
  return order;
}

/** @param {World['api']} api */
function theatre(api) {
  return api.get('/_tiffin/theatre');
}
