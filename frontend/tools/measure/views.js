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
 * @property {string} there a selector of what it is for
 * @property {(world: World) => Promise<string>} prepare what is kept before it is loaded; gives its address
 *
 * @typedef {{page: import('@playwright/test').Page, api: import('../../tests/browser/harness/api.js').Api}} World
 */

/** @type {View[]} */
export const VIEWS = [
  { name: 'home', isHome: true, there: '.eat-card h3', prepare: (world) => atHome(world).then(() => '/eat') },
  { name: 'home, no address yet', isHome: true, there: '.gate-go', prepare: async () => '/eat' },
  { name: 'restaurant', there: '.dish', prepare: (world) => atHome(world).then(({ restaurant }) => `/eat/restaurants/${restaurant.id}`) },
  { name: 'tracking', there: '.timeline', prepare: tracking },
  { name: 'kitchen', there: '#column-new .count', prepare: (world) => as(world, OWNER).then(({ restaurant }) => `/kitchen/${restaurant.id}`) },
  { name: 'courier', there: '.task', prepare: carrying },
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
  const { customer, id } = await carry(api);
  await signIn(page, api, customer, api.url);
  return `/eat/orders/${id}`;
}

/** The courier who has it. */
async function carrying(world) {
  await carry(world.api);
  await as(world, COURIER);
  return '/ride';
}

/** The order that each server's page of an order shows. @type {Map<string, Promise<OrderInTown>>} */
const carried = new Map();

/** @param {World['api']} api */
function carry(api) {
  const order = carried.get(api.url) ?? brought(api);
  carried.set(api.url, order);
  return order;
}

/** An order of the theatre's people, brought as far as the courier's bag. @param {World['api']} api */
async function brought(api) {
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
