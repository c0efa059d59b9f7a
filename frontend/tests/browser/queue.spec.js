// A courier's steps without a signal: kept, sent in order, once each, and never under another account.
//
// There is no network for the API alone (`/v1/`): pages that are loaded anew come as if from the shell that a browser keeps.

import { expect, test } from './fixtures.js';
import { eventually } from './harness/api.js';
import { RidePage } from './harness/ride-page.js';
import { PHONE } from './harness/screen.js';
import { everythingKept } from './harness/storage.js';
import { tier } from './harness/tiers.js';

const API = /^\/v1\//;
const DELIVERIES = '/v1/deliveries';
const ACCEPT = /^\/v1\/deliveries\/[^/]+\/accept$/;
const PICK_UP = /^\/v1\/deliveries\/[^/]+\/pick-up$/;
const COMPLETE = /^\/v1\/deliveries\/[^/]+\/complete$/;
const STEP = /^\/v1\/deliveries\/[^/]+\/(pick-up|complete)$/;

test.use({ via: 'network', comesBack: false, ...PHONE });
test.beforeEach(({ guards }) => guards.allowNetworkErrors());

/** A courier with an order that is to be picked up, in so many tabs of one browser. */
async function carrying({ context, page, town, signIn }, tabs = 1) {
  const courier = await town.courier();
  const order = await town.order({ status: 'assigned', courier });
  await signIn(page, courier);
  const pages = [page];
  while (pages.length < tabs) pages.push(await context.newPage());
  const rides = pages.map((one) => new RidePage(one));
  for (const ride of rides) {
    await ride.goto();
    await expect(ride.step(order, 'Picked up')).toBeVisible();
  }
  return { courier, order, rides };
}

/** The keys of the steps that wait in this browser, oldest first. */
async function keysKept(page, courier) {
  const text = await page.evaluate((id) => localStorage.getItem(`tiffin:queue:${id}`), courier.id);
  return JSON.parse(text).data.map(({ key }) => key);
}

/** The requests that came through to the program. */
function through(network, path) {
  return network.requestsOf('POST', path).filter(({ status }) => status !== undefined);
}

const keysOf = (requests) => [...new Set(requests.map(({ headers }) => headers['idempotency-key']))];

test('steps without a signal outlive a reload, and go out in order, once each, with the keys of when they were pressed', async ({ page, context, town, signIn, network }) => {
  const { courier, order, rides } = await carrying({ context, page, town, signIn }, 2);
  const [first, second] = rides;
  const gone = network.when('*', API, { refuse: true });
  await first.step(order, 'Picked up').click();
  for (const ride of rides) {
    await expect(ride.task(order)).toContainText('Bring it to the customer');
    await expect(ride.task(order)).toContainText('Waiting to be sent');
    await expect(ride.waiting).toHaveText(/^1 step is/);
  }
  await page.reload();
  await expect(first.task(order)).toContainText('Strada Lungă 7');
  await second.step(order, 'Delivered').click();
  for (const ride of rides) {
    await expect(ride.task(order)).toContainText('Delivered, on its way to Tiffin');
    await expect(ride.waiting).toHaveText(/^2 steps are/);
    await expect(ride.task(order).getByRole('button')).toHaveCount(0);
  }
  const keys = await keysKept(page, courier);
  expect(keys).toHaveLength(2);

  // What waits is waiting until the reply is there.
  const held = network.when('POST', PICK_UP, { hold: true });
  gone.remove();
  await held.came();
  for (const ride of rides) await expect(ride.waiting).toHaveText(/^2 steps are/);
  held.release();
  for (const ride of rides) {
    await expect(ride.waiting).toHaveCount(0);
    await expect(ride.looking).toBeVisible();
  }
  await order.until('delivered');
  const sent = through(network, STEP);
  expect(sent.map(({ path, status }) => `${path.split('/').at(-1)} ${status}`)).toEqual(['pick-up 200', 'complete 200']);
  expect(keysOf(sent)).toEqual(keys);
  expect(keysOf(network.requestsOf('POST', STEP))).toEqual(keys);
});

test('what is called off before the page hears of its deliveries again is told', async ({ page, town, signIn, network }) => {
  const courier = await town.courier();
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  const order = await town.order({ courier });
  await expect(ride.offer).toBeVisible();
  const lists = network.when('GET', DELIVERIES, { refuse: true });
  await ride.accept(order);
  await eventually('reply', () => through(network, ACCEPT).length === 1);
  await order.cancel('Changed my mind', order.customer);
  lists.remove();
  await expect(page.getByRole('alert')).toContainText(`${ride.numberOf(order)} was called off`);
  await expect(ride.looking).toBeVisible();
});

