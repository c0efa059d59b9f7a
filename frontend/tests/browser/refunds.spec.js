// Money that a restaurant gives back, from its sheet to the customer's receipt: once, whatever is pressed and wherever the network fails.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { KitchenPage, RefundForm, refundsIn } from './harness/kitchen-page.js';
import { NAMES } from './harness/samples.js';
import { TABLET } from './harness/screen.js';
import { LONG } from './harness/tiers.js';

const REFUNDS = /^\/v1\/payments\/pay_\w+\/refunds$/;
const PAYMENTS = '/v1/payments';

test.use({ ...TABLET, via: 'network' });

/** The board of a restaurant with an order of two soups, and a tip for who brought them. */
async function withOrder({ page, town, signIn }, { status = 'delivered', ...options } = {}) {
  const order = await town.order({ status, tip: 2, ...options });
  await signIn(page, order.restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(order.restaurant);
  await expect(kitchen.card(order)).toBeVisible();
  return { kitchen, order, total: (await order.now()).total };
}

/** The order's page on the customer's own device. */
async function atCustomers({ newDevice, signIn, town }, order) {
  const page = await (await newDevice({})).newPage();
  await signIn(page, order.customer, { address: town.home });
  const eat = new EatPage(page);
  await eat.order(order);
  await expect(eat.total).toBeVisible();
  return eat;
}

const euro = ({ amount }) => `€${(amount / 100).toFixed(2)}`;
const keysOf = (seen) => new Set(seen.map(({ headers }) => headers['idempotency-key']));
const bodiesOf = (seen) => new Set(seen.map(({ body }) => body.toString()));
const amountsOf = ({ refunds }) => refunds.map(({ amount, status }) => [amount.amount, status]);

test('a part is given back and then all that is left, and the customer reads what became of it', async ({ page, town, signIn, newDevice, network }) => {
  const { kitchen, order, total } = await withOrder({ page, town, signIn });
  const eat = await atCustomers({ newDevice, signIn, town }, order);
  await expect(refundsIn(eat.page)).toHaveCount(0);
  const form = await kitchen.refund(order);
  await expect(form.sheet.getByText('Ana Pop gets it the way it was paid, and reads your reason.')).toBeVisible();
  await form.part.check();
  await form.amount.fill('4,50');
  await expect(form.press).toHaveText('Pay back €4.50');
  await form.sheet.getByRole('button', { name: 'Something was missing.' }).click();
  await form.reason.press('End');
  await form.reason.pressSequentially(' Sorry!');
  await form.send();
  const sheet = kitchen.dialog;
  await expect(refundsIn(sheet)).toHaveText([/^Something was missing\. Sorry!€4\.50paid back/]);
  await expect(sheet.getByRole('region', { name: 'Money back' })).toContainText('Paid back in all€4.50');
  await expect(refundsIn(eat.page)).toHaveText([/^“Something was missing\. Sorry!”€4\.50paid back/]);
  await expect(eat.says('€4.50 went back to your card.')).toBeVisible();
  await expect(eat.journey).toContainText('€4.50 paid back');
  await expect(eat.total).toHaveText(euro(total));

  await sheet.getByRole('button', { name: 'Pay money back' }).click();
  await form.write({ reason: NAMES.script });
  await expect(form.press).toHaveText(`Pay back ${euro({ amount: total.amount - 450 })}`);
  await form.send();
  await expect(refundsIn(sheet)).toHaveCount(2);
  await expect(sheet.getByRole('button', { name: 'Pay money back' })).toHaveCount(0);
  await expect(refundsIn(eat.page)).toContainText(['€4.50', `“${NAMES.script}”`]);
  await expect(eat.says(`${euro(total)} went back to your card.`)).toBeVisible();
  await expect(eat.page.getByRole('region', { name: 'Money back' })).toContainText(`Paid back in all${euro(total)}`);
  const [, rest] = network.requestsOf('POST', REFUNDS);
  expect(JSON.parse(rest.body)).toEqual({ reason: NAMES.script });
  expect(await order.untilPayment('refunded')).toMatchObject({ refunded: total, allowed_actions: [] });
});

test('what takes its time is on its way until it has arrived, on both pages', async ({ page, town, signIn, newDevice }) => {
  const { kitchen, order } = await withOrder({ page, town, signIn }, { status: 'accepted', paymentMethod: 'tok_slow' });
  await order.untilPayment('captured');
  const eat = await atCustomers({ newDevice, signIn, town }, order);
  const form = await kitchen.refund(order);
  await form.write({ amount: '3' });
  await form.send();
  await expect(refundsIn(kitchen.dialog)).toContainText(['on its way']);
  await expect(kitchen.dialog.getByRole('region', { name: 'Money back' })).not.toContainText('Paid back in all');
  await expect(refundsIn(eat.page)).toContainText(['€3.00on its way']);
  await expect(refundsIn(kitchen.dialog)).toContainText(['paid back']);
  await expect(refundsIn(eat.page)).toContainText(['€3.00paid back']);
  expect(amountsOf(await order.payment())).toEqual([[300, 'succeeded']]);
});

test('what could not be given back says so, is left, and can be asked for again', async ({ page, town, signIn, newDevice, network, api }) => {
  const { kitchen, order, total } = await withOrder({ page, town, signIn });
  await order.refund(3, 'Cold.');
  const { items } = await api.get(`${PAYMENTS}?order_id=${order.id}`, { as: order.restaurant.owner });
  const failed = { ...items[0], refunded: { ...total, amount: 0 }, status: 'captured', refunds: items[0].refunds.map((refund) => ({ ...refund, status: 'failed' })) };
  network.when('GET', PAYMENTS, { answer: { status: 200, body: { items: [failed], next_cursor: null } } });
  const eat = await atCustomers({ newDevice, signIn, town }, order);
  await expect(refundsIn(eat.page)).toHaveText([/^“Cold\.”€3\.00did not go through/]);
  await expect(eat.page.getByText('Paid back in all')).toHaveCount(0);
  await expect(eat.says('went back to your card')).toHaveCount(0);
  const form = await kitchen.refund(order);
  await expect(refundsIn(form.sheet)).toHaveText([/^Cold\.€3\.00did not go through/]);
  await expect(form.press).toHaveText(`Pay back ${euro(total)}`);
});

test.describe('what can’t be', () => {
  test('is told at its field before anything is sent: no amount, two amounts, no reason', async ({ page, town, signIn, network }) => {
    const { kitchen, order } = await withOrder({ page, town, signIn });
    const form = await kitchen.refund(order);
    await form.press.click();
    await expect(form.reason).toBeFocused();
    await expect(form.sheet.getByText('Please say why.')).toBeVisible();
    await form.reason.fill('Cold.');
    await form.part.check();
    for (const [typed, says] of [['', 'Please say how much.'], ['0,00', 'Please say how much.'], ['twelve', 'That is not an amount.'], ['1,2345', 'EUR does not have that many decimals.'], ['1.250', 'This can be read in two ways: please choose.']]) {
      await form.amount.fill(typed);
      await form.press.click();
      await expect(form.sheet.getByText(says)).toBeVisible();
      await expect(form.amount).toBeFocused();
    }
    await form.sheet.getByRole('button', { name: '€1.25', exact: true }).click();
    await expect(form.amount).toHaveValue('1.25');
    expect(network.requestsOf('POST', REFUNDS)).toEqual([]);
    await form.send();
    await expect(refundsIn(kitchen.dialog)).toContainText(['€1.25']);
    expect(amountsOf(await order.payment())).toEqual([[125, 'succeeded']]);
  });

  test('as it is more than is left, is said at the amount, which stays to be mended', async ({ page, town, signIn, guards }) => {
    guards.allowStatus(422, REFUNDS);
    const { kitchen, order, total } = await withOrder({ page, town, signIn });
    const form = await kitchen.refund(order);
    await form.write({ amount: '20' });
    await expect(form.sheet).toContainText(`All that is left${euro(total)}`);
    // Another device is faster.
    await order.refund(15);
    await form.press.click();
    await expect(form.sheet.getByText('That is more than is left to pay back.')).toBeVisible();
    await expect(form.amount).toBeFocused();
    await expect(form.amount).toHaveValue('20');
    await expect(form.sheet).toContainText(`All that is left${euro({ amount: total.amount - 1500 })}`);
    await form.amount.fill('5');
    await expect(form.sheet.getByText('That is more than is left to pay back.')).toHaveCount(0);
    await form.send();
    await expect(refundsIn(kitchen.dialog)).toHaveCount(2);
    expect(amountsOf(await order.payment())).toEqual([[1500, 'succeeded'], [500, 'succeeded']]);
  });

  test('as nothing is left any more, is said, and what was typed stays', async ({ page, town, signIn, network }) => {
    const { kitchen, order } = await withOrder({ page, town, signIn });
    const form = await kitchen.refund(order);
    await form.write({ amount: '20', reason: 'The soup was col' });
    await order.refund();
    await expect(form.sheet.getByRole('alert')).toHaveText('Nothing is left to pay back.');
    await expect(form.reason).toHaveValue('The soup was col');
    await expect(form.press).toHaveText('Close');
    await form.send();
    expect(network.requestsOf('POST', REFUNDS)).toEqual([]);
  });
});

test('a double press is one refund', async ({ page, town, signIn, network }) => {
  const { kitchen, order } = await withOrder({ page, town, signIn });
  const form = await kitchen.refund(order);
  await form.write({ amount: '4' });
  const asked = network.when('POST', REFUNDS, { hold: true });
  await form.press.dblclick();
  await asked.came();
  await form.press.click({ clickCount: 3 });
  asked.release();
  await expect(form.sheet).toHaveCount(0);
  await expect(refundsIn(kitchen.dialog)).toHaveCount(1);
  expect(asked.seen).toHaveLength(1);
  expect(amountsOf(await order.payment())).toEqual([[400, 'succeeded']]);
});

test.describe('where the answer is lost', () => {
  test.beforeEach(({ guards }) => guards.allowNetworkErrors());

  /** Gives 4 back, and hears nothing of it. */
  async function lost(world) {
    const all = await withOrder(world);
    const form = await all.kitchen.refund(all.order);
    await form.write({ amount: '4' });
    const swallowed = world.network.when('POST', REFUNDS, { swallow: true });
    await form.press.click();
    await swallowed.came();
    await expect(form.sheet.getByText('it is paid back once, never twice.')).toBeVisible();
    // It can't become another request unseen.
    for (const field of [form.all, form.amount, form.reason]) await expect(field).toBeDisabled();
    return { ...all, form, swallowed };
  }

  async function expectOnce({ network, order }, least = 2) {
    const tries = network.requestsOf('POST', REFUNDS);
    expect(tries.length).toBeGreaterThanOrEqual(least);
    expect([keysOf(tries).size, bodiesOf(tries).size]).toEqual([1, 1]);
    expect(amountsOf(await order.payment())).toEqual([[400, 'succeeded']]);
  }

  test('pressing again is the same refund', async ({ page, town, signIn, network }) => {
    const { kitchen, order, form, swallowed } = await lost({ page, town, signIn, network });
    await form.press.click();
    await swallowed.came(2);
    swallowed.remove();
    await expect(form.press).toHaveText('Try again');
    await form.send();
    await expect(refundsIn(kitchen.dialog)).toHaveCount(1);
    await expectOnce({ network, order }, 3);
    await expect(page.getByText('Nobody knows yet')).toHaveCount(0);
  });

  test('after a reload it is the same refund, and the order says that one is in doubt', async ({ page, town, signIn, network }) => {
    const { kitchen, order, swallowed } = await lost({ page, town, signIn, network });
    swallowed.remove();
    await kitchen.board(order.restaurant);
    const sheet = await kitchen.open(order);
    await expect(sheet.getByRole('alert')).toContainText('Nobody knows yet whether this refund arrived.');
    await sheet.getByRole('button', { name: 'Pay money back' }).click();
    const form = new RefundForm(page, order);
    await expect(form.amount).toHaveValue('4.00');
    await expect(form.reason).toHaveValue('Something was missing.');
    await form.send();
    await expectOnce({ network, order });
  });

  test('in another tab it is the same refund, and both know', LONG, async ({ page, context, town, signIn, network }) => {
    const { order, form: first, swallowed } = await lost({ page, town, signIn, network });
    swallowed.remove();
    const second = new KitchenPage(await context.newPage());
    await second.board(order.restaurant);
    const form = await second.refund(order);
    await form.send();
    await expect(first.sheet.getByText('Nobody knows yet')).toHaveCount(0);
    await expect(refundsIn(first.sheet)).toHaveCount(1);
    await expectOnce({ network, order });
  });

  test('whoever has looked may give something else back', LONG, async ({ page, town, signIn, network }) => {
    const { kitchen, order, form, swallowed } = await lost({ page, town, signIn, network });
    swallowed.remove();
    await expect(refundsIn(form.sheet)).toContainText(['€4.00']);
    await form.sheet.getByRole('button', { name: 'I have looked: pay back something else' }).click();
    await form.write({ amount: '1' });
    await form.send();
    await expect(refundsIn(kitchen.dialog)).toHaveCount(2);
    expect(amountsOf(await order.payment())).toEqual([[400, 'succeeded'], [100, 'succeeded']]);
  });
});
