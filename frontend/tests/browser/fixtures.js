// What every browser test begins with. One server for each worker, a square of its own for each test, and every page watched.
//
//   import { expect, test } from './fixtures.js';
//
//   test('a customer sees what they ordered', async ({ town, page, signIn }) => {
//     const order = await town.order({ status: 'ready' });
//     await signIn(page, order.customer);
//     await page.goto(`/eat/orders/${order.id}`);
//     await expect(page.getByText(order.number)).toBeVisible();
//   });

import { rm } from 'node:fs/promises';

import { test as base, expect } from '@playwright/test';

import { Api, anEmail } from './harness/api.js';
import { Glances } from './harness/glances.js';
import { Guards } from './harness/guards.js';
import { Proxy } from './harness/proxy.js';
import { StaticHost } from './harness/static-host.js';
import { keep, signIn } from './harness/storage.js';
import { Tiffin, copyPages } from './harness/tiffin.js';
import { Town } from './harness/town.js';

export { expect };

/**
 * Options, for `test.use`: `server` as `Tiffin.start` takes it (a worker of its own for each), and `via`: `network` for pages that
 * are loaded through the proxy; `comesBack`: whether somebody comes back to the pages after each change (harness/glances.js).
 */
export const test = base.extend({
  server: [{}, { option: true, scope: 'worker' }],
  via: ['nothing', { option: true }],
  comesBack: [true, { option: true }],

  /** The program, once for each worker. */
  sharedTiffin: [
    async ({ server }, use) => {
      const tiffin = await Tiffin.start(server);
      await use(tiffin);
      await tiffin.stop();
    },
    { scope: 'worker' },
  ],

  /** The same; where a test fails, with what it logged meanwhile. */
  tiffin: async ({ sharedTiffin }, use, testInfo) => {
    const mark = sharedTiffin.logMark;
    await use(sharedTiffin);
    if (testInfo.status !== testInfo.expectedStatus) attachLog(testInfo, sharedTiffin.logSince(mark));
  },

  /** Starts programs of a test's own, which it may restart. */
  launch: async ({ guards }, use, testInfo) => {
    const launched = [];
    await use(async (options) => {
      const tiffin = await Tiffin.start(options);
      launched.push(tiffin);
      guards.trust(tiffin.url);
      return tiffin;
    });
    for (const tiffin of launched) {
      if (testInfo.status !== testInfo.expectedStatus) attachLog(testInfo, tiffin.logSince(0));
      await tiffin.stop();
    }
  },

  /** Serves copies of the pages in place of the program's, each under a build of its own: `await hostPages('one')`. */
  hostPages: async ({ tiffin, guards }, use, testInfo) => {
    const hosts = [];
    await use(async (build) => {
      const folder = testInfo.outputPath(`pages-${hosts.length}`);
      await copyPages(folder);
      const host = await StaticHost.start(tiffin, folder, build);
      hosts.push(host);
      guards.trust(host.url);
      return host;
    });
    for (const host of hosts) {
      await host.stop();
      await rm(host.folder, { recursive: true });
    }
  },

  /** The API, beside the pages. */
  api: async ({ tiffin, glances }, use) => use(new Api(tiffin.url, () => glances.changed())),

  /** Somebody who runs Tiffin. */
  admin: async ({ tiffin, api }, use) => {
    const email = anEmail('admin');
    await use(await api.register({ role: 'admin', name: 'Olga Admin', email, invitation: await tiffin.signed('invite-admin', email) }));
  },

  glances: async ({ comesBack }, use) => {
    const glances = new Glances(comesBack);
    await use(glances);
    glances.stop();
  },

  /** A square of this test's own. */
  town: async ({ api }, use) => use(new Town(api)),

  /** The network between pages and program, where pages are loaded from `network.url`. */
  network: async ({ tiffin, guards, glances }, use) => {
    const network = await Proxy.start(tiffin.port, () => glances.changed());
    guards.trust(network.url);
    await use(network);
    await network.stop();
  },

  baseURL: async ({ via, tiffin, network }, use) => use(via === 'network' ? network.url : tiffin.url),

  /** What no page may do; a test says here what it brings about itself. */
  guards: [
    async ({}, use) => {
      const guards = new Guards();
      await use(guards);
      expect(guards.faults, 'what no page may do').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, guards, glances, baseURL }, use) => {
    guards.trust(baseURL);
    await guards.watch(context);
    glances.watch(context);
    await use(context);
    glances.stop();
    await guards.inspect(context);
  },

  /** Further browsers, each a profile of its own; options as for `browser.newContext`. */
  newDevice: async ({ browser, guards, glances, baseURL, viewport, colorScheme, locale, timezoneId }, use) => {
    const devices = [];
    guards.trust(baseURL);
    await use(async (options) => {
      const context = await browser.newContext({ viewport, colorScheme, locale, timezoneId, baseURL, ...options });
      devices.push(context);
      await guards.watch(context);
      glances.watch(context);
      return context;
    });
    for (const context of devices) {
      await guards.inspect(context);
      await context.close();
    }
  },

  /** Signs somebody in before their page is loaded: `signIn(page, customer)`; with what is kept for them: `{ address, bag }`. */
  signIn: async ({ api, baseURL }, use) => {
    await use(async (page, who, things = {}) => {
      await keep(page, baseURL, things, who);
      return signIn(page, api, who, baseURL);
    });
  },

  /** Keeps things for the guest, or for somebody, before the page is loaded: `keep(page, { address: town.home })`. */
  keep: async ({ baseURL }, use) => use((page, things, who) => keep(page, baseURL, things, who)),
});

function attachLog(testInfo, log) {
  if (!log) return;
  testInfo.attachments.push({ name: 'tiffin.log', contentType: 'text/plain', body: Buffer.from(log) });
  console.error(`tiffin logged meanwhile:\n${log}`);
}
