// An order without a pointer: from the restaurants to the order, in few strokes, with the focus always somewhere sensible.

import { expect, test } from './fixtures.js';
import { atCheckout, ordersOf } from './harness/checkout.js';
import { MOST_STROKES, orderByKeys } from './harness/keyboard.js';
import { DESKTOP, PHONE } from './harness/screen.js';
import { tier } from './harness/tiers.js';

for (const [name, device] of [['phone', PHONE], ['desktop', DESKTOP]]) {
  test(`an order takes at most ${MOST_STROKES} strokes on a ${name}`, tier(device === DESKTOP), async ({ page, town, signIn, api }) => {
    await page.setViewportSize(device.viewport);
    const { customer, id, strokes } = await orderByKeys({ page, town, signIn }, { asideIsBag: device === DESKTOP });
    expect((await ordersOf(api, customer)).map((order) => order.id)).toEqual([id]);
    expect(strokes.pointers).toBe(0);
    expect(strokes.keys).toBeLessThanOrEqual(MOST_STROKES);
  });
}

test('choices are one stop each, and arrows choose', async ({ page, town, signIn }) => {
  const { eat } = await atCheckout({ page, town, signIn });
  const stops = async () => {
    const names = [];
    await eat.title.focus();
    while (!(await eat.place.evaluate((element) => element === document.activeElement))) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement.name || document.activeElement.tagName));
    }
    return names.filter((one, at) => names.indexOf(one) !== at && one !== 'BUTTON' && one !== 'A');
  };
  expect(await stops()).toEqual([]);
  await eat.tip('None').focus();
  await page.keyboard.press('ArrowRight');
  await expect(eat.tip('€1')).toBeChecked();
  await expect(eat.tip('€1')).toBeFocused();
  await eat.priced();
  await eat.card('Card that works').focus();
  await page.keyboard.press('ArrowDown');
  await expect(eat.card('Card that is declined')).toBeChecked();
  await expect(eat.card('Card that is declined')).toBeFocused();
});

test('whoever closes, takes out or puts back by keys is where they were', async ({ page, town, signIn }) => {
  const { eat } = await atCheckout({ page, town, signIn });
  const change = page.getByRole('button', { name: 'Change', exact: true });
  await change.press('Enter');
  await expect(eat.dialog.getByRole('heading', { name: 'Delivery address' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(eat.dialog).toHaveCount(0);
  await expect(change).toBeFocused();
  const less = (name) => eat.quantity('Sour soup').getByRole('button', { name });
  await less('Less').press('Enter');
  await less('Take out').press('Enter');
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(page.getByRole('heading', { name: 'There is nothing to order' })).toBeVisible();
  await expect(undo).toBeFocused();
  await page.keyboard.press('Enter');
  await eat.priced();
  await less('Take out').press('Enter');
  await page.goBack();
  await expect(eat.title).toBeFocused();
  await eat.dish('Sour soup').press('Enter');
  await expect(eat.sheet('Sour soup')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(eat.dish('Sour soup')).toBeFocused();
  await eat.dish('Sour soup').press('Enter');
  await eat.sheet('Sour soup').getByRole('button', { name: /^Add/ }).press('Enter');
  await expect(eat.dish('Sour soup')).toBeFocused();
  await eat.quantity('Sour soup').getByRole('button', { name: 'Take out' }).press('Enter');
  await expect(undo).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(eat.quantity('Sour soup')).toBeVisible();
});
