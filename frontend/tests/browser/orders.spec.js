// What becomes of an order otherwise: called off, turned down, not paid for; and what is done with orders that are over.

import { expect, test } from './fixtures.js';
import { EatPage, read } from './harness/eat-page.js';
import { OrderInTown } from './harness/orders.js';
import { NAMES, dish } from './harness/samples.js';
import { bagOf, everythingKept } from './harness/storage.js';

const ORDERS = '/v1/orders';
const MENU = /\/menu$/;

/** The page of an order, before its customer. */
async function followed({ page, town, signIn }, options) {
  const order = await town.order(options);
  await signIn(page, order.customer, { address: town.home });
  const eat = new EatPage(page);
  await eat.order(order);
  return { order, eat };
}

const ordersOf = async (api, customer) => (await api.get(ORDERS, { as: customer })).items;

test('an order can be called off until it is accepted, and costs nothing', async ({ page, town, signIn }) => {
  const { order, eat } = await followed({ page, town, signIn }, { status: 'paid' });
  await eat.button('Cancel the order').click();
  const sheet = eat.sheet('Cancel your order?');
  await expect(sheet).toContainText('You pay nothing: the restaurant has not accepted yet.');
  await sheet.getByLabel('It takes too long').check();
  await sheet.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(sheet).toHaveCount(0);
  await expect(eat.title).toHaveText('Your order was cancelled');
  await expect(eat.says('“It takes too long”')).toBeVisible();
  await expect(eat.says('You were not charged.')).toBeVisible();
  await expect(eat.button('Cancel the order')).toHaveCount(0);
  expect(await order.now()).toMatchObject({ status: 'cancelled', reason: 'It takes too long' });
});

test('what was placed here and called off since is not shown as placed at the checkout', async ({ page, town, signIn }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  const placed = page.getByRole('heading', { name: /^Order .* is placed$/ });
  await eat.checkout();
  await eat.pay();
  const order = await OrderInTown.placed(town, await eat.placed(), { customer, restaurant });
  await eat.checkout();
  await expect(placed).toBeVisible();
  await order.bringTo('cancelled');
  await expect(page.getByRole('heading', { name: 'There is nothing to order' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'There is nothing to order' })).toBeVisible();
  await expect(placed).toHaveCount(0);
});

test('the arrow of an order leads to the list it was opened from, and never to another order', async ({ page, town, signIn }) => {
  const customer = await town.customer();
  const past = await town.order({ status: 'cancelled', customer });
  await signIn(page, customer, { address: town.home });
  const eat = new EatPage(page);
  await page.goto('/eat/orders');
  await page.getByRole('listitem').getByRole('link', { name: /Sour soup/ }).click();
  await expect(page.getByText(read(past))).toBeVisible();
  await eat.button('Back').click();
  await expect(page).toHaveURL(/\/eat\/orders$/);
  expect(await page.evaluate(() => navigation.canGoForward)).toBe(true);
  await page.goForward();
  await page.getByRole('button', { name: /^Order again/ }).click();
  await eat.pay();
  await expect(page).not.toHaveURL(new RegExp(past.id));
  await eat.placed();
  await expect(eat.title).toHaveText('Waiting for La Mama');
  await eat.button('Back').click();
  await expect(page).toHaveURL(/\/eat\/orders$/);
  await expect(page.getByRole('heading', { name: 'On its way' })).toBeVisible();
});

test('beside the restaurants stands the order that is on its way, as long as it is', async ({ page, town, signIn }) => {
  const order = await town.order({ status: 'paid' });
  await signIn(page, order.customer, { address: town.home, bag: bagOf(order.restaurant) });
  await page.goto('/eat');
  const link = page.locator(`.eat-near a[href="/eat/orders/${order.id}"]`);
  await expect(link).toContainText('Waiting for La Mama');
  const [bar, bag] = [await link.boundingBox(), await page.getByRole('button', { name: /^View bag/ }).boundingBox()];
  expect(bar.y + bar.height).toBeLessThanOrEqual(bag.y);
  await order.accept();
  await expect(link).toContainText('La Mama is cooking');
  await link.click();
  await expect(page.getByText(read(order))).toBeVisible();
  await page.goBack();
  await expect(link).toBeVisible();
  await order.cancel('Out of gas', order.restaurant.owner);
  await expect(link).toHaveCount(0);
});