test('a step whose reply was lost is sent again as the same request', async ({ page, context, town, signIn, network }) => {
  const { courier, order, rides: [ride] } = await carrying({ context, page, town, signIn });
  const lost = network.when('POST', PICK_UP, { swallow: true, times: 1 });
  await ride.step(order, 'Picked up').click();
  await lost.came();
  await expect(ride.waiting).toHaveCount(0);
  await ride.step(order, 'Delivered').click();
  await order.until('delivered');
  await expect(ride.looking).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  const [once, again, ...more] = network.requestsOf('POST', PICK_UP);
  expect(again.headers['idempotency-key']).toBe(once.headers['idempotency-key']);
  expect(again.body).toEqual(once.body);
  expect(more).toEqual([]);
  expect(await keysKept(page, courier)).toEqual([]);
});

for (const [why, answer, waits] of [
  ['was too busy for it', { status: 409, body: { code: 'conflict', status: 409, title: 'Conflict', detail: 'Send it again.' } }, false],
  ['asked for patience', { status: 429, headers: { 'retry-after': '3' }, body: { code: 'too-many-requests', status: 429 } }, true],
  ['failed', { status: 500, body: { code: 'internal', status: 500 } }, false],
]) {
  test(`a step goes out again where the server ${why}`, tier(answer.status !== 409), async ({ page, context, town, signIn, network, guards }) => {
    guards.allowStatus(answer.status, PICK_UP);
    const { order, rides: [ride] } = await carrying({ context, page, town, signIn });
    network.when('POST', PICK_UP, { answer, times: 1 });
    await ride.step(order, 'Picked up').click();
    await order.until('picked_up');
    await expect(ride.waiting).toHaveCount(0);
    await expect(ride.step(order, 'Delivered')).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    const [once, again] = network.requestsOf('POST', PICK_UP);
    expect(keysOf([once, again])).toHaveLength(1);
    if (waits) expect(again.at - once.at).toBeGreaterThan(2_900);
  });
}

test('where the order has ended meanwhile every tab says so, and what followed is not sent', async ({ page, context, town, signIn, network, guards }) => {
  guards.allowStatus(409, PICK_UP);
  const { courier, order, rides } = await carrying({ context, page, town, signIn }, 2);
  const gone = network.when('*', API, { refuse: true });
  await rides[0].step(order, 'Picked up').click();
  await rides[0].step(order, 'Delivered').click();
  await expect(rides[1].waiting).toHaveText(/^2 steps are/);
  await order.cancel('Out of gas', order.restaurant.owner);
  await eventually('delivery that is called off', async () => {
    const { items } = await town.api.get(DELIVERIES, { as: courier });
    return items.some(({ id, state }) => id === order.deliveryId && state === 'cancelled');
  });
  gone.remove();
  for (const ride of rides) {
    const told = ride.page.getByRole('alert').filter({ hasText: ride.numberOf(order) });
    await expect(told).toContainText('was called off');
    await expect(ride.looking).toBeVisible();
    await expect(ride.task(order)).toHaveCount(0);
    await expect(ride.waiting).toHaveCount(0);
  }
  expect(through(network, STEP).map(({ path, status }) => `${path.split('/').at(-1)} ${status}`)).toEqual(['pick-up 409']);
  await rides[1].button('Understood').click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('signing out with steps unsent warns before, and nothing goes out under another account', async ({ page, context, town, signIn, network }) => {
  const { courier, order, rides: [ride] } = await carrying({ context, page, town, signIn });
  const next = await town.courier({ online: false, name: 'Mihai Popa' });
  await ride.button('Account').click();
  const sheet = page.getByRole('dialog', { name: 'Account' });
  await expect(sheet.getByRole('button', { name: 'Sign out', exact: true })).toBeVisible();
  await expect(sheet.getByRole('alert')).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Close' }).click();

  const gone = network.when('*', API, { refuse: true });
  await ride.step(order, 'Picked up').click();
  await expect(ride.waiting).toHaveText(/^1 step is/);
  await ride.button('Account').click();
  await expect(sheet.getByRole('alert')).toContainText('1 step is still waiting to be sent.');
  await sheet.getByRole('button', { name: 'Sign out all the same' }).click();
  await expect(page.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
  expect(await everythingKept(page)).not.toContain(courier.id);

  gone.remove();
  await ride.signIn(next);
  await expect(ride.offDuty).toBeVisible();
  await expect(ride.waiting).toHaveCount(0);
  expect(through(network, STEP)).toEqual([]);
  expect((await order.now()).status).toBe('ready');
});
