// The board while somebody works on it: nothing moves under a finger or a caret, and what ends meanwhile is said.

import { expect, test } from './fixtures.js';
import { read } from './harness/eat-page.js';
import { DishForm } from './harness/dish-form.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { TABLET, holdPlace, waitForStable } from './harness/screen.js';
import { tier } from './harness/tiers.js';

const ACCEPT = /\/accept$/;

test.use({ ...TABLET, via: 'network' });

/** A board with so many new orders, oldest first. */
async function withOrders({ page, town, signIn }, count) {
  const restaurant = await town.restaurant();
  const orders = [];
  while (orders.length < count) orders.push(await town.order({ restaurant }));
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(restaurant);
  for (const order of orders) await expect(kitchen.card(order, 'New')).toBeVisible();
  await waitForStable(page);
  return { kitchen, restaurant, orders };
}

/** A board as busy as it gets: orders come, are answered, are ready and are called off. Ends once the page has shown all of it. */
async function rush(town, restaurant, page) {
  const orders = await Promise.all([0, 1, 2, 3, 4, 5].map(() => town.order({ restaurant })));
  const [accepted, ready, cancelled, rejected, ...left] = orders;
  await Promise.all([accepted.accept(), ready.bringTo('ready'), cancelled.cancel(), rejected.reject()]);
  await Promise.all([accepted.ready(), ready.cancel('No gas', restaurant.owner), left[0].accept()]);
  // Titles tell what a page knows, also where a dialog or another page covers the board.
  return { left: left[1], shown: (waiting) => expect(page).toHaveTitle(new RegExp(`^\\(${waiting}\\) New orders? `)) };
}

test('a reason that is half typed stays as it is, whatever happens to other orders, and to its own', async ({ page, town, signIn }) => {
  const { kitchen, restaurant, orders: [order] } = await withOrders({ page, town, signIn }, 1);
  await kitchen.reject(order).click();
  await kitchen.reason.pressSequentially('We have run of dough');
  for (let letter = 0; letter < 'of dough'.length; letter += 1) await page.keyboard.press('ArrowLeft');
  const expectHeld = await holdPlace(page);
  const busy = await rush(town, restaurant, page);
  await busy.shown(2);
  await expectHeld();
  await page.keyboard.type('out ');
  await expect(kitchen.reason).toHaveValue('We have run out of dough');

  const expectStillHeld = await holdPlace(page);
  await order.cancel('Never mind');
  await expect(kitchen.dialog.getByRole('alert')).toHaveText(`There is nothing to do here any more. ${read(order)} was cancelled. Never mind`);
  await expectStillHeld();
  await expect(kitchen.dialog.getByRole('button', { name: /^Reject/ })).toHaveCount(0);
  await kitchen.reason.press('ControlOrMeta+A');
  expect(await page.evaluate(() => getSelection().toString() || document.activeElement.value)).toBe('We have run out of dough');
  await kitchen.dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(kitchen.card(order, 'Done')).toContainText('Cancelled · Never mind');
  await expect(kitchen.accept(busy.left)).toBeVisible();
});

