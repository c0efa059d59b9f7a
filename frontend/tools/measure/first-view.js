// What a page costs somebody who has never been there: bytes, requests, and whatever it must not do.

import { Guards } from '../../tests/browser/harness/guards.js';
import { PHONE, waitForStable } from '../../tests/browser/harness/screen.js';

/**
 * Loads a page in a browser of its own, and waits until it shows what it is for and everything is still.
 * @param {import('@playwright/test').Browser} browser
 * @param {import('../../tests/browser/harness/api.js').Api} api
 * @param {import('./views.js').View} view
 */
export async function firstView(browser, api, view) {
  // The service worker fetches the whole shell once the page is there.
  const context = await browser.newContext({ ...PHONE, locale: 'en-GB', serviceWorkers: 'block' });
  const guards = new Guards();
  guards.trust(api.url);
  await guards.watch(context);
  const page = await context.newPage();
  const address = await view.prepare({ page, api });
  const ended = [];
  page.on('requestfinished', (request) => void ended.push(request));
  page.on('requestfailed', (request) => void ended.push(request));
  await page.goto(api.url + address);
  await page.locator(view.there).first().waitFor();
  await waitForStable(page);
  await page.waitForLoadState('networkidle');
  const all = [];
  for (const request of [...ended]) all.push(await weigh(request));
  await guards.inspect(context);
  await context.close();
  const faults = guards.faults;
  return {
    bytes: sum(all.map(({ bytes }) => bytes)),
    scriptBytes: sum(all.filter(({ type }) => type === 'script').map(({ body }) => body)),
    requests: all.length,
    all,
    elsewhere: faults.filter((fault) => fault.startsWith('request:')),
    broken: faults.filter((fault) => fault.startsWith('policy:')),
  };
}

/** A request, by what came over the wire. @param {import('@playwright/test').Request} request */
async function weigh(request) {
  const { responseBodySize: body, responseHeadersSize: headers } = await request.sizes();
  return { url: request.url(), type: request.resourceType(), body, bytes: body + headers };
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}
