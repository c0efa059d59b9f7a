// An order is followed over everything that a network does; and an order that is called off is called off once.

import { expect, test } from './fixtures.js';
import { ORDER } from './harness/checkout.js';
import { EatPage } from './harness/eat-page.js';
import { tier } from './harness/tiers.js';

const CANCEL = /\/cancel$/;
const PATIENCE_S = 4;
const FRESH = /^Updated [0-3] s ago$/;
const answer = (status, code, headers = {}) => ({ answer: { status, headers, body: { type: `/problems/${code}`, title: code, detail: code, status, code } } });
const FAILED = answer(500, 'internal');
const BUSY = answer(429, 'too-many-requests', { 'retry-after': String(PATIENCE_S) });
const NONSENSE = { requestHeaders: { authorization: 'Bearer nonsense' } };

test.use({ via: 'network', comesBack: false });

test.beforeEach(({ guards }) => {
  guards.allowNetworkErrors();
  for (const status of [401, 409, 429, 500]) guards.allowStatus(status, /^\/v1\/orders\//);
});

/** The page of an order that waits for its restaurant, after something has happened to the first look at it. */
async function followed({ page, town, signIn, network }, first) {
  const order = await town.order({ status: 'paid' });
  await signIn(page, order.customer, { address: town.home });
  const eat = new EatPage(page);
  const rule = first && network.when('GET', ORDER, { times: 1, ...first });
  await eat.order(order);
  await rule?.came();
  if (!first) await expect(eat.title).toHaveText('Waiting for La Mama');
  return { order, eat, rule, fresh: page.getByText(FRESH) };
}

for (const [what, effect, words] of [
  ['the server fails', FAILED, 'Something went wrong at Tiffin.'],
  ['it is too much at once', BUSY, 'Too much at once.'],
  ['no answer comes', { stall: true }, 'That took too long.'],
  ['nobody answers', { refuse: true }, 'Tiffin does not answer.'],
]) {
  test(`an order that can’t be seen at first comes by itself: ${what}`, tier(effect === FAILED), async ({ page, town, signIn, network }) => {
    const { eat } = await followed({ page, town, signIn, network }, effect);
    await expect(page.getByRole('alert')).toContainText(words);
    await expect(page.getByRole('alert').getByRole('button', { name: 'Try again' })).toBeVisible();
    await expect(eat.title).toHaveText('Waiting for La Mama');
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
}

test('an order that was seen and is not there any more is not shown as if it were', async ({ page, town, signIn, network, guards }) => {
  guards.allowStatus(404, ORDER);
  const { eat, order } = await followed({ page, town, signIn, network });
  const gone = network.when('GET', ORDER, { ...answer(404, 'not-found'), times: 1 });
  await gone.came();
  await expect(page.getByRole('heading', { name: 'This order is not there any more' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Waiting for La Mama' })).toHaveCount(0);
  await expect(page.getByText(FRESH)).toHaveCount(0);
  await page.getByRole('link', { name: 'To your orders' }).click();
  // It is, for whoever looks again.
  await page.locator(`a[href="/eat/orders/${order.id}"]`).click();
  await expect(eat.title).toHaveText('Waiting for La Mama');
});

test('an order is followed where the token had ended, and nobody notices', async ({ page, town, signIn, network }) => {
  const { eat, order } = await followed({ page, town, signIn, network }, NONSENSE);
  await expect(eat.title).toHaveText('Waiting for La Mama');
  const again = network.when('GET', ORDER, { ...NONSENSE, times: 1 });
  await again.came();
  await order.bringTo('accepted');
  await expect(eat.title).toHaveText('La Mama is cooking');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const [what, effect] of [['fails', FAILED], ['is silent', { stall: true }], ['can’t be reached', { refuse: true }]]) {
  test(`while the server ${what}, what was known stays with its age; then it goes on`, tier(effect === FAILED), async ({ page, town, signIn, network }) => {
    const { eat, order, fresh } = await followed({ page, town, signIn, network });
    const away = network.when('GET', ORDER, effect);
    await away.came();
    await order.bringTo('accepted');
    await expect(page.getByText(/^Updated ([5-9]|\d\d) s ago$/)).toBeVisible();
    await expect(eat.title).toHaveText('Waiting for La Mama');
    away.remove();
    await expect(eat.title).toHaveText('La Mama is cooking');
    await expect(fresh).toBeVisible();
  });
}

test('nobody asks sooner than the server wants', async ({ page, town, signIn, network }) => {
  const { eat, order } = await followed({ page, town, signIn, network });
  const busy = network.when('GET', ORDER, { ...BUSY, times: 1 });
  const { at } = await busy.came();
  const next = network.when('GET', ORDER);
  await order.bringTo('accepted');
  expect((await next.came()).at - at).toBeGreaterThan(PATIENCE_S * 1_000 - 50);
  await expect(eat.title).toHaveText('La Mama is cooking');
});

test('without a network it says so, and is up to date as soon as there is one', async ({ page, context, town, signIn, network }) => {
  const { eat, order, fresh } = await followed({ page, town, signIn, network });
  await network.refuse();
  await context.setOffline(true);
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await order.bringTo('accepted');
  await network.accept();
  await context.setOffline(false);
  await expect(eat.title).toHaveText('La Mama is cooking');
  await expect(fresh).toBeVisible();
});

test('an order that is over is asked for no more', async ({ page, town, signIn, network }) => {
  const { eat, order } = await followed({ page, town, signIn, network });
  await order.reject();
  await expect(eat.title).toHaveText("La Mama can't take your order");
  await expect(eat.says('You were not charged.')).toBeVisible();
  const asked = network.requestsOf('GET', ORDER).length;
  // The badge of notices goes on: two of its looks are longer than one of the order's.
  const looks = network.when('GET', '/v1/notifications');
  await looks.came(2);
  expect(network.requestsOf('GET', ORDER).length).toBe(asked);
});

test.describe('an order that is called off', () => {
  /** Presses, with something happening to the request. */
  async function cancelled({ page, town, signIn, network }, effect) {
    const { eat, order } = await followed({ page, town, signIn, network });
    await eat.button('Cancel the order').click();
    const sheet = eat.sheet('Cancel your order?');
    const rule = network.when('POST', CANCEL, { times: 1, ...effect });
    const press = () => sheet.getByRole('button', { name: 'Cancel the order' }).click();
    return { eat, order, sheet, rule, press };
  }

  test('and whose answer is lost is the same one when it is pressed again', async ({ page, town, signIn, network }) => {
    const { eat, order, sheet, press } = await cancelled({ page, town, signIn, network }, { refuse: true });
    await press();
    await expect(sheet.getByRole('alert')).toContainText('It is not certain whether that arrived.');
    await press();
    await expect(eat.title).toHaveText('Your order was cancelled');
    const keys = network.requestsOf('POST', CANCEL).map(({ headers }) => headers['idempotency-key']);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
    expect((await order.now()).status).toBe('cancelled');
  });

  test('in the moment in which it is accepted says that it is too late', async ({ page, town, signIn, network }) => {
    const { eat, order, sheet, press } = await cancelled({ page, town, signIn, network }, {});
    const looks = network.when('GET', ORDER, { hold: true });
    await looks.came();
    await order.bringTo('accepted');
    await press();
    looks.release();
    await expect(sheet.getByRole('alert')).toContainText('La Mama has accepted the order in the meantime.');
    await expect(sheet.getByRole('button', { name: 'Cancel the order' })).toHaveCount(0);
    await sheet.locator('footer').getByRole('button', { name: 'Close' }).click();
    await expect(eat.title).toHaveText('La Mama is cooking');
  });
});