test('minutes that were chosen stay chosen, and the button keeps the focus', async ({ page, town, signIn }) => {
  const { kitchen, restaurant, orders: [order] } = await withOrders({ page, town, signIn }, 1);
  const minutes = kitchen.card(order).getByRole('group', { name: 'Ready in' });
  await minutes.getByRole('button', { name: 'More' }).focus();
  for (let press = 0; press < 2; press += 1) await page.keyboard.press('Enter');
  await expect(minutes).toContainText('25 min');
  const expectHeld = await holdPlace(page);
  const busy = await rush(town, restaurant, page);
  await busy.shown(2);
  await expect(kitchen.card(busy.left, 'New')).toBeVisible();
  await expectHeld();
  await expect(minutes).toContainText('25 min');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(kitchen.accept(order)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  const { ready_by: ready, placed_at: placed } = await order.now();
  expect(Date.parse(ready) - Date.parse(placed)).toBeGreaterThanOrEqual(25 * 60_000);
  // What had the focus has gone: it is in the column still.
  await expect(kitchen.column('New').getByRole('heading', { level: 2 })).toBeFocused();
});

test('a dish that is half written stays as it is while orders come', async ({ page, town, signIn }) => {
  const restaurant = await town.restaurant();
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  const form = new DishForm(page, restaurant.currency);
  await kitchen.menu(restaurant);
  await form.open();
  await form.name.fill('Ciorbă');
  await form.price.pressSequentially('12,5');
  await page.keyboard.press('ArrowLeft');
  const expectHeld = await holdPlace(page);
  const busy = await rush(town, restaurant, page);
  await busy.shown(1);
  await expectHeld();
  await page.keyboard.type('0');
  await expect(form.price).toHaveValue('12,05');
});

test('an order that ends while all about it is open says so there', async ({ page, town, signIn }) => {
  const { kitchen, orders: [order] } = await withOrders({ page, town, signIn }, 1);
  const sheet = await kitchen.open(order);
  await expect(sheet.getByRole('button', { name: 'Reject' })).toBeVisible();
  await order.cancel('Never mind');
  await expect(sheet).toContainText(`${read(order)} was cancelled. Never mind`);
  await expect(sheet.getByRole('button', { name: 'Reject' })).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(sheet).toHaveCount(0);
});

test('a button under the mouse stays there until it is let go, and is the one that was pressed', async ({ page, town, signIn, network }) => {
  const { kitchen, restaurant, orders: [above, order] } = await withOrders({ page, town, signIn }, 2);
  const button = kitchen.accept(order);
  await button.hover();
  const stood = await kitchen.card(order).boundingBox();
  await page.mouse.down();
  await above.cancel('Never mind');
  const late = await town.order({ restaurant });
  await expect(page).toHaveTitle(/^\(2\) New orders/);
  await expect(kitchen.column('New').getByText('1 new', { exact: true })).toBeVisible();
  await expect(page.getByText(`${read(above)} was cancelled. Never mind`).first()).toBeVisible();
  await expect(kitchen.card(late)).toHaveCount(0);
  expect(await kitchen.card(order).boundingBox()).toEqual(stood);
  await page.mouse.up();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  await expect(kitchen.card(late, 'New')).toBeVisible();
  await expect(kitchen.card(above, 'Done')).toBeVisible();
  await expect(kitchen.column('New').getByText('1 new', { exact: true })).toHaveCount(0);
  expect(network.requestsOf('POST', ACCEPT).map(({ path }) => path)).toEqual([`/v1/orders/${order.id}/accept`]);
});

test('a button under a finger stays there until it is lifted', async ({ page, town, signIn, network }) => {
  const { kitchen, orders: [above, order] } = await withOrders({ page, town, signIn }, 2);
  const button = kitchen.accept(order);
  await button.scrollIntoViewIfNeeded();
  const stood = await kitchen.card(order).boundingBox();
  const finger = await page.context().newCDPSession(page);
  const { x, y, width, height } = await button.boundingBox();
  const at = { x: x + width / 2, y: y + height / 2 };
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await above.cancel('Never mind');
  await expect(page).toHaveTitle(/^\(1\) New order /);
  expect(await kitchen.card(order).boundingBox()).toEqual(stood);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  expect(network.requestsOf('POST', ACCEPT).map(({ path }) => path)).toEqual([`/v1/orders/${order.id}/accept`]);
});

for (const pointerType of ['touch', 'mouse']) {
  test(`a tap with a ${pointerType} that was meant for what stood there a moment ago does nothing`, tier(pointerType === 'touch'), async ({ page, town, signIn, network }) => {
    const { kitchen, orders: [above, order] } = await withOrders({ page, town, signIn }, 2);
    // As soon as the card above has gone, a press meant for it meets the one that stands there now.
    await page.evaluate(([gone, label, type]) => {
      new MutationObserver((_changes, observer) => {
        if (document.querySelector(`#column-new [data-order="${gone}"]`)) return;
        observer.disconnect();
        const button = document.querySelector(`[aria-label="${label}"]`);
        button.dispatchEvent(new PointerEvent('click', { bubbles: true, cancelable: true, detail: 1, pointerType: type }));
        document.body.dataset.pressed = label;
      }).observe(document.body, { subtree: true, childList: true });
    }, [above.id, `Accept ${read(order)}`, pointerType]);
    await above.cancel('Never mind');
    await expect(page.locator('body')).toHaveAttribute('data-pressed', /Accept/);
    await expect(kitchen.card(above, 'Done')).toBeVisible();
    expect(network.requestsOf('POST', ACCEPT)).toEqual([]);
    await expect(kitchen.accept(order)).toBeVisible();
    await kitchen.accept(order).click();
    await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  });
}
