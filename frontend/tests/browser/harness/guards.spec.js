import { expect, test } from '../fixtures.js';
import { BLANK, serveBlank } from './blank.js';
import { Guards } from './guards.js';

/** A context with guards of its own, which are expected to find something. */
async function guarded(browser, tiffin) {
  const guards = new Guards();
  guards.trust(tiffin.url);
  const context = await browser.newContext();
  await guards.watch(context);
  await serveBlank(context);
  const page = await context.newPage();
  const closed = async () => {
    await guards.inspect(context);
    await context.close();
    return guards.faults;
  };
  return { guards, page, closed };
}

test('find nothing where nothing is wrong', async ({ browser, tiffin }) => {
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(`${tiffin.url}/docs`);
  expect(await closed()).toEqual([]);
});

test('find what is written to the console as an error', async ({ browser, tiffin }) => {
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(tiffin.url + BLANK);
  await page.evaluate(() => console.error('mind the gap'));
  expect(await closed()).toEqual([expect.stringContaining('mind the gap')]);
});

test('find errors that nobody caught', async ({ browser, tiffin }) => {
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(tiffin.url + BLANK);
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error('dropped');
    });
    return new Promise((done) => addEventListener('error', done, { once: true }));
  });
  expect(await closed()).toEqual([expect.stringMatching(/page error: Error: dropped/)]);
});

test('find what the policy of a page forbids', async ({ browser, tiffin }) => {
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(`${tiffin.url}/docs`);
  await page.evaluate(() => {
    const seen = new Promise((done) => addEventListener('securitypolicyviolation', done, { once: true }));
    document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }));
    return seen;
  });
  const faults = await closed();
  expect(faults).toContainEqual(expect.stringMatching(/^policy: script-src/));
});

test('find requests to another origin', async ({ browser, tiffin, launch }) => {
  const other = await launch();
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(tiffin.url + BLANK);
  await page.goto(other.url + BLANK);
  expect(await closed()).toEqual([expect.stringMatching(/^request: GET to another origin/)]);
});

test('find replies of the API in a cache', async ({ browser, tiffin }) => {
  const { page, closed } = await guarded(browser, tiffin);
  await page.goto(tiffin.url + BLANK);
  await page.evaluate(async () => {
    const cache = await caches.open('shell');
    await cache.add('/healthz');
    await cache.put('/v1/restaurants', new Response('{}'));
  });
  expect(await closed()).toEqual([expect.stringMatching(/^cache: .*\/v1\/restaurants/)]);
});

test('let pass what a test brings about, and nothing else', async ({ browser, tiffin }) => {
  const { guards, page, closed } = await guarded(browser, tiffin);
  guards.allowStatus(404, '/v1/nothing');
  await page.goto(tiffin.url + BLANK);
  await page.evaluate(() => Promise.all([fetch('/v1/nothing'), fetch('/v1/something')]));
  expect(await closed()).toEqual([expect.stringMatching(/404.*\/v1\/something/)]);
});
