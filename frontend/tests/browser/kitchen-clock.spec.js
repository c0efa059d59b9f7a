// What changes with time on the board: the time to answer on tablets whose clocks are off, what a screen reader is told meanwhile,
// and a board that a browser has translated. The other roles: clock.spec.js.

import { expect, test } from './fixtures.js';
import { shiftClock, translate } from './harness/circumstances.js';
import { read } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { expectCalm, expectCountdown, expectFreshness } from './harness/over-time.js';
import { TABLET } from './harness/screen.js';
import { LONG, tier } from './harness/tiers.js';
import { hearAnnouncements, readChanges } from './harness/witnesses.js';

const ORDERS = '/v1/orders';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a restaurant may think here. */
const ANSWER_S = 20;
/** What is ahead is set back to be behind. */
const SHIFTS = [['seven minutes ahead', 7 * MINUTE_MS], ['seven minutes behind', -7 * MINUTE_MS]];

test.use({ ...TABLET, via: 'network', comesBack: false, server: { env: { TIFFIN_ORDERS_ANSWER_S: String(ANSWER_S) } } });

/** A board with an order that waits for an answer. */
async function asked({ page, town, signIn }) {
  const restaurant = await town.restaurant();
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(restaurant);
  await expect(kitchen.column('New')).toContainText('No new orders.');
  const order = await town.order({ restaurant });
  await expect(kitchen.accept(order)).toBeVisible();
  return { kitchen, restaurant, order, ring: kitchen.card(order).getByRole('timer') };
}

const seconds = (text) => text.split(':').reduce((all, part) => all * 60 + Number(part), 0);

for (const [name, shift] of SHIFTS) {
  test(`a kitchen has as long to answer as the server says, on a tablet that is ${name} and is set back meanwhile`, tier(shift > 0), async ({ page, town, signIn, network }) => {
    const set = await shiftClock(page, shift);
    const digits = await readChanges(page, '.order.new [role=timer]');
    const age = await readChanges(page, '.kitchen-top .fresh');
    const { kitchen, order, ring } = await asked({ page, town, signIn });
    const { deadline } = await order.now();
    await expect(ring).toHaveText(/^0:(1\d|20)$/);
    await set(shift - HOUR_MS);
    await expect(ring).toHaveText(/^0:0[3-6]$/);
    // At the end the page asks, at once, though an answer is still on its way; until it has one it decides nothing.
    const list = network.when('GET', ORDERS, { hold: true });
    await list.came(1);
    await expect(ring).toHaveText('0:00');
    await list.came(2);
    await expect(kitchen.accept(order)).toBeVisible();
    list.release();
    await expect(kitchen.card(order, 'Done')).toContainText('Rejected · Nobody answered in time.');
    expectCountdown(digits, deadline, seconds);
    expectFreshness(age);
  });
}

test('a kitchen may answer as long as the server takes it, though the tablet says that it is too late', LONG, async ({ page, town, signIn }) => {
  await shiftClock(page, 7 * MINUTE_MS);
  const { kitchen, order, ring } = await asked({ page, town, signIn });
  await expect(ring).toHaveText(/^0:0[3-6]$/);
  await kitchen.accept(order).click();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  expect((await order.now()).status).toBe('accepted');
});

test('a kitchen is told by a screen reader what matters, four times a minute at the most', LONG, async ({ page, town, signIn }) => {
  const said = await hearAnnouncements(page);
  const { kitchen, order, ring } = await asked({ page, town, signIn });
  const live = page.locator('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]').filter({ has: page.getByRole('timer') });
  await expect(live).toHaveCount(0);
  await expect(ring).toHaveText(/^0:0[2-9]$/);
  await order.accept();
  await expect(kitchen.toast(`${read(order)} was accepted.`)).toBeVisible();
  const number = read(order);
  expect(said.map(({ text }) => text)).toEqual([
    `New order ${number} of Ana Pop, 2 items.`, expect.stringMatching(/^(1\d|20) s left to answer /), `10 s left to answer ${number}.`, `${number} was accepted.`,
  ]);
  expectCalm(said);
});

test('a board that a browser has translated shows each order where it is, to the end', LONG, async ({ page, town, signIn }) => {
  const courier = await town.courier({ online: false });
  const { kitchen, restaurant, order } = await asked({ page, town, signIn });
  order.courier = courier;
  const counts = () => Promise.all(['New', 'Preparing', 'Ready', 'On its way', 'Done'].map((name) => kitchen.column(name).locator('.count').innerText()));
  await translate(page);
  await kitchen.card(order).getByRole('button', { name: 'More' }).click();
  await expect(kitchen.card(order)).toContainText('20 min');
  await translate(page);
  await kitchen.accept(order).click();
  await expect(kitchen.card(order, 'Preparing')).toContainText('A courier is being looked for');
  await expect.poll(counts).toEqual(['0', '1', '0', '0', '0']);

  await translate(page);
  const other = await town.order({ restaurant });
  await expect(kitchen.accept(other)).toBeVisible();
  await kitchen.reject(other).click();
  await kitchen.reason.fill('No gas');
  await translate(page);
  await kitchen.dialog.getByRole('button', { name: `Reject ${read(other)}` }).click();
  await expect(kitchen.card(other, 'Done')).toContainText('Rejected · No gas');
  await expect.poll(counts).toEqual(['0', '1', '0', '0', '1']);

  await translate(page);
  await kitchen.ready(order).click();
  await expect(kitchen.card(order, 'Ready')).toContainText('Just ready');
  await translate(page);
  await town.onDuty(courier);
  await order.assign();
  await expect(kitchen.card(order, 'Ready')).toContainText('Radu Ilie comes for it');
  await translate(page);
  await order.pickUp();
  await expect(kitchen.card(order, 'On its way')).toContainText('Radu Ilie brings it');
  await translate(page);
  await order.complete();
  await expect(kitchen.card(order, 'Done')).toContainText('Delivered');
  await expect.poll(counts).toEqual(['0', '0', '0', '0', '2']);
  await expect(page.locator('.card.order')).toHaveCount(2);
  await expect(kitchen.column('New')).toContainText('No new orders.');

  await translate(page);
  await kitchen.link('Menu').click();
  await expect(page.getByRole('heading', { name: 'Margherita' })).toBeVisible();
  await translate(page);
  await kitchen.link('Orders').click();
  await expect(kitchen.card(order, 'Done')).toContainText('Delivered');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  for (const one of [order, other]) await expect(kitchen.card(one).getByRole('heading', { name: read(one) })).toHaveAttribute('translate', 'no');
});
