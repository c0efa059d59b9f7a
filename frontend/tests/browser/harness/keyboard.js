// Somebody without a pointer: an order by keys alone, with the focus always somewhere sensible.

import { expect } from '@playwright/test';

import { EatPage } from './eat-page.js';
import { countStrokes } from './witnesses.js';

/** So many strokes are enough for somebody who is signed in and whose address is remembered. */
export const MOST_STROKES = 30;

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

/**
 * Orders a soup, from the restaurants to the order's page.
 * @param {{page: import('@playwright/test').Page, town: import('./town.js').Town, signIn: Function}} fixtures
 * @param {{asideIsBag?: boolean}} [options] whether the bag stands beside the menu, rather than in a sheet
 */
export async function orderByKeys({ page, town, signIn }, { asideIsBag = true } = {}) {
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
  if (asideIsBag) {
    await goTo(page, eat.toCheckout, 'Shift+Tab');
  } else {
    await goTo(page, page.getByRole('button', { name: /^View bag/ }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await goTo(page, eat.sheet('Your bag').getByRole('button', { name: /^Checkout/ }));
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
  return { customer, id, strokes };
}
