// The shell that a browser keeps: one build of the pages, until there is another, and never a reply of the API. Each of these
// pages comes from a host of its own, under a build that the test names.

import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

import { expect, test } from './fixtures.js';
import { EatPage, read } from './harness/eat-page.js';
import { Proxy } from './harness/proxy.js';
import { bagOf, keep, signIn } from './harness/storage.js';
import { copyPages } from './harness/tiffin.js';

/** How long nothing may load itself anew. */
const QUIET_MS = 30_000;

/** A host whose pages are those of build «one», and its worker in charge of a tab. */
async function underWorker(page, hostPages) {
  const host = await hostPages('one');
  await page.goto(`${host.url}/eat`);
  await workerIs(page, 'one');
  // Pages that were there before it are not its own.
  await page.reload();
  await expect(page.getByRole('heading').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  return host;
}

/** Waits until the worker of a build is there, its files kept, and none of another build. */
async function workerIs(page, build) {
  await expect.poll(() => page.evaluate(async (name) => {
    const [registration] = await navigator.serviceWorker.getRegistrations();
    return Boolean(registration?.active?.state === 'activated' && !registration.installing && (await caches.keys()).join() === name);
  }, `tiffin-shell-${build}`), { timeout: 30_000 }).toBe(true);
}

/** Waits until there is no worker any more, and nothing kept. */
async function workerIsGone(page) {
  const left = () => page.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, await caches.keys()]);
  await expect.poll(left).toEqual([0, []]);
}

/** Deploys build «two», in which one module has another name. */
async function deploy(host, testInfo, { module, named, by }) {
  const folder = testInfo.outputPath('pages-two');
  await copyPages(folder);
  await rename(path.join(folder, module), path.join(folder, path.dirname(module), named));
  for (const user of by) {
    const file = path.join(folder, user);
    const source = await readFile(file, 'utf8');
    expect(source).toContain(`./${path.basename(module)}'`);
    await writeFile(file, source.replaceAll(`./${path.basename(module)}'`, `./${named}'`));
  }
  host.serve(folder, 'two');
}

/** Counts how often a tab is loaded. */
function countLoads(page) {
  const loads = [];
  page.on('framenavigated', (frame) => frame === page.mainFrame() && loads.push(frame.url()));
  page.on('load', () => loads.push('load'));
  return () => loads.filter((one) => one === 'load').length;
}

const RIDE = 'Carry dinner across town';
const NO_ANSWER = 'Tiffin does not answer. Please load the page again.';
const ORDERS_MODULE = { module: 'js/eat/orders.js', named: 'past-orders.js', by: ['js/eat/main.js'] };
const ORDER_MODULE = { module: 'js/eat/order.js', named: 'one-order.js', by: ['js/eat/main.js'] };

