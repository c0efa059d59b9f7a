// What fails between a bag and a meal: at signing in, at the price, at the order. What fails on the way: tracking-faults.spec.js.
// Nothing typed is lost, and nothing happens twice.

import { expect, test } from './fixtures.js';
import { hideable } from './harness/circumstances.js';
import { ORDER, ORDERS, QUOTES, atCheckout, expectOneOrder, ordersOf } from './harness/checkout.js';
import { EatPage } from './harness/eat-page.js';
import { bagOf } from './harness/storage.js';
import { LONG, tier } from './harness/tiers.js';

const SESSIONS = '/v1/sessions';
const PATIENCE_S = 3;
const INTERNAL = problem(500, 'internal');
const TOO_MANY = { ...problem(429, 'too-many-requests'), headers: { 'retry-after': String(PATIENCE_S) } };
const NONSENSE = { requestHeaders: { authorization: 'Bearer nonsense' }, times: 1 };
/** A price that is asked for again after this long. */
const LIFE_MS = 5_000;

test.use({ via: 'network', comesBack: false });

test.beforeEach(({ guards }) => {
  guards.allowNetworkErrors();
  for (const status of [401, 429, 500]) guards.allowStatus(status, /^\/v1\/(orders|restaurants\/[^/]+\/quotes)/);
});

/** A refusal as the program words it. */
function problem(status, code, more = {}) {
  return { status, body: { type: `/problems/${code}`, title: code, detail: code, status, code, ...more } };
}

/** Fills in what may not be lost. */
async function fillIn(eat) {
  await eat.note.fill('No celery, please');
  await eat.phone.fill('+40 711 222 333');
}

async function expectFilledIn(eat) {
  await expect(eat.note).toHaveValue('No celery, please');
  await expect(eat.phone).toHaveValue('+40 711 222 333');
}

test.describe('signing in', () => {
  for (const [what, effect, words] of [
    ['the server failed', { answer: INTERNAL }, 'Something went wrong at Tiffin.'],
    ['it was too much at once', { answer: TOO_MANY }, 'Too much at once.'],
    ['there was no answer', { stall: true }, 'That took too long.'],
  ]) {
    test(`can be pressed again where ${what}, and nothing has to be typed again`, tier(!effect.stall), async ({ page, town, keep, network, guards, api }) => {
      if (effect.answer) guards.allowStatus(effect.answer.status, SESSIONS);
      const [customer, restaurant] = [await town.customer(), await town.restaurant()];
      await keep(page, { address: town.home, bag: bagOf(restaurant) });
      const eat = new EatPage(page);
      await eat.checkout();
      await eat.note.fill('No celery, please');
      await eat.button('Sign in to order').click();
      const [email, password] = [eat.dialog.getByLabel('E-mail'), eat.dialog.getByLabel('Password', { exact: true })];
      await email.fill(customer.email);
      await password.fill(customer.password);
      network.when('POST', SESSIONS, { times: 1, ...effect });
      const send = eat.dialog.getByRole('button', { name: 'Sign in', exact: true });
      await send.click();
      await expect(eat.dialog.getByRole('alert')).toContainText(words);
      await expect(email).toHaveValue(customer.email);
      await expect(password).toHaveValue(customer.password);
      await send.click();
      await expect(eat.dialog).toHaveCount(0);
      await expect(eat.note).toHaveValue('No celery, please');
      await eat.pay();
      expect(await expectOneOrder({ api, customer, eat })).toMatchObject({ notes: 'No celery, please' });
    });
  }
});

