// Takes the pictures in docs/screens from the running pages: `npm run screens`. The demo city plays itself; what is shown is what a
// visitor sees, at the sizes the pages are made for.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { Api, eventually } from '../tests/browser/harness/api.js';
import { LAUNCH } from '../tests/browser/harness/browsers.js';
import { PHONE, TABLET, DESKTOP } from '../tests/browser/harness/screen.js';
import { keep, signIn } from '../tests/browser/harness/storage.js';
import { FRONTEND, Tiffin } from '../tests/browser/harness/tiffin.js';

const OUT = path.join(FRONTEND, '../docs/screens');
const QUALITY = 72;
/** Pictures are shown at most this wide. */
const WIDTH = 1440;
/** Where the pictures are taken. */
const THERE = { locale: 'en-GB', timezoneId: 'Europe/Bucharest' };
/** Who orders in the theatre besides its own customer. */
const GUESTS = ['Ioana Radu', 'Andrei Munteanu', 'Sorin Popa'];
/** How long after something is there it has come to rest: pictures fade in. */
const REST_MS = 900;

const tiffin = await Tiffin.start({ simulate: 'none' });
const browser = await chromium.launch(LAUNCH);
try {
  await mkdir(OUT, { recursive: true });
  await everything(new Api(tiffin.url), await theatre(tiffin.url));
} finally {
  await browser.close();
  await tiffin.stop();
}

/** @param {string} url */
async function theatre(url) {
  return (await fetch(`${url}/_tiffin/theatre`)).json();
}

/** @param {Api} api @param {any} stage */
async function everything(api, stage) {
  const mara = await api.person('mara@tiffin.example');
  const enzo = await api.person('enzo@tiffin.example');
  const nico = await api.person('nico@tiffin.example');
  const menu = await api.get(`/v1/restaurants/${stage.restaurant.id}/menu`);
  const dish = menu.sections.flatMap((section) => section.items).find((item) => item.id === stage.dish.item_id);
  const chosen = dish.option_groups.flatMap((group) => group.options).filter((option) => stage.dish.options.includes(option.id));
  const entry = { item_id: dish.id, name: dish.name, quantity: 2, options: chosen.map(({ id, name }) => ({ id, name })) };
  const bag = { restaurant: { id: stage.restaurant.id, name: stage.restaurant.name }, entries: [entry] };

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const customer = await opened(api, mara, PHONE, colorScheme, { address: stage.home });
    await shot(customer, '/eat', `eat-${colorScheme}`, 'main a');
    await shot(customer, `/eat/restaurants/${stage.restaurant.id}`, `restaurant-${colorScheme}`, 'main h2:visible');
    await shot(customer, `/eat/restaurants/${stage.restaurant.id}?item=${dish.id}`, `item-${colorScheme}`, 'dialog[open]');
    await keep(customer, tiffin.url, { bag }, mara);
    await shot(customer, '/eat/checkout', `checkout-${colorScheme}`, 'dl.sums');
    const order = await place(api, mara, stage);
    await placed(api, enzo, order, 'paid');

    const kitchen = await opened(api, enzo, TABLET, colorScheme);
    await shot(kitchen, `/kitchen/${stage.restaurant.id}`, `kitchen-${colorScheme}`, '.ring');
    await api.post(`/v1/orders/${order.id}/accept`, { prep_minutes: 15 }, { as: enzo });

    const availability = { online: true, place: stage.stand };
    await api.put(`/v1/couriers/${nico.id}/availability`, availability, { as: nico });
    const courier = await opened(api, nico, PHONE, colorScheme);
    await shot(courier, '/ride', `ride-${colorScheme}`, '.ring');
    const delivery = order.id.replace('ord_', 'dlv_');
    await api.post(`/v1/deliveries/${delivery}/accept`, undefined, { as: nico });
    await placed(api, mara, order, 'accepted');
    await shot(customer, `/eat/orders/${order.id}`, `track-${colorScheme}`, '.journey, .timeline');
    await api.post(`/v1/orders/${order.id}/ready`, undefined, { as: enzo });
    for (const step of ['pick-up', 'complete']) await api.post(`/v1/deliveries/${delivery}/${step}`, undefined, { as: nico });
    for (const page of [customer, kitchen, courier]) await page.context().close();

    await busyTheatre(api, { mara, enzo, nico }, stage, colorScheme);
  }
  const desktop = await opened(api, mara, DESKTOP, 'light', { address: stage.home, bag });
  await shot(desktop, `/eat/restaurants/${stage.restaurant.id}`, 'restaurant-desktop', 'main h2:visible');
}