test('after a deployment a page of before loads itself anew once, where a module is gone, and its bag is kept', async ({ hostPages, page, context, town, api, guards }, testInfo) => {
  test.slow();
  guards.allowStatus(404, /^\/js\/eat\/orders\.js$/);
  await page.clock.install();
  const host = await underWorker(page, hostPages);
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await keep(page, host.url, { address: town.home, bag: bagOf(restaurant) }, customer);
  await signIn(page, api, customer, host.url);
  await page.reload();
  await expect(page.getByText('La Mama').first()).toBeVisible();
  const loads = countLoads(page);
  const second = await context.newPage();
  await second.goto(`${host.url}/eat`);
  await workerIs(second, 'one');

  await deploy(host, testInfo, ORDERS_MODULE);
  await second.reload();
  await workerIs(second, 'two');
  expect((await fetch(`${host.url}/js/eat/orders.js`)).status).toBe(404);
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await expect(page.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
  await page.getByRole('link', { name: 'Discover' }).first().click();
  await expect(page.getByRole('button', { name: /bag · 2/i })).toBeVisible();
  expect(loads()).toBe(1);

  // All is of the new build, and stays: nothing loads itself anew again.
  for (const tab of [page, second]) expect(await tab.evaluate(async () => (await import('/js/api.js')).config.build)).toBe('two');
  await page.clock.runFor(QUIET_MS);
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await expect(page.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
  expect(loads()).toBe(1);
});

test('a checkout that is filled in is not loaded anew; what is placed there is shown by the new build', async ({ hostPages, page, context, town, api, guards }, testInfo) => {
  test.slow();
  guards.allowStatus(404, /^\/js\/eat\/order\.js$/);
  const host = await underWorker(page, hostPages);
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await keep(page, host.url, { address: town.home, bag: bagOf(restaurant) }, customer);
  await signIn(page, api, customer, host.url);
  await page.goto(`${host.url}/eat/checkout`);
  const eat = new EatPage(page);
  await eat.note.fill('No onions, please');
  await eat.priced();
  const loads = countLoads(page);

  const second = await context.newPage();
  await deploy(host, testInfo, ORDER_MODULE);
  await second.goto(`${host.url}/eat`);
  await workerIs(second, 'two');
  await expect(eat.note).toHaveValue('No onions, please');
  await eat.priced();
  expect(loads()).toBe(0);
  await eat.pay();
  await eat.placed();
  const [order, ...more] = (await api.get('/v1/orders', { as: customer })).items;
  await expect(page.getByText(read(order)).first()).toBeVisible();
  expect(more).toEqual([]);
  expect((await api.get(`/v1/orders/${order.id}`, { as: customer })).notes).toBe('No onions, please');
  expect(loads()).toBeLessThanOrEqual(1);
  expect(await page.evaluate(async () => (await import('/js/api.js')).config.build)).toBe('two');
});

test('another server at the same address shows its own page, and our worker removes itself', async ({ hostPages, page, guards }) => {
  guards.allowStatus(404);
  // Pictures may still be on their way when their host goes.
  guards.allowNetworkErrors();
  const host = await underWorker(page, hostPages);
  const { port } = host;
  await host.stop();
  const other = http.createServer((request, response) => {
    const found = request.url === '/eat';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html' }).end(found ? '<!doctype html><title>Elsewhere</title><h1>Not Tiffin</h1>' : 'Nothing.');
  });
  other.listen(port, '127.0.0.1');
  await once(other, 'listening');
  await page.goto(`${host.url}/eat`);
  await expect(page.getByRole('heading', { name: 'Not Tiffin' })).toBeVisible();
  await workerIsGone(page);
  other.closeAllConnections();
  other.close();
  await once(other, 'close');
});

test('a server without a build has no worker, and removes one of before', async ({ hostPages, launch, page }) => {
  const host = await underWorker(page, hostPages);
  host.serve(host.folder, null);
  await page.reload();
  await expect(page.getByRole('heading').first()).toBeVisible();
  await workerIsGone(page);
  const tiffin = await launch({ web: 'disk' });
  await page.goto(`${tiffin.url}/eat`);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading').first()).toBeVisible();
  await workerIsGone(page);
});

test('the shell answers where nothing answers at all, and never in place of what a server says', async ({ hostPages, page, guards }) => {
  guards.allowNetworkErrors();
  guards.allowStatus(503);
  guards.allowStatus(404, '/favicon.ico');
  guards.allowError(/Failed to fetch/);
  const host = await hostPages('one');
  const network = await Proxy.start(host.port);
  guards.trust(network.url);
  await page.goto(`${network.url}/eat`);
  await workerIs(page, 'one');
  await page.reload();

  const busy = network.when('GET', '/kitchen', { answer: { status: 503, body: { code: 'unavailable' } } });
  const reply = await page.goto(`${network.url}/kitchen`);
  expect(reply.status()).toBe(503);
  expect(await reply.json()).toEqual({ code: 'unavailable' });
  busy.remove();

  await network.refuse();
  for (const [where, title] of [['/kitchen', 'Every order, as it comes in'], ['/eat/orders/ord_1', 'Sign in to see this order'], ['/ride', RIDE]]) {
    await page.goto(network.url + where);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }
  await network.accept();
  await page.reload();
  await expect(page.getByRole('heading', { name: RIDE })).toBeVisible();
  await page.goto('about:blank');
  await network.stop();
});

test('the bag can be read where nothing answers, and whoever answers something else is not taken for us', async ({ hostPages, page, town, guards }) => {
  guards.allowNetworkErrors();
  for (const status of [404, 503]) guards.allowStatus(status, '/config.json');
  guards.allowError(/Failed to fetch|ApiError/);
  const host = await hostPages('one');
  const network = await Proxy.start(host.port);
  guards.trust(network.url);
  const restaurant = await town.restaurant();
  await keep(page, network.url, { address: town.home, bag: bagOf(restaurant) });
  await page.goto(`${network.url}/eat`);
  await workerIs(page, 'one');

  const expectBag = async () => {
    await page.goto(`${network.url}/eat`);
    await page.getByRole('button', { name: /bag · 2/i }).click();
    await expect(page.getByRole('dialog').getByText('Sour soup')).toBeVisible();
    await expect(page.locator('symbol#icon-map-pin')).toBeAttached();
  };
  await network.refuse();
  await expectBag();
  await expect(page.getByRole('dialog').getByText('Tiffin does not answer. Please try again.')).toBeVisible();
  await network.accept();
  const failing = network.when('GET', '/config.json', { answer: { status: 503, body: { code: 'unavailable' } } });
  await expectBag();
  failing.remove();

  // Somebody else's answer: what we knew does not hold, and stays away.
  const other = network.when('GET', '/config.json', { answer: { status: 404, body: {} } });
  await page.goto(`${network.url}/eat`);
  await expect(page.getByText(NO_ANSWER)).toBeVisible();
  other.remove();
  network.when('GET', '/config.json', { answer: { status: 503, body: {} } });
  await page.reload();
  await expect(page.getByText(NO_ANSWER)).toBeVisible();
  await page.goto('about:blank');
  await network.stop();
});

test('words that can’t be had in the reader’s language come in English', async ({ network, newDevice, guards }) => {
  guards.allowStatus(500, '/i18n/ro.json');
  network.when('GET', '/i18n/ro.json', { answer: { status: 500, body: {} } });
  const page = await (await newDevice({ locale: 'ro-RO' })).newPage();
  await page.goto(`${network.url}/ride`);
  await expect(page.getByRole('heading', { name: RIDE })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('what is kept is the shell, whatever was looked at: no reply of the API, and not who serves it', async ({ hostPages, page, town, api }) => {
  const host = await underWorker(page, hostPages);
  const order = await town.order({ status: 'delivered' });
  await keep(page, host.url, { address: town.home }, order.customer);
  await signIn(page, api, order.customer, host.url);
  for (const where of ['/eat', `/eat/restaurants/${order.restaurant.id}`, '/eat/orders', `/eat/orders/${order.id}`, '/eat/notices']) {
    await page.goto(host.url + where);
    await expect(page.getByRole('heading').first()).toBeVisible();
  }
  const kept = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]);
    return (await cache.keys()).map(({ url }) => new URL(url).pathname);
  });
  expect(kept).toContain('/eat.html');
  expect(kept).toContain('/js/eat/order.js');
  expect(kept.filter((one) => !/^\/((js|css|i18n)\/|vendor\/ui\.js$|img\/icons\.svg$|\w+\.html$)/.test(one))).toEqual([]);
});