test.describe('the price', () => {
  /** Has something happen to the next price, after one that was right; gives the rule. */
  async function repriced({ page, town, signIn, network }, effect) {
    const { eat } = await atCheckout({ page, town, signIn });
    await fillIn(eat);
    const rule = network.when('POST', QUOTES, { times: 1, ...effect });
    await eat.choose('€2');
    await rule.came();
    return { eat, rule };
  }

  async function expectPriced(eat) {
    await eat.priced();
    await expect(eat.page.getByRole('alert')).toHaveCount(0);
    await expectFilledIn(eat);
    expect((await eat.sums())['Tip for the courier']).toBe('2.00');
  }

  test('comes by itself where the server failed, or at once by a press', async ({ page, town, signIn, network }) => {
    const { eat } = await repriced({ page, town, signIn, network }, { answer: INTERNAL });
    await expect(page.getByRole('alert')).toContainText('Something went wrong at Tiffin.');
    const next = network.when('POST', QUOTES, { answer: INTERNAL, times: 1 });
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await next.came();
    await expect(page.getByRole('alert')).toContainText('Something went wrong at Tiffin.');
    await expectPriced(eat);
  });

  test('comes by itself where there was no answer', LONG, async ({ page, town, signIn, network }) => {
    const { eat } = await repriced({ page, town, signIn, network }, { stall: true });
    await expect(page.getByRole('alert')).toContainText('That took too long.');
    await expectPriced(eat);
  });

  test('waits as long as it is told to', async ({ page, town, signIn, network }) => {
    const { eat, rule } = await repriced({ page, town, signIn, network }, { answer: TOO_MANY });
    await expect(page.getByRole('alert')).toContainText('Too much at once.');
    await expectPriced(eat);
    const [next] = network.requestsOf('POST', QUOTES).filter(({ at }) => at > rule.seen[0].at);
    expect(next.at - rule.seen[0].at).toBeGreaterThan(PATIENCE_S * 1_000 - 50);
  });

  test('comes all the same where the token had ended', async ({ page, town, signIn, network }) => {
    const { eat } = await repriced({ page, town, signIn, network }, NONSENSE);
    await expectPriced(eat);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('that lapses while nobody looks is asked for once somebody does', async ({ page, town, signIn, network, api }) => {
    const { hide, show } = await hideable(page);
    const { eat, customer, restaurant } = await atCheckout({ page, town, signIn });
    const basket = { items: [{ item_id: restaurant.items[0].id, quantity: 3, options: [] }], deliver_to: town.home };
    const quote = await api.post(`/v1/restaurants/${restaurant.id}/quotes`, basket, { as: customer });
    const short = { ...quote, expires_at: new Date(Date.now() + LIFE_MS).toISOString() };
    const quoted = network.when('POST', QUOTES, { answer: { status: 200, body: short }, times: 1 });
    await eat.more('Sour soup').click();
    await quoted.came();
    await hide();
    const later = network.when('POST', QUOTES);
    await expect(eat.total).toHaveCount(0);
    await expect(eat.place).toHaveAttribute('aria-busy', 'true');
    expect(later.seen).toEqual([]);
    await show();
    await later.came();
    await eat.priced();
  });

  for (const [what, entries, away, words] of [
    ['less than the minimum', [{ quantity: 1, dish: 1, options: ['Small'] }], false, /^Add dishes for €1\.00 more/],
    ['an address that is too far', [{ quantity: 2 }], true, 'The restaurant does not deliver to this address.'],
  ]) {
    test(`says what is in the way: ${what}`, async ({ page, town, signIn, network, guards }) => {
      guards.allowStatus(409, QUOTES);
      guards.allowStatus(422, QUOTES);
      const [customer, restaurant] = [await town.customer(), await town.restaurant()];
      await signIn(page, customer, { address: { ...town.home, place: away ? town.away : town.home.place }, bag: bagOf(restaurant, entries) });
      const eat = new EatPage(page);
      const placing = network.when('POST', ORDERS);
      await eat.checkout();
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
      await expect(eat.total).toHaveCount(0);
      await eat.place.click();
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeFocused();
      expect(placing.seen).toEqual([]);
    });
  }
});

test.describe('the order', () => {
  /** Has something happen to the first try of an order. */
  async function tried({ page, town, signIn, network }, effect) {
    const all = await atCheckout({ page, town, signIn });
    await fillIn(all.eat);
    const rule = network.when('POST', ORDERS, { times: 1, ...effect });
    await all.eat.place.click();
    await rule.came();
    return all;
  }

  async function expectOrdered({ api, network, customer, eat }, keys) {
    const order = await expectOneOrder({ api, customer, eat });
    expect(order).toMatchObject({ notes: 'No celery, please', contact: { phone: '+40 711 222 333' } });
    const tries = network.requestsOf('POST', ORDERS);
    expect(tries.length).toBe(2);
    expect(new Set(tries.map(({ headers }) => headers['idempotency-key'])).size).toBe(keys);
  }

  for (const [what, effect] of [['the server failed', { answer: INTERNAL }], ['there was no answer', { stall: true }]]) {
    test(`is made sure of by itself where ${what}`, async ({ page, town, signIn, network, api }) => {
      const { eat, customer } = await tried({ page, town, signIn, network }, effect);
      await expect(page.getByRole('heading', { name: 'Making sure that your order arrived' })).toBeVisible();
      await expectOrdered({ api, network, customer, eat }, 1);
    });
  }

  test('is sent again where the token had ended, and nobody notices', async ({ page, town, signIn, network, api }) => {
    const { eat, customer } = await tried({ page, town, signIn, network }, NONSENSE);
    await expectOrdered({ api, network, customer, eat }, 1);
  });

  test('is not placed where it was too much at once, and can be pressed again', async ({ page, town, signIn, network, api }) => {
    const { eat, customer } = await tried({ page, town, signIn, network }, { answer: TOO_MANY });
    await expect(page.getByRole('alert')).toContainText('Too much at once.');
    await expectFilledIn(eat);
    expect(await ordersOf(api, customer)).toEqual([]);
    await eat.pay();
    await expectOrdered({ api, network, customer, eat }, 2);
  });

  test('that can’t be sent without a network is not sent, and says so', async ({ page, context, town, signIn, network, api }) => {
    const { eat, customer } = await atCheckout({ page, town, signIn });
    await fillIn(eat);
    await context.setOffline(true);
    await eat.place.click();
    await expect(page.getByRole('alert')).toContainText('You are offline.');
    await context.setOffline(false);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expectFilledIn(eat);
    expect(network.requestsOf('POST', ORDERS)).toEqual([]);
    await eat.pay();
    await expectOneOrder({ api, customer, eat });
  });
});
