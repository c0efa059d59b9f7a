// Access tokens that end after ten seconds: renewed in time, by one tab at a time, and nobody notices.

import { expect, test } from './fixtures.js';
import { PASSWORD, eventually } from './harness/api.js';
import { freeze } from './harness/circumstances.js';
import { EatPage } from './harness/eat-page.js';
import { RidePage } from './harness/ride-page.js';
import { LONG } from './harness/tiers.js';

const REFRESH = '/v1/sessions/refresh';
const DELIVERIES = '/v1/deliveries';
/** The longest that any request takes; the longest that a tab waits for another's. */
const REQUEST_MS = 10_000;
const OTHERS_MS = 12_000;
const NEW_PASSWORD = 'battery staple horse';

test.use({ via: 'network', server: { env: { TIFFIN_USERS_ACCESS_TOKEN_S: '10' } } });

/** The courier's page in so many tabs of one browser. */
async function tabs({ context, page, town, signIn }, count) {
  const courier = await town.courier();
  await signIn(page, courier);
  const all = [new RidePage(page)];
  while (all.length < count) all.push(new RidePage(await context.newPage()));
  for (const ride of all) {
    await ride.goto();
    await expect(ride.looking).toBeVisible();
  }
  return { courier, all };
}

const refreshes = (network) => network.requestsOf('POST', REFRESH);

/** The requests to any address under the API that were answered like this since a moment. */
function answered(network, status, since = 0) {
  return network.requests.filter((seen) => seen.at >= since && seen.status === status);
}

/** The next answer that a tab has to what it asks for again and again. */
function nextAnswer({ page }) {
  return page.waitForResponse((reply) => new URL(reply.url()).pathname === DELIVERIES && [200, 304].includes(reply.status()));
}

/** Tokens that pages were given, of every kind. */
function collectTokens(context) {
  const tokens = [];
  context.on('response', async (reply) => {
    if (reply.request().method() !== 'POST' || !/\/sessions/.test(reply.url()) || !reply.ok()) return;
    const { access_token: access, refresh_token: refresh } = await reply.json();
    tokens.push(access, refresh);
  });
  return tokens;
}

/** Nobody was asked to sign in. */
async function expectSignedIn(all) {
  for (const ride of all) {
    await expect(ride.looking).toBeVisible();
    await expect(ride.page.getByRole('dialog')).toHaveCount(0);
  }
}

test('a token is renewed before it ends, stands in no address, and nobody notices', LONG, async ({ page, context, town, signIn, network }) => {
  const tokens = collectTokens(context);
  const addresses = [];
  context.on('request', (request) => addresses.push(request.url(), request.headers().referer ?? ''));
  const { courier, all: [ride] } = await tabs({ page, context, town, signIn }, 1);
  await eventually('third token', async () => answered(network, 200).filter(({ path }) => path === REFRESH).length >= 3);
  const order = await town.order({ courier });
  await ride.accept(order);
  expect(answered(network, 401)).toEqual([]);
  expect(tokens.length).toBeGreaterThanOrEqual(6);
  addresses.push(page.url(), ...network.requests.map(({ path }) => path));
  for (const token of tokens) expect(addresses.filter((one) => one.includes(token))).toEqual([]);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, document.cookie, document.body.innerHTML]));
  for (const access of tokens.filter((_, index) => index % 2 === 0)) expect(kept).not.toContain(access);
});

