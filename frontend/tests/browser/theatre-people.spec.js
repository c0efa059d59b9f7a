// Who is who in the theatre: its three people, three others beside them, and what may sign them in. And what becomes of it all
// while the server is gone.

import { expect, test } from './fixtures.js';
import { BLANK, serveBlank } from './harness/blank.js';
import { TheatrePage, clearTable, sceneOf } from './harness/theatre-page.js';
import { LONG } from './harness/tiers.js';

const ORDERS = '/v1/orders';
const SESSIONS = '/_tiffin/sessions';
const GONE = 'Tiffin does not answer. The theatre goes on by itself as soon as it does.';
const ROLES = ['customer', 'merchant', 'courier'];

test.use({ via: 'network' });
test.beforeEach(({ tiffin }) => clearTable(tiffin));

/** Whom a tab has asked the API as, by the page that asked: `{ '/eat': ['usr_…'] }`. */
function callers(tab) {
  const asked = new Map();
  tab.on('request', (request) => {
    const { authorization } = request.headers();
    if (!authorization) return;
    const { sub } = JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url').toString());
    const page = `/${new URL(request.frame().url()).pathname.split('/')[1]}`;
    asked.set(page, (asked.get(page) ?? new Set()).add(sub));
  });
  return () => Object.fromEntries([...asked].map(([page, ids]) => [page, [...ids]]));
}

/** Asks for a session as a page of an origin would; what came, or `refused` where the browser let nothing through. */
function askForSession(page, url, { type = 'application/json', body = { who: 'customer' } } = {}) {
  return page.evaluate(async ([to, contentType, what]) => {
    try {
      const init = { method: 'POST', headers: { 'content-type': contentType }, body: JSON.stringify(what) };
      const reply = await fetch(`${to}/_tiffin/sessions`, init);
      return reply.status;
    } catch {
      return 'refused';
    }
  }, [url, type, body]);
}

test('the theatre’s people play in it, three others beside it, and nothing is mixed', async ({ page, context, town, tiffin, signIn }) => {
  const { people, restaurant } = await sceneOf(tiffin);
  const theatre = new TheatrePage(page);
  const inTheatre = callers(page);
  await theatre.goto();
  const [customer, shop, courier] = [await town.customer({ name: 'Sofia Marin' }), await town.restaurant({ name: 'La Mama' }), await town.courier({ name: 'Mihai Popa' })];
  const order = await town.order({ status: 'assigned', customer, restaurant: shop, courier });
  const beside = [
    { path: '/eat', at: '/eat/orders', who: customer, shows: 'Sour soup' },
    { path: '/kitchen', at: '/kitchen', who: shop.owner, shows: 'La Mama' },
    { path: '/ride', at: '/ride', who: courier, shows: 'Pick up at La Mama' },
  ];
  for (const one of beside) {
    one.tab = await context.newPage();
    one.asked = callers(one.tab);
    await signIn(one.tab, one.who, { address: town.home });
    await one.tab.goto(one.at);
  }

  const theatres = { '/demo': [people.customer.user_id], '/eat': [people.customer.user_id], '/kitchen': [people.merchant.user_id], '/ride': [people.courier.user_id] };
  const expectApart = async () => {
    for (const { tab, shows } of beside) await expect(tab.getByText(shows).first()).toBeVisible();
    await expect(theatre.frame('customer').getByText(`What are you hungry for, ${people.customer.name.split(' ')[0]}?`)).toBeVisible();
    await expect(theatre.frame('merchant').getByRole('heading', { level: 1 })).toContainText(restaurant.name);
    for (const { asked, path, who } of beside) expect(asked()).toEqual({ [path]: [who.id] });
    await expect.poll(inTheatre).toEqual(theatres);
  };
  await expectApart();
  for (const tab of [page, ...beside.map((one) => one.tab)]) await tab.reload();
  await theatre.begun();
  await expectApart();

  // Somebody who signs out beside the theatre leaves it as it is.
  const ride = beside[2].tab;
  await ride.getByRole('button', { name: 'Account' }).click();
  await ride.getByRole('button', { name: 'Sign out' }).click();
  await expect(ride.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
  await order.bringTo('picked_up');
  await expect(theatre.frame('courier').getByRole('heading', { name: 'You are off duty' })).toBeVisible();
  await theatre.order.click();
  await expect(theatre.frame('merchant').getByRole('button', { name: /^Accept / })).toBeVisible();
  expect(inTheatre()).toEqual(theatres);
  await expect(beside[1].tab.getByRole('button', { name: /^Accept / })).toHaveCount(0);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(kept).not.toContain(`tiffin:session:${courier.id}`);
  for (const id of [customer.id, shop.owner.id, ...ROLES.map((role) => people[role].user_id)]) expect(kept).toContain(`tiffin:session:${id}`);
});

test('what was ordered is still under way in a theatre that is loaded anew', async ({ page, network, tiffin }) => {
  const theatre = new TheatrePage(page);
  await theatre.goto();
  await theatre.order.click();
  const accept = theatre.frame('merchant').getByRole('button', { name: /^Accept / }).last();
  await expect(accept).toBeVisible();
  const sessions = network.requestsOf('POST', SESSIONS).length;
  await page.reload();
  await theatre.begun();
  await expect(theatre.onItsWay).toBeVisible();
  await expect(accept).toBeVisible();
  // Pressed again it shows what is under way, and orders nothing.
  await theatre.onItsWay.click();
  await expect(theatre.frame('customer').getByRole('heading', { name: 'Waiting for Pizzeria Al Teatro' })).toBeVisible();
  expect(network.requestsOf('POST', ORDERS)).toHaveLength(1);
  // Whoever was signed in stays so.
  expect(network.requestsOf('POST', SESSIONS)).toHaveLength(sessions);
  expect((await sceneOf(tiffin)).restaurant.name).toBe('Pizzeria Al Teatro');
  await theatre.press('merchant', theatre.frame('merchant').getByRole('button', { name: /^Reject / }).last());
  await theatre.press('merchant', theatre.frame('merchant').getByRole('button', { name: 'We are about to close.' }));
  await theatre.press('merchant', theatre.frame('merchant').getByRole('dialog').getByRole('button', { name: /^Reject / }));
  await expect(theatre.next).toHaveText('That one did not make it. Try another?');
});

test('dinner whose reply was lost is ordered once, however often it is pressed', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  const theatre = new TheatrePage(page);
  await theatre.goto();
  const lost = network.when('POST', ORDERS, { swallow: true, times: 1 });
  // It goes away again after some seconds: it is looked for from the beginning.
  const told = expect(page.locator('.toast')).toBeVisible();
  await theatre.order.dblclick();
  await lost.came();
  await told;
  const pressed = theatre.order.or(theatre.onItsWay);
  await pressed.click();
  await expect(theatre.onItsWay).toBeVisible();
  const keys = network.requestsOf('POST', ORDERS).map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(1);
  await expect(theatre.frame('merchant').getByRole('button', { name: /^Accept / })).not.toHaveCount(0);
});

