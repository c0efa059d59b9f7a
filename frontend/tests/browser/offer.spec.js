// An offer to a courier: taken, declined, run out, and answered too late.

import { expect, test } from './fixtures.js';
import { eventually } from './harness/api.js';
import { RidePage } from './harness/ride-page.js';
import { PHONE } from './harness/screen.js';
import { LONG, tier } from './harness/tiers.js';

const API = /^\/v1\//;
const DELIVERIES = '/v1/deliveries';
const ACCEPT = /\/accept$/;
const ANSWER = /^\/v1\/deliveries\/[^/]+\/(accept|decline)$/;

test.use({ via: 'network', comesBack: false, ...PHONE, server: { env: { TIFFIN_DELIVERIES_OFFER_S: '12' } } });

/** A courier on duty who looks at an offer. */
async function offered({ page, town, signIn }) {
  const courier = await town.courier();
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  const order = await town.order({ courier });
  await expect(ride.offer).toBeVisible();
  return { courier, order, ride };
}

/** Waits until the courier is not asked any more, as the server sees it. */
function over({ town, courier, order }) {
  return eventually('end of the offer', async () => {
    const { items } = await town.api.get(DELIVERIES, { as: courier });
    return !items.some(({ id }) => id === order.deliveryId);
  });
}

for (const [answer, request] of [['Accept', 'accept'], ['Decline', 'decline']]) {
  test(`an offer that was answered by ${answer} does not come back while the page hears of it late`, tier(answer === 'Accept'), async ({ page, town, signIn, network }) => {
    const { order, ride } = await offered({ page, town, signIn });
    const late = network.when('GET', DELIVERIES, { hold: true });
    await late.came();
    await ride.offer.getByRole('button', { name: answer }).click();
    await expect(ride.offer).toHaveCount(0);
    await eventually('reply', async () => network.requestsOf('POST', ANSWER)[0]?.status === 200);
    // The answer is known; what the page asks for now tells of it.
    await late.came(2);
    await expect(ride.offer).toHaveCount(0);
    await expect(ride.task(order)).toHaveCount(answer === 'Accept' ? 1 : 0);
    await expect(ride.step(order, 'Picked up')).toHaveCount(0);
    late.release();
    await expect(answer === 'Accept' ? ride.task(order).getByText('not accepted yet') : ride.looking).toBeVisible();
    await expect(ride.offer).toHaveCount(0);
    expect(network.requestsOf('POST', ANSWER).map(({ path }) => path.split('/').at(-1))).toEqual([request]);
  });
}

test('what one courier declines the next one is offered', async ({ page, newDevice, town, signIn }) => {
  const { order, ride } = await offered({ page, town, signIn });
  const next = await town.courier({ name: 'Mihai Popa' });
  const other = new RidePage(await (await newDevice(PHONE)).newPage());
  await signIn(other.page, next);
  await other.goto();
  await expect(other.looking).toBeVisible();
  await ride.offer.getByRole('button', { name: 'Decline' }).click();
  await other.accept(order);
  await expect(ride.looking).toBeVisible();
  await expect.poll(async () => (await order.now()).courier?.name).toBe('Mihai Popa');
});

test('an offer that runs out is gone, and the courier is told nothing worse; they may be asked again', async ({ page, town, signIn }) => {
  const { courier, order, ride } = await offered({ page, town, signIn });
  await over({ town, courier, order });
  await expect(ride.looking).toBeVisible();
  await expect(ride.offer).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  const passed = page.getByText('You let an offer go by.');
  await expect(passed).toBeVisible();
  await ride.button('Ask me again').click();
  await ride.accept(order);
  await expect(passed).toHaveCount(0);
});

test('a tap that was meant for an offer which has just run out does not end the courier’s duty', LONG, async ({ page, town, signIn, network }) => {
  const { courier, ride } = await offered({ page, town, signIn });
  // As soon as the offer has gone, a press meant for its button meets what stands there now.
  await page.evaluate((label) => {
    new MutationObserver((_changes, observer) => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === label);
      if (document.querySelector('.offer') || !button) return;
      observer.disconnect();
      button.dispatchEvent(new PointerEvent('click', { bubbles: true, cancelable: true, detail: 1, pointerType: 'touch' }));
      document.body.dataset.pressed = label;
    }).observe(document.body, { subtree: true, childList: true });
  }, 'Go off duty');
  await expect(page.locator('body')).toHaveAttribute('data-pressed', 'Go off duty');
  await expect(page.getByText('You let an offer go by.')).toBeVisible();
  expect(network.requestsOf('PUT', `/v1/couriers/${courier.id}/availability`)).toEqual([]);
  await ride.button('Go off duty').click();
  await expect(ride.offDuty).toBeVisible();
  expect(network.requestsOf('PUT', `/v1/couriers/${courier.id}/availability`)).toHaveLength(1);
});

test('a courier’s page that finds the server failing does not say that it is the device', async ({ page, town, signIn, network, guards }) => {
  guards.allowStatus(503, API);
  network.when('GET', API, { answer: { status: 503, body: {} } });
  await signIn(page, await town.courier());
  await new RidePage(page).goto();
  await expect(page.getByText('No answer', { exact: true })).toBeVisible();
  await expect(page.getByText('Offline', { exact: true })).toHaveCount(0);
});

test('an answer that comes too late is told, and what followed it is not sent', async ({ page, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  guards.allowStatus(409, ACCEPT);
  const { courier, order, ride } = await offered({ page, town, signIn });
  await expect(ride.offer).not.toContainText('ready');
  await order.accept();
  await expect(ride.offer).toContainText('ready');
  const gone = network.when('*', API, { refuse: true });
  await ride.accept(order);
  await ride.step(order, 'Picked up').click();
  await expect(ride.waiting).toHaveText(/^2 steps are/);
  await over({ town, courier, order });
  gone.remove();
  const told = page.getByRole('alert');
  await expect(told).toContainText(`${ride.numberOf(order)} could not go on: The offer is over.`);
  await expect(ride.looking).toBeVisible();
  await expect(ride.waiting).toHaveCount(0);
  await expect(ride.task(order)).toHaveCount(0);
  const sent = network.requestsOf('POST', /^\/v1\/deliveries\//).filter(({ status }) => status !== undefined);
  expect(sent.map(({ path, status }) => `${path.split('/').at(-1)} ${status}`)).toEqual(['accept 409']);
  await told.getByRole('button', { name: 'Understood' }).click();
  await expect(told).toHaveCount(0);
});