test('a reason of one’s own has to be given, and is passed on as it is written', async ({ page, town, signIn }) => {
  const { order, eat } = await followed({ page, town, signIn }, { status: 'paid' });
  await eat.button('Cancel the order').click();
  const sheet = eat.sheet('Cancel your order?');
  await sheet.getByLabel('Something else').check();
  await sheet.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(sheet.getByRole('alert')).toHaveText('Please say why.');
  await sheet.getByLabel('Your reason').fill(NAMES.script);
  await sheet.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(eat.says(`“${NAMES.script}”`)).toBeVisible();
  expect((await order.now()).reason).toBe(NAMES.script);
});

test('what is accepted meanwhile can’t be called off: the sheet says so, and keeps what was typed', async ({ page, town, signIn }) => {
  const { order, eat } = await followed({ page, town, signIn }, { status: 'paid' });
  await eat.button('Cancel the order').click();
  const sheet = eat.sheet('Cancel your order?');
  await sheet.getByLabel('Something else').check();
  await sheet.getByLabel('Your reason').fill('My guests are not com');
  await order.bringTo('accepted');
  await expect(sheet.getByRole('alert')).toContainText('La Mama has accepted the order in the meantime.');
  await expect(sheet.getByRole('button', { name: 'Cancel the order' })).toHaveCount(0);
  await expect(sheet.getByLabel('Your reason')).toHaveValue('My guests are not com');
  await sheet.locator('footer').getByRole('button', { name: 'Close' }).click();
  await expect(eat.title).toHaveText('La Mama is cooking');
  await expect(eat.button('Cancel the order')).toHaveCount(0);
});

test('what the restaurant turns down says why, and that it costs nothing', async ({ page, town, signIn }) => {
  const { order, eat } = await followed({ page, town, signIn }, { status: 'paid' });
  await order.reject('Out of dough');
  await expect(eat.title).toHaveText("La Mama can't take your order");
  await expect(eat.says('“Out of dough”')).toBeVisible();
  await expect(eat.says('You were not charged.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Find another restaurant' })).toHaveAttribute('href', '/eat');
});

test('a card that is declined: what happened is told, the bag is kept, and another card pays a new quote', async ({ page, town, signIn, api }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  await eat.checkout();
  await eat.note.fill('No celery, please');
  await eat.choose('€2');
  await eat.card('Card that is declined').check();
  await eat.pay();
  const first = await eat.placed();
  await expect(eat.title).toHaveText('Your payment did not go through');
  for (const words of ['Your card was declined.', 'You were not charged.', 'What you chose is in your bag, with your note and your tip.']) await expect(eat.says(words)).toBeVisible();
  await page.reload();
  await expect(eat.title).toHaveText('Your payment did not go through');
  const quoted = page.waitForResponse((reply) => reply.url().endsWith('/quotes') && reply.ok());
  await eat.button('Pay with another card').click();
  await quoted;
  await expect(eat.card('Card that works')).toBeChecked();
  await expect(eat.note).toHaveValue('No celery, please');
  await expect(eat.tip('€2')).toBeChecked();
  await expect(eat.quantity('Sour soup')).toContainText('2');
  await eat.pay();
  await expect(page).not.toHaveURL(new RegExp(first));
  const second = await eat.placed();
  await expect(eat.title).toHaveText('Waiting for La Mama');
  const orders = await ordersOf(api, customer);
  expect(orders.map(({ id, status, notes, tip }) => [id, status, notes, tip.amount])).toEqual([
    [second, 'paid', 'No celery, please', 200], [first, 'payment_failed', 'No celery, please', 200],
  ]);
  // The bag is ordered: it does not come back with the order that failed.
  await eat.order({ id: first });
  await expect(eat.title).toHaveText('Your payment did not go through');
  await page.goto('/eat/checkout');
  await expect(page.getByRole('heading', { name: /^Order .* is placed$/ })).toBeVisible();
});