test('a theatre whose server is gone says so, and goes on as soon as it is back', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  const theatre = new TheatrePage(page);
  await theatre.goto();
  const expectSame = await theatre.holdDocuments();
  await network.refuse();
  await expect(theatre.trouble).toHaveText(GONE);
  await network.accept();
  await expect(theatre.trouble).toHaveCount(0);
  for (const role of ['merchant', 'courier']) await expect(theatre.frame(role).getByText(/^Updated [0-3] s ago$/)).toBeVisible();
  await theatre.order.click();
  await expect(theatre.onItsWay).toBeVisible();
  await expectSame();
});

/** How long the theatre may take to find its people in a city that was built anew. */
const FOUND_AGAIN_MS = 45_000;

test('a theatre whose server was started anew plays on', LONG, async ({ page, launch, guards }) => {
  guards.allowNetworkErrors();
  guards.allowStatus(401);
  const tiffin = await launch();
  const theatre = new TheatrePage(page);
  await theatre.goto(tiffin.url);
  const before = await sceneOf(tiffin);
  await tiffin.restart();
  await theatre.order.click();
  await expect(theatre.onItsWay).toBeVisible();
  await expect(theatre.trouble).toHaveCount(0);
  expect((await sceneOf(tiffin)).people).toEqual(before.people);
});

test('a theatre whose server has another city plays on in that one', async ({ page, launch, guards }) => {
  guards.allowNetworkErrors();
  guards.allowStatus(401);
  // The customer's phone may ask for its order before the theatre has noticed.
  guards.allowStatus(404, /^\/v1\/orders\/ord_/);
  const tiffin = await launch();
  const theatre = new TheatrePage(page);
  await theatre.goto(tiffin.url);
  await theatre.order.click();
  await expect(theatre.onItsWay).toBeVisible();
  await tiffin.restart({ flags: ['--fresh'] });
  await expect(theatre.order).toBeVisible({ timeout: FOUND_AGAIN_MS });
  await theatre.begun();
  await theatre.order.click();
  await expect(theatre.onItsWay).toBeVisible();
  await expect(theatre.frame('merchant').getByRole('button', { name: /^Accept / })).toBeVisible();
  await expect(theatre.frame('courier').getByRole('heading', { name: 'You are off duty' })).toBeVisible();
  for (const role of ROLES) await expect(theatre.frame(role).getByRole('dialog')).toHaveCount(0);
});

test('only pages of the very server are given its people', async ({ page, context, tiffin, network, guards }) => {
  guards.allowNetworkErrors();
  guards.allowStatus(403, SESSIONS);
  guards.allowStatus(400, SESSIONS);
  guards.allowStatus(415, SESSIONS);
  guards.allowError(/CORS policy/);
  for (const url of [tiffin.url, tiffin.url.replace('localhost', '127.0.0.1')]) guards.trust(url);
  // As pages of anybody: no policy of ours holds them back.
  await serveBlank(context);
  await page.goto(network.url + BLANK);
  expect(await askForSession(page, network.url)).toBe(201);
  expect(await askForSession(page, network.url, { body: { who: 'admin' } })).toBe(400);
  expect(await askForSession(page, network.url, { type: 'text/plain' })).toBeGreaterThanOrEqual(400);
  // Another origin: another port of this machine, and the machine by another name.
  expect(await askForSession(page, tiffin.url)).toBe('refused');
  expect(await askForSession(page, tiffin.url, { type: 'text/plain' })).toBe('refused');
  const byNumber = await context.newPage();
  await byNumber.goto(tiffin.url.replace('localhost', '127.0.0.1') + BLANK);
  expect(await askForSession(byNumber, tiffin.url)).toBe('refused');
  expect(await askForSession(byNumber, '')).toBe(201);
});

test('a theatre that may not play says so', async ({ page, network, guards }) => {
  guards.allowStatus(403, SESSIONS);
  network.when('POST', SESSIONS, { requestHeaders: { host: 'tiffin.example' } });
  await page.goto('/demo');
  await expect(page.getByRole('alert')).toHaveText('The theatre plays only on the machine it runs on, at localhost.');
  await expect(page.getByRole('button', { name: 'Order dinner for me' })).toHaveAttribute('aria-disabled', 'true');
});
