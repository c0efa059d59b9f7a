// A restaurant's day: from signing up to the last order, and what may come between.

import { expect, test } from './fixtures.js';
import { PASSWORD, anEmail } from './harness/api.js';
import { read } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { TABLET } from './harness/screen.js';

const ORDERS = '/v1/orders';
const ACCEPT = /\/accept$/;
/** How many a browser has to one server. */
const CONNECTIONS = 6;
/** When a page gives up on a request. */
const GIVEN_UP_MS = 10_000;

test.use({ ...TABLET, via: 'network' });

/** The board of a restaurant, its owner signed in. */
async function atBoard({ page, town, signIn }, options) {
  const restaurant = await town.restaurant(options);
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(restaurant);
  return { kitchen, restaurant };
}

/** The same, with an order in its column. */
async function withOrder(world, { status = 'paid', ...order } = {}) {
  const { kitchen, restaurant } = await atBoard(world);
  const placed = await world.town.order({ restaurant, status, ...order });
  await expect(kitchen.card(placed)).toBeVisible();
  return { kitchen, restaurant, order: placed };
}

test('somebody signs up for their kitchen, is told how to get a restaurant, and finds it once it is there', async ({ page, town, api }) => {
  const kitchen = new KitchenPage(page);
  const email = anEmail('merchant');
  await kitchen.board();
  await expect(page).toHaveTitle(/Tiffin/);
  await kitchen.button('Sign in or sign up').click();
  await kitchen.button('Sign up').click();
  await page.getByLabel('Name').fill('Ioana Zamfir');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await kitchen.button('Make an account').click();
  await expect(page.getByRole('heading', { name: 'You have no restaurant yet' }).last()).toBeVisible();
  await expect(kitchen.link('To the documentation')).toHaveAttribute('href', '/docs');

  const owner = await api.person(email, PASSWORD);
  expect(owner).toMatchObject({ name: 'Ioana Zamfir', role: 'merchant' });
  const first = await town.restaurant({ owner, name: 'La Mama' });
  await page.reload();
  await expect(page).toHaveURL(`/kitchen/${first.id}`);
  await expect(kitchen.title).toHaveText(/La Mama$/);
  await expect(page).toHaveTitle('La Mama · Tiffin');
  await expect(kitchen.column('New')).toContainText('No new orders.');
  await expect(kitchen.link('Another restaurant')).toHaveCount(0);
});