test.describe('orders that are over', () => {
  test.use({ via: 'network' });

  test('are listed with what is on its way first, and are ordered again in one press', async ({ page, town, signIn, api }) => {
    const [customer, restaurant] = [await town.customer(), await town.restaurant()];
    const past = await town.order({ status: 'cancelled', customer, restaurant });
    const open = await town.order({ status: 'accepted', customer, restaurant });
    await signIn(page, customer, { address: town.home });
    const eat = new EatPage(page);
    await page.goto('/eat/orders');
    const headings = page.getByRole('heading', { level: 2 });
    await expect(headings).toHaveText(['On its way', 'Earlier']);
    await expect(page.getByRole('link', { name: /La Mama is cooking/ })).toHaveAttribute('href', `/eat/orders/${open.id}`);
    await expect(page.getByRole('listitem').getByRole('link', { name: /2× Sour soup/ })).toHaveAttribute('href', `/eat/orders/${past.id}`);
    await page.getByRole('button', { name: 'Order again from La Mama' }).click();
    await expect(page).toHaveURL(/\/eat\/checkout$/);
    await eat.pay();
    const id = await eat.placed();
    const [again] = await ordersOf(api, customer);
    expect(again).toMatchObject({ id, lines: (await past.now()).lines });
  });

  test('are ordered again as far as the menu has them, and not over another bag unasked', async ({ page, town, signIn, network, api }) => {
    const customer = await town.customer();
    const restaurant = await town.restaurant({ menu: [dish(), dish({ name: 'Bean soup' })] });
    const other = await town.restaurant({ name: 'Taverna Kyma' });
    const items = restaurant.items.map(({ id }) => ({ item_id: id, quantity: 2, options: [] }));
    await town.order({ status: 'cancelled', customer, restaurant, items });
    const menu = await api.get(`/v1/restaurants/${restaurant.id}/menu`);
    menu.sections[0].items[1].available = false;
    network.when('GET', MENU, { answer: { status: 200, body: menu } });
    await signIn(page, customer, { address: town.home, bag: bagOf(other) });
    const eat = new EatPage(page);
    await page.goto('/eat/orders');
    await page.getByRole('button', { name: 'Order again from La Mama' }).click();
    const sheet = eat.sheet('Order again');
    await expect(sheet).toContainText('Not to be had any more, or not now: Bean soup.');
    await expect(sheet).toContainText('Your bag from Taverna Kyma makes room for it.');
    await page.goBack();
    await expect(sheet).toHaveCount(0);
    const bag = () => page.evaluate((id) => JSON.parse(localStorage.getItem(`tiffin:bag:${id}`)).data, customer.id);
    expect((await bag()).restaurant.name).toBe('Taverna Kyma');
    await page.getByRole('button', { name: 'Order again from La Mama' }).click();
    await sheet.getByRole('button', { name: 'Put 2 dishes into the bag' }).click();
    await expect(page).toHaveURL(new RegExp(`/eat/restaurants/${restaurant.id}$`));
    await expect(eat.bag).toContainText('Sour soup');
    expect((await bag()).entries.map(({ name, quantity }) => [name, quantity])).toEqual([['Sour soup', 2]]);
  });
});

test('notices lead to their orders, count down as they are read, and are read all at once', async ({ page, town, signIn, api }) => {
  const order = await town.order({ status: 'ready' });
  await signIn(page, order.customer, { address: town.home });
  const unread = () => api.get('/v1/notifications?unread=true', { as: order.customer });
  await expect.poll(async () => (await unread()).unread_count).toBeGreaterThan(1);
  const { unread_count: count } = await unread();
  const badge = page.getByLabel(/\d+ unread/);
  await page.goto('/eat/notices');
  await expect(badge).toHaveText(String(count));
  const notices = page.getByRole('main').getByRole('listitem');
  await expect(notices).toHaveCount(count);
  await notices.first().getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(order.id));
  await expect(page.getByText(read(order))).toBeVisible();
  await page.goBack();
  await expect(badge).toHaveText(String(count - 1));
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(badge).toHaveCount(0);
  await expect(page.getByText('new', { exact: true })).toHaveCount(0);
  expect((await unread()).unread_count).toBe(0);
});

test('an account shows whose it is, and the way out leaves nothing here', async ({ page, town, signIn }) => {
  const customer = await town.customer({ name: NAMES.emoji });
  await signIn(page, customer, { address: town.home, bag: bagOf(await town.restaurant()) });
  const eat = new EatPage(page);
  await page.goto('/eat');
  await page.getByRole('link', { name: `${NAMES.emoji}, account` }).click();
  await expect(page.getByRole('heading', { name: NAMES.emoji })).toBeVisible();
  await expect(eat.says(customer.email)).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Orders' }).click();
  await expect(page.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
  await page.goBack();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(eat.says('Sign in to order and to see your orders')).toBeVisible();
  const kept = await everythingKept(page);
  for (const one of [customer.id, customer.email, town.home.address.street, 'Sour soup']) expect(kept).not.toContain(one);
});