test('a token that is refused before its time is renewed once, and what was asked is asked again', async ({ page, context, town, signIn, network, guards }) => {
  guards.allowStatus(401, DELIVERIES);
  // The first that the page asks, right after its first token: no other renewal is due.
  const refused = network.when('GET', DELIVERIES, { requestHeaders: { authorization: 'Bearer nonsense' }, times: 1 });
  const { courier, all } = await tabs({ page, context, town, signIn }, 1);
  const { at } = await refused.came();
  await town.order({ courier });
  await expect(all[0].offer).toBeVisible();
  expect(answered(network, 401, at)).toHaveLength(1);
  // Another request may have shown the offer by then, with the token that only one was refused with.
  await eventually('renewal', async () => refreshes(network).some((seen) => seen.at > at));
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('two tabs renew one after the other, and both go on', async ({ page, context, town, signIn, network }) => {
  const { all } = await tabs({ page, context, town, signIn }, 2);
  const held = network.when('POST', REFRESH, { hold: true, times: 1 });
  const first = await held.came();
  // Whatever the other tab needs meanwhile: it does not renew at the same time.
  const others = network.when('POST', REFRESH);
  const begun = network.requests.length;
  await eventually('request of the tab that has a token still, or its end', async () => network.requests.length > begun || performance.now() - first.at > REQUEST_MS / 4);
  expect(others.seen).toEqual([]);
  held.release();
  await others.came();
  await Promise.all(all.map(nextAnswer));
  await expectSignedIn(all);
});

test('where there are no locks two tabs renew at once, and both go on', LONG, async ({ page, context, town, signIn, network }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  const { all } = await tabs({ page, context, town, signIn }, 2);
  const held = network.when('POST', REFRESH, { hold: true });
  const [one, other] = [await held.came(1), await held.came(2)];
  expect(JSON.parse(one.body).refresh_token).toBe(JSON.parse(other.body).refresh_token);
  held.release();
  const renewed = () => answered(network, 200, other.at).filter(({ path }) => path === REFRESH).length;
  await eventually('token after the next', async () => renewed() >= 4);
  await expectSignedIn(all);
  expect(answered(network, 401)).toEqual([]);
});

test('a renewal that is never answered ends by itself, and keeps the other tab from nothing', async ({ page, context, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const { all } = await tabs({ page, context, town, signIn }, 2);
  const before = refreshes(network).length;
  const lost = network.when('POST', REFRESH, { stall: true, times: 1 });
  const { at } = await lost.came();
  const next = network.when('POST', REFRESH);
  await next.came();
  await Promise.any(all.map(nextAnswer));
  expect(performance.now() - at).toBeLessThan(OTHERS_MS);
  // The first tab goes on, too.
  await next.came(2);
  await Promise.all(all.map(nextAnswer));
  expect(refreshes(network).length - before).toBe(3);
  await expectSignedIn(all);
});

/** How a session ends elsewhere while it is renewed here, what is said of it, and how its person comes back. */
const ENDS = {
  'a new password': {
    end: ({ api, who }) => api.patch(`/v1/users/${who.id}`, { password: NEW_PASSWORD, current_password: PASSWORD }, { as: who }),
    says: 'Please sign in again',
    tells: 'Ana Pop, your session has ended.',
    back: ({ tab, who }) => new EatPage(tab).signIn({ ...who, password: NEW_PASSWORD }),
  },
  'a suspension': {
    tier: LONG,
    end: ({ api, who, admin }) => api.patch(`/v1/users/${who.id}`, { state: 'suspended' }, { as: admin }),
    says: 'Your account is suspended',
    tells: 'is signed out everywhere',
    back: async ({ api, tab, who, admin }) => {
      await api.patch(`/v1/users/${who.id}`, { state: 'active' }, { as: admin });
      await tab.getByRole('button', { name: 'Try again' }).click();
      await new EatPage(tab).signIn(who);
    },
  },
};

for (const [what, { tier = {}, end, says, tells, back }] of Object.entries(ENDS)) {
  test(`${what} while a renewal is never answered signs nobody out, and keeps no other tab waiting`, tier, async ({ page, context, town, signIn, api, admin, network, guards }) => {
    guards.allowNetworkErrors();
    for (const status of [401, 403]) guards.allowStatus(status, REFRESH);
    // Whether the account is there still, by a token that is over.
    guards.allowStatus(401, /^\/v1\/users\//);
    const order = await town.order({ status: 'paid' });
    const who = order.customer;
    const tabs = [page, await context.newPage()];
    await signIn(page, who, { address: town.home });
    for (const tab of tabs) {
      await tab.goto('/eat/orders');
      await expect(tab.getByRole('link', { name: /Waiting for La Mama/ })).toBeVisible();
    }
    const before = refreshes(network).length;
    const lost = network.when('POST', REFRESH, { stall: true, times: 1 });
    await end({ api, who, admin });
    const { at } = await lost.came();
    const dialogs = tabs.map((tab) => tab.getByRole('dialog', { name: says }));
    await Promise.any(dialogs.map((dialog) => expect(dialog).toBeVisible({ timeout: OTHERS_MS })));
    expect(performance.now() - at).toBeLessThan(OTHERS_MS);
    for (const dialog of dialogs) await expect(dialog).toContainText(tells);
    expect(refreshes(network).length - before).toBeLessThanOrEqual(3);

    await back({ api, tab: tabs[1], who, admin });
    await expect(dialogs[0]).toHaveCount(0);
    await order.accept();
    for (const tab of tabs) await expect(tab.getByRole('link', { name: /La Mama is cooking/ })).toBeVisible();
  });
}

test('a tab that is frozen while it renews keeps nobody from it, and spoils nothing when it wakes', LONG, async ({ page, context, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const { all: [first] } = await tabs({ page, context, town, signIn }, 1);
  const held = network.when('POST', REFRESH, { hold: true, times: 1 });
  await held.came();
  const wake = await freeze(page);
  const second = new RidePage(await context.newPage());
  const opened = performance.now();
  const asked = network.when('GET', DELIVERIES);
  await second.goto();
  await asked.came();
  await expect(second.looking).toBeVisible();
  expect(performance.now() - opened).toBeLessThan(OTHERS_MS + 5_000);
  // Meanwhile the second renews again and again; then the first wakes, with a reply that is old by then.
  const later = network.when('POST', REFRESH);
  await later.came(2);
  held.release();
  await wake();
  await expect(first.page.getByText(/^Updated [0-3] s ago$/)).toBeVisible();
  const since = network.requests.at(-1).at;
  await eventually('two more tokens', async () => answered(network, 200, since).filter(({ path }) => path === REFRESH).length >= 2);
  await expectSignedIn([first, second]);
  expect(answered(network, 401)).toEqual([]);
});
