// Takes the pictures in docs/screens from the running pages: `npm run screens`. The demo city plays itself; what is shown is what a
// visitor sees, at the sizes the pages are made for.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { Api, eventually } from '../tests/browser/harness/api.js';
import { PHONE, TABLET, DESKTOP } from '../tests/browser/harness/screen.js';
import { keep, signIn } from '../tests/browser/harness/storage.js';
import { FRONTEND, Tiffin } from '../tests/browser/harness/tiffin.js';

const OUT = path.join(FRONTEND, '../docs/screens');
const QUALITY = 72;
/** Pictures are shown at most this wide. */
const WIDTH = 1440;
const CHROMIUM = process.env.TIFFIN_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'];
/** How long after something is there it has come to rest: pictures fade in. */
const REST_MS = 900;

const tiffin = await Tiffin.start({ simulate: 'none' });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
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

    await place(api, mara, stage);
    const watcher = await browser.newPage({ ...DESKTOP, colorScheme });
    await shot(watcher, '/demo', `demo-${colorScheme}`, 'iframe');
    await watcher.close();
  }
  const desktop = await opened(api, mara, DESKTOP, 'light', { address: stage.home, bag });
  await shot(desktop, `/eat/restaurants/${stage.restaurant.id}`, 'restaurant-desktop', 'main h2:visible');
}

/** A page of somebody, at a size and in a scheme. */
async function opened(api, who, size, colorScheme, things = {}) {
  const page = await browser.newPage({ ...size, colorScheme, locale: 'en-GB', timezoneId: 'Europe/Bucharest' });
  await signIn(page, api, who, tiffin.url);
  await keep(page, tiffin.url, things, who);
  return page;
}

/** Looks at an address once this is there and nothing moves any more. */
async function shot(page, address, name, there) {
  await page.goto(tiffin.url + address);
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
