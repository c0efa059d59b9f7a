// An order without a pointer: from the restaurants to the order, in few strokes, with the focus always somewhere sensible.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { atCheckout, ordersOf } from './harness/checkout.js';
import { DESKTOP, PHONE } from './harness/screen.js';
import { countStrokes } from './harness/witnesses.js';

/** So many strokes are enough for somebody who is signed in and whose address is remembered. */
const MOST_STROKES = 30;

/** What has the focus, as it is called. */
function focused(page) {
  return page.evaluate(() => {
    const { activeElement: at } = document;
    return at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '';
  });
}

/** Presses a key until something has the focus; no more often than there are things to stop at. */
async function goTo(page, target, key = 'Tab') {
  await expect(target).toBeVisible();
  const passed = [];
  while (!(await target.evaluate((element) => element === document.activeElement))) {
    await page.keyboard.press(key);
    passed.push(await focused(page));
    if (passed.length > MOST_STROKES) throw new Error(`${key} leads past it: ${passed.join(' · ')}`);
  }
}

for (const [name, device] of [['phone', PHONE], ['desktop', DESKTOP]]) {
  test(`an order takes at most ${MOST_STROKES} strokes on a ${name}`, async ({ page, town, signIn, api }) => {
    await page.setViewportSize(device.viewport);
    const [customer] = [await town.customer(), await town.restaurant()];
    const strokes = await countStrokes(page);
    await signIn(page, customer, { address: town.home });
    const eat = new EatPage(page);
    await page.goto('/eat');
    await expect(page.getByRole('link', { name: /La Mama/ })).toBeVisible();
    await goTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await page.keyboard.press('Enter');
    await goTo(page, page.getByRole('link', { name: /La Mama/ }));
    await page.keyboard.press('Enter');
    await expect(eat.title).toHaveText('La Mama');
    await expect(eat.title).toBeFocused();
    await goTo(page, eat.dish('Sour soup'));
    await page.keyboard.press('Enter');
    await expect(eat.sheet('Sour soup')).toBeVisible();
    await goTo(page, eat.sheet('Sour soup').getByRole('button', { name: /^Add/ }));
    await page.keyboard.press('Enter');
    await expect(eat.sheet('Sour soup')).toHaveCount(0);
    await expect(eat.dish('Sour soup')).toBeFocused();
    if (name === 'phone') {
      await goTo(page, page.getByRole('button', { name: /^View bag/ }), 'Shift+Tab');
      await page.keyboard.press('Enter');
      await goTo(page, eat.sheet('Your bag').getByRole('button', { name: /^Checkout/ }));
    } else {
      await goTo(page, eat.toCheckout, 'Shift+Tab');
    }
    await page.keyboard.press('Enter');
    await expect(eat.title).toHaveText('Checkout');
    await expect(eat.title).toBeFocused();
    await eat.priced();
    await goTo(page, page.getByRole('link', { name: 'Skip to the total' }));
    await page.keyboard.press('Enter');
    await goTo(page, eat.place);
    await page.keyboard.press('Enter');
    const id = await eat.placed();
    await expect(eat.title).toBeFocused();
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