/** The theatre in the middle of an evening: dinner is on its way, and others wait for theirs. */
async function busyTheatre(api, { mara, enzo, nico }, stage, colorScheme) {
  const page = await browser.newPage({ ...DESKTOP, colorScheme, ...THERE });
  await page.goto(`${tiffin.url}/demo`);
  await page.locator('.dinner button').click();
  const order = await eventually('order', async () => {
    const { items } = await api.get('/v1/orders', { as: mara });
    return items.find(({ status }) => status === 'paid');
  });
  const accept = (one, minutes) => api.post(`/v1/orders/${one.id}/accept`, { prep_minutes: minutes }, { as: enzo });
  const ready = (one) => api.post(`/v1/orders/${one.id}/ready`, undefined, { as: enzo });
  const deliver = (one, step) => api.post(`/v1/deliveries/${one.id.replace('ord_', 'dlv_')}/${step}`, undefined, { as: nico });
  await accept(order, 10);
  await api.put(`/v1/couriers/${nico.id}/availability`, { online: true, place: stage.stand }, { as: nico });
  await offered(api, nico, order);
  await deliver(order, 'accept');
  await placed(api, mara, order, 'accepted');
  await ready(order);
  await deliver(order, 'pick-up');
  await placed(api, mara, order, 'picked_up');
  const others = [];
  for (const name of GUESTS) {
    const guest = await api.register({ role: 'customer', name });
    const one = await place(api, guest, stage);
    await placed(api, guest, one, 'paid');
    others.push(one);
  }
  for (const one of others.slice(0, -1)) await accept(one, 15);
  await ready(others[0]);
  for (const one of others) {
    await offered(api, nico, one);
    await deliver(one, 'decline');
  }
  await shot(page, null, `demo-${colorScheme}`, 'iframe');
  await page.close();
  await deliver(order, 'complete');
  const end = { reason: 'The evening is over.' };
  for (const one of others) await api.post(`/v1/orders/${one.id}/${one === others.at(-1) ? 'reject' : 'cancel'}`, end, { as: enzo });
}

/** Waits until a courier is offered an order. */
function offered(api, courier, order) {
  return eventually('offer', async () => {
    const { items } = await api.get('/v1/deliveries?limit=100', { as: courier });
    return items.some(({ order_id: id, state }) => id === order.id && state === 'offered');
  });
}

/** A page of somebody, at a size and in a scheme. */
async function opened(api, who, size, colorScheme, things = {}) {
  const page = await browser.newPage({ ...size, colorScheme, ...THERE });
  await signIn(page, api, who, tiffin.url);
  await keep(page, tiffin.url, things, who);
  return page;
}

/** Looks at an address, or at where the page is, once this is there and nothing moves any more. */
async function shot(page, address, name, there) {
  if (address) await page.goto(tiffin.url + address);
  await page.locator(there).first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.waitForTimeout(REST_MS);
  const picture = sharp(await page.screenshot()).resize({ width: WIDTH, withoutEnlargement: true });
  await writeFile(path.join(OUT, `${name}.webp`), await picture.webp({ quality: QUALITY }).toBuffer());
  console.log(name);
}

async function place(api, mara, stage) {
  const basket = { items: [stage.dish], deliver_to: stage.home, tip: { amount: 500, currency: 'RON' } };
  const quote = await api.post(`/v1/restaurants/${stage.restaurant.id}/quotes`, basket, { as: mara });
  const order = { quote: quote.quote, payment_method: 'tok_ok', notes: 'No onions, please.' };
  return api.post('/v1/orders', order, { as: mara, key: quote.id });
}

/** Waits until an order has come so far. */
function placed(api, who, order, status) {
  return eventually(`${status} order`, async () => {
    const reply = await api.send('GET', `/v1/orders/${order.id}`, undefined, { as: who });
    return reply.body?.status === status;
  });
}
