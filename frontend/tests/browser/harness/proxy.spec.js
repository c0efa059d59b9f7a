import { expect, test } from '../fixtures.js';
import { BLANK, serveBlank } from './blank.js';

const HEALTH = '/healthz';
const CITY = '/v1/restaurants?lat=44.4268&lon=26.1025';

test.use({ via: 'network' });

test.beforeEach(async ({ context, page }) => {
  await serveBlank(context);
  await page.goto(BLANK);
});

/** Asks from within the page; what came, or `null` where nothing did. */
function ask(page, path, init = {}) {
  return page.evaluate(async ([url, options]) => {
    const begun = performance.now();
    try {
      const signal = AbortSignal.timeout(options.patience ?? 20_000);
      const reply = await fetch(url, { ...options, signal, cache: 'no-store' });
      const text = await reply.text();
      return { status: reply.status, type: reply.headers.get('content-type'), text, ms: performance.now() - begun };
    } catch {
      return null;
    }
  }, [path, init]);
}

test('passes everything on unchanged', async ({ page, network, tiffin }) => {
  const direct = await (await fetch(tiffin.url + CITY)).text();
  const { status, text } = await ask(page, CITY);
  expect(status).toBe(200);
  expect(text).toBe(direct);
  expect(network.requestsOf('GET', '/v1/restaurants')).toHaveLength(1);
});

test('keeps to a few connections, as browsers do', async ({ page, network }) => {
  await Promise.all(Array.from({ length: 20 }, () => ask(page, HEALTH)));
  expect(network.requestsOf('GET', HEALTH)).toHaveLength(20);
  expect(network.connections).toBeLessThan(10);
  expect(network.open).toBeLessThanOrEqual(6);
});

test('delays replies, each by its own time', async ({ page, network }) => {
  const rule = network.when('GET', HEALTH, { delay: [3_000, 0] });
  const first = ask(page, HEALTH);
  await rule.came();
  const second = ask(page, HEALTH);
  expect(await Promise.race([first.then(() => 'first'), second.then(() => 'second')])).toBe('second');
  expect((await first).ms).toBeGreaterThan(2_995);
});

test('holds a reply until it is let go', async ({ page, network }) => {
  const rule = network.when('GET', HEALTH, { hold: true });
  const asked = ask(page, HEALTH);
  await rule.came();
  expect(await ask(page, CITY)).toMatchObject({ status: 200 });
  rule.release();
  expect(await asked).toMatchObject({ status: 204 });
});

test('never replies where it stalls, and other requests pass', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  const rule = network.when('GET', HEALTH, { stall: true, times: 1 });
  const asked = ask(page, HEALTH, { patience: 5_000 });
  let ended = false;
  void asked.then(() => (ended = true));
  await rule.came();
  expect(await ask(page, HEALTH)).toMatchObject({ status: 204 });
  expect(ended).toBe(false);
  expect(await asked).toBeNull();
});

test('swallows a reply: what was asked for is done, and nobody is told', async ({ page, network, guards, api, town }) => {
  guards.allowNetworkErrors();
  const order = await town.order({ status: 'paid' });
  const { email, password } = order.customer;
  const { access_token: token } = await api.post('/v1/sessions', { email, password });
  const rule = network.when('POST', /\/cancel$/, { swallow: true, times: 1 });
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'one' },
    body: '{"reason":"Changed my mind"}',
  };
  const path = `/v1/orders/${order.id}/cancel`;
  // A connection that was used before is one on which browsers try again by themselves.
  await ask(page, HEALTH);
  expect(await ask(page, path, init)).toBeNull();
  expect(rule.seen).toHaveLength(1);
  expect(rule.seen[0].body.toString()).toBe(init.body);
  expect((await order.now()).status).toBe('cancelled');
  expect(await ask(page, path, init)).toMatchObject({ status: 200 });
  const [first, second] = network.requestsOf('POST', path);
  expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
});

test('refuses a request before it reaches the program', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  const rule = network.when('GET', HEALTH, { refuse: true });
  await ask(page, CITY);
  expect(await ask(page, HEALTH)).toBeNull();
  expect(rule.seen).toHaveLength(1);
  expect(rule.seen[0].status).toBeUndefined();
  rule.remove();
  expect(await ask(page, HEALTH)).toMatchObject({ status: 204 });
});

test('answers in place of the program', async ({ page, network, guards }) => {
  guards.allowStatus(429);
  const body = { code: 'too-many-requests', status: 429 };
  network.when('*', HEALTH, { answer: { status: 429, headers: { 'retry-after': '7' }, body }, times: 1 });
  const reply = await ask(page, HEALTH);
  expect(reply).toMatchObject({ status: 429, type: 'application/problem+json' });
  expect(JSON.parse(reply.text)).toEqual(body);
  expect(await ask(page, HEALTH)).toMatchObject({ status: 204 });
});

test('swaps headers in both directions', async ({ page, network, guards }) => {
  guards.allowStatus(401);
  network.when('GET', '/v1/restaurants', {
    requestHeaders: { authorization: 'Bearer nonsense' },
    replyHeaders: { 'content-type': 'text/plain' },
  });
  expect(await ask(page, '/v1/restaurants')).toMatchObject({ status: 401, type: 'text/plain' });
});

test('is no network at all, until it is one again', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  await network.refuse();
  expect(await ask(page, HEALTH)).toBeNull();
  await network.accept();
  expect(await ask(page, HEALTH)).toMatchObject({ status: 204 });
});

test('lets nothing pass while it stalls as a whole', async ({ page, network, guards }) => {
  guards.allowNetworkErrors();
  const rule = network.when('GET', HEALTH);
  network.stall();
  const asked = ask(page, HEALTH, { patience: 5_000 });
  await rule.came();
  expect(network.open).toBeGreaterThan(0);
  expect(await asked).toBeNull();
  network.resume();
  expect(await ask(page, HEALTH)).toMatchObject({ status: 204 });
});