test('whoever has several restaurants chooses one, and comes to the others from there', async ({ page, town, signIn }) => {
  const owner = await town.merchant();
  const [mama, papa] = [await town.restaurant({ owner, name: 'La Mama' }), await town.restaurant({ owner, name: 'La Papa' })];
  const order = await town.order({ restaurant: papa });
  await signIn(page, owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board();
  await expect(kitchen.title).toHaveText('Your restaurants');
  await page.getByRole('link', { name: /La Mama/ }).click();
  await expect(kitchen.column('New')).toContainText('No new orders.');
  await kitchen.link('Another restaurant').click();
  await page.getByRole('link', { name: /La Papa/ }).click();
  await expect(kitchen.card(order, 'New')).toBeVisible();
  await page.evaluate(() => history.back());
  await expect(kitchen.title).toHaveText('Your restaurants');

  // What is not theirs is not there.
  const other = await town.restaurant({ name: 'Elsewhere' });
  await page.goto(`/kitchen/${other.id}`);
  await expect(kitchen.title).toHaveText('There is no such restaurant of yours.');
  await kitchen.link('To your restaurants').click();
  await expect(page).toHaveURL('/kitchen');
  await page.goto(`/kitchen/${other.id}/nothing/here`);
  await expect(kitchen.title).toHaveText('There is no such page.');
  await kitchen.link('To your restaurants').click();
  await expect(page).toHaveURL('/kitchen');
  expect(mama.id).not.toBe(papa.id);
});

test('an order is accepted in the time it takes, cooked, handed over and delivered', async ({ page, town, signIn, api }) => {
  const courier = await town.courier({ online: false });
  const { kitchen, restaurant } = await atBoard({ page, town, signIn }, { prep_minutes: 15 });
  const [, pizza] = restaurant.items;
  const [size, extras] = pizza.option_groups;
  const options = [size.options[1].id, extras.options[0].id];
  const items = [{ item_id: restaurant.items[0].id, quantity: 2, options: [] }, { item_id: pizza.id, quantity: 1, options }];
  const order = await town.order({ restaurant, courier, items, notes: 'No onions', contact: { name: 'Ana Pop', phone: '+40 700 000 000' } });

  const fresh = kitchen.card(order, 'New');
  await expect(fresh).toContainText('Ana Pop');
  await expect(fresh).toContainText('3 items');
  await expect(fresh).toContainText('2×Sour soup');
  await expect(fresh).toContainText('1×Margherita');
  await expect(fresh).toContainText('Large');
  await expect(fresh).toContainText('Olives');
  await expect(fresh).toContainText('No onions');
  await expect(fresh.getByRole('timer')).toHaveText(/^[0-4]:[0-5]\d$/);
  await expect(page).toHaveTitle('(1) New order · La Mama · Tiffin');

  const minutes = fresh.getByRole('group', { name: 'Ready in' });
  await expect(minutes).toContainText('15 min');
  for (const press of ['More', 'More', 'Less']) await minutes.getByRole('button', { name: press }).click();
  await expect(minutes).toContainText('20 min');
  await kitchen.accept(order).click();
  const cooking = kitchen.card(order, 'Preparing');
  await expect(cooking).toContainText('A courier is being looked for');
  const accepted = await order.now();
  const late = Date.parse(accepted.ready_by) - Date.parse(accepted.placed_at);
  expect(late).toBeGreaterThanOrEqual(20 * 60_000);
  expect(late).toBeLessThan(21 * 60_000);
  await expect(cooking).toContainText(`ready by ${clock(accepted.ready_by)}`);
  await expect(page).toHaveTitle('La Mama · Tiffin');
  await expect(kitchen.column('New')).toContainText('No new orders.');

  await kitchen.ready(order).click();
  await expect(kitchen.card(order, 'Ready')).toContainText('Just ready');
  await town.onDuty(courier);
  await order.assign();
  await expect(kitchen.card(order, 'Ready')).toContainText('Radu Ilie comes for it');
  await order.pickUp();
  await expect(kitchen.card(order, 'On its way')).toContainText('Radu Ilie brings it');
  await order.complete();
  await expect(kitchen.card(order, 'Done')).toContainText('Delivered');
  for (const column of ['New', 'Preparing', 'Ready', 'On its way']) await expect(kitchen.card(order, column)).toHaveCount(0);

  const sheet = await kitchen.open(order);
  const { total, tip } = await api.get(`/v1/orders/${order.id}`, { as: restaurant.owner });
  await expect(sheet).toContainText(`Total€${(total.amount / 100).toFixed(2)}`);
  expect(tip.amount).toBe(0);
  await expect(sheet.getByText('Tip for the courier')).toHaveCount(0);
  await expect(sheet.getByRole('button', { name: /Cancel|Reject/ })).toHaveCount(0);
});

test('an order that can’t be cooked is rejected with a reason that the customer reads', async ({ page, town, signIn }) => {
  const { kitchen, order } = await withOrder({ page, town, signIn });
  await kitchen.reject(order).click();
  const sheet = page.getByRole('dialog', { name: `Why do you reject ${read(order)}?` });
  const send = sheet.getByRole('button', { name: `Reject ${read(order)}` });
  await expect(send).toHaveAttribute('aria-disabled', 'true');
  await sheet.getByRole('button', { name: 'We are about to close.' }).click();
  await kitchen.reason.press('End');
  await kitchen.reason.pressSequentially(' Sorry!');
  await send.click();
  await expect(sheet).toHaveCount(0);
  await expect(kitchen.card(order, 'Done')).toContainText('Rejected · We are about to close. Sorry!');
  expect(await order.now()).toMatchObject({ status: 'rejected', reason: 'We are about to close. Sorry!' });
  await page.reload();
  await expect(kitchen.card(order, 'Done')).toContainText('Rejected');
});

test('an order that was accepted is called off with a reason, and the money goes back', async ({ page, town, signIn }) => {
  const { kitchen, order } = await withOrder({ page, town, signIn }, { status: 'accepted' });
  const sheet = await kitchen.open(order);
  await sheet.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('dialog', { name: `Why do you cancel ${read(order)}?` }).getByLabel('Reason').fill('The oven broke');
  await kitchen.button(`Cancel ${read(order)}`).click();
  await expect(kitchen.card(order, 'Done')).toContainText('Cancelled · The oven broke');
  expect(await order.now()).toMatchObject({ status: 'cancelled', reason: 'The oven broke' });
  await expect(page).toHaveURL(`/kitchen/${order.restaurant.id}`);
  const now = await kitchen.open(order);
  await expect(now).toContainText('Paid back');
});

for (const { what, happens, says } of [
  { what: 'another device has accepted', happens: (order) => order.accept(), says: (number) => `That did not happen. ${number} was accepted.` },
  { what: 'the customer has called off', happens: (order) => order.cancel('Never mind'), says: (number) => `That did not happen. ${number} was cancelled. Never mind` },
]) {
  test(`pressing Accept on an order that ${what} says so, and shows what it is now`, async ({ page, town, signIn, network, guards }) => {
    guards.allowStatus(409, ACCEPT);
    const { kitchen, order } = await withOrder({ page, town, signIn });
    const list = network.when('GET', ORDERS, { hold: true });
    await list.came();
    await happens(order);
    await kitchen.accept(order).click();
    await expect(kitchen.toast(says(read(order)))).toBeVisible();
    await expect(kitchen.accept(order)).toHaveCount(0);
    list.release();
    await expect(kitchen.column('New')).toContainText('No new orders.');
    expect(network.requestsOf('POST', ACCEPT)).toHaveLength(1);
  });
}

test('whoever comes back again and again while no list comes can answer all the same', async ({ page, town, signIn, network }) => {
  const { kitchen, order } = await withOrder({ page, town, signIn });
  const list = network.when('GET', ORDERS, { hold: true });
  for (let count = 1; count <= CONNECTIONS; count += 1) {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await list.came(count);
  }
  const pressed = performance.now();
  await kitchen.accept(order).click();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  // Long before the page gives up on them.
  const [answer] = network.requestsOf('POST', ACCEPT);
  expect(answer.at - pressed).toBeLessThan(GIVEN_UP_MS / 2);
  list.release();
});

test('an answer whose reply was lost is given once, whatever is pressed', async ({ page, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const { kitchen, order } = await withOrder({ page, town, signIn });
  const list = network.when('GET', ORDERS, { refuse: true });
  const lost = network.when('POST', ACCEPT, { hold: true, swallow: true, times: 1 });
  await kitchen.card(order).getByRole('button', { name: 'More' }).click();
  await kitchen.accept(order).click();
  await lost.came();
  // It is on its way: nobody has to press anything yet.
  await expect(kitchen.accept(order)).toHaveAttribute('aria-busy', 'true');
  await expect(kitchen.card(order)).not.toContainText('Nobody knows yet');
  lost.release();
  await expect(kitchen.card(order, 'New')).toContainText('Press again: it happens only once.');
  await kitchen.accept(order).click();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  list.remove();
  const [once, again, ...more] = network.requestsOf('POST', ACCEPT);
  expect(again.headers['idempotency-key']).toBe(once.headers['idempotency-key']);
  expect(again.body.equals(once.body)).toBe(true);
  expect(more).toEqual([]);
  await expect(page.getByText('Nobody knows yet')).toHaveCount(0);
});

test('whoever comes back to a board that could not be reached sees what it is now', async ({ page, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const { kitchen, restaurant, order } = await withOrder({ page, town, signIn });
  await network.refuse();
  await expect(page.getByText('Tiffin does not answer right now.')).toBeVisible();
  await expect(kitchen.card(order, 'New')).toBeVisible();
  await order.cancel('Too late');
  const next = await town.order({ restaurant, items: [{ item_id: restaurant.items[0].id, quantity: 5, options: [] }] });
  await network.accept();
  await expect(kitchen.card(next, 'New')).toContainText('5 items');
  await expect(kitchen.card(order, 'Done')).toContainText('Cancelled · Too late');
  await expect(page.getByText('Tiffin does not answer right now.')).toHaveCount(0);
  await expect(kitchen.card(order)).toHaveCount(1);
});

/** As a restaurant in Bucharest reads it, which is where this browser stands. */
function clock(iso) {
  return new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Bucharest' });
}
