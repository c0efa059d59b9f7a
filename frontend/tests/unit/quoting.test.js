import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';

import { keepTime } from '../../js/api.js';
import { quoting } from '../../js/eat/quoting.js';
import { signal } from '../../vendor/ui.js';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const LIFE_S = 600;

/** Every request, to be answered when a test likes. */
let asked = [];
/** @type {ReturnType<typeof quoting> | null} */
let quotes = null;

beforeEach(() => {
  asked = [];
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOON });
  // The server's clock runs with the timers of the test.
  mock.method(performance, 'now', () => Date.now() - NOON);
  keepTime(new Date(NOON - 1000).toUTCString(), -1, -1);
  keepTime(new Date(NOON).toUTCString(), 0, 0);
  globalThis.document = { visibilityState: 'visible', addEventListener() {}, removeEventListener() {} };
  globalThis.addEventListener = globalThis.removeEventListener = () => {};
  mock.method(globalThis, 'fetch', (url, { body, signal: stop }) => {
    return new Promise((answer, fail) => {
      stop.addEventListener('abort', () => fail(stop.reason));
      asked.push({ quantity: JSON.parse(body).items[0].quantity, stop, answer });
    });
  });
});

afterEach(() => {
  quotes?.stop();
  mock.timers.reset();
  mock.restoreAll();
});

const wishFor = (quantity) => ({ restaurant_id: 'rst_1', body: { items: [{ item_id: 'itm_1', quantity, options: [] }], deliver_to: {} } });

/** Answers the request of this number. */
async function answer(at, { status = 200, amount = asked[at].quantity * 100, headers = {}, body } = {}) {
  const good = { id: `qot_${at}`, expires_at: new Date(Date.now() + LIFE_S * 1000).toISOString(), total: { amount, currency: 'RON' } };
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  asked[at].answer(new Response(JSON.stringify(body ?? good), { status, headers: { 'content-type': type, ...headers } }));
  await settled();
}

/** Until all that follows of itself has happened. */
async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  await new Promise(setImmediate);
}

async function pass(ms) {
  mock.timers.tick(ms);
  await settled();
}

test('nine presses in a second are one question, and the answer is of what is wished for now', async () => {
  const wish = signal(wishFor(1));
  quotes = quoting(wish);
  await pass(0);
  await answer(0);
  assert.equal(quotes.quote.value.total.amount, 100);
  for (let quantity = 2; quantity <= 10; quantity += 1) {
    wish.value = wishFor(quantity);
    assert.equal(quotes.quote.value, null, 'a total is never shown for another quantity');
    await pass(110);
  }
  await pass(1000);
  assert.deepEqual(asked.map(({ quantity }) => quantity), [1, 10]);
  await answer(1);
  assert.equal(quotes.quote.value.total.amount, 1000);
});

test('a reply that was overtaken is aborted and never shown', async () => {
  const wish = signal(wishFor(1));
  quotes = quoting(wish);
  await pass(0);
  wish.value = wishFor(2);
  assert.ok(asked[0].stop.aborted);
  await pass(500);
  await answer(1);
  await answer(0, { amount: 1 });
  assert.equal(quotes.quote.value.total.amount, 200);
});

test('what lapses is asked for anew, and another price is told beside the one before', async () => {
  quotes = quoting(signal(wishFor(1)));
  await pass(0);
  await answer(0);
  await pass(LIFE_S * 1000 - 1);
  assert.equal(asked.length, 1);
  await pass(1);
  assert.equal(asked.length, 2);
  await answer(1, { amount: 150 });
  assert.deepEqual([quotes.before.value.total.amount, quotes.quote.value.total.amount], [100, 150]);
});

test('a refusal stands until something changes; a failure is asked about again, as patiently as it wants', async () => {
  const wish = signal(wishFor(1));
  quotes = quoting(wish);
  await pass(0);
  await answer(0, { status: 422, body: { code: 'below-minimum' } });
  await pass(60_000);
  assert.deepEqual([asked.length, quotes.error.value.code], [1, 'below-minimum']);
  wish.value = wishFor(2);
  assert.equal(quotes.error.value, null);
  await pass(500);
  await answer(1, { status: 429, headers: { 'retry-after': '7' }, body: { code: 'too-many-requests' } });
  await pass(6_900);
  assert.equal(asked.length, 2);
  await pass(200);
  await answer(2);
  assert.equal(quotes.quote.value.total.amount, 200);
});

test('while nothing is wished for nothing is asked, and the same wish finds its quote again', async () => {
  const wish = signal(wishFor(1));
  quotes = quoting(wish);
  await pass(0);
  await answer(0);
  wish.value = null;
  await pass(LIFE_S * 500);
  assert.equal(quotes.quote.value, null);
  wish.value = wishFor(1);
  assert.equal(quotes.quote.value.total.amount, 100);
  await pass(LIFE_S * 500);
  assert.equal(asked.length, 2, 'it lapses all the same');
});

test('a page that nobody sees asks for nothing', async () => {
  quotes = quoting(signal(wishFor(1)));
  await pass(0);
  await answer(0);
  document.visibilityState = 'hidden';
  await pass(LIFE_S * 1000);
  assert.deepEqual([asked.length, quotes.quote.value], [1, null]);
});
