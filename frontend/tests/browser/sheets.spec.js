// Sheets: one Back each, nothing behind them moves, and on the lowest screens their buttons are there to be pressed.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { dish, dishWithOptions, option } from './harness/samples.js';
import { PHONE, waitForStable } from './harness/screen.js';
import { bagOf } from './harness/storage.js';
import { tier } from './harness/tiers.js';

/** Screens with a keyboard open, on their side, and small ones with large letters. */
const LOW = [
  { name: 'above a keyboard', width: 390, height: 380, text: 1 },
  { name: 'on its side', width: 740, height: 340, text: 1 },
  { name: 'small, with letters twice as large', width: 320, height: 480, text: 2 },
];
/** Browsers zoom into fields with smaller letters, and nobody zooms out again. */
const LEAST_LETTERS_PX = 16;
const DISHES = 12;
const GROUPS = 6;
const SCROLLED = 400;
/** How long a field may take to be scrolled to. */
const SCROLL_MS = 10_000;
/** More stops than any of the screens has. */
const MOST_STOPS = 80;

/** A long menu; its first dish has six groups. */
function longMenu() {
  const groups = Array.from({ length: GROUPS }, (_, at) => {
    const options = ['First', 'Second', 'Third'].map((name) => option(`${name} of ${at + 1}`));
    return { name: `Group ${at + 1}`, min: at % 2, max: at % 2 === 1 ? 1 : 2, options };
  });
  const rest = Array.from({ length: DISHES }, (_, at) => dish({ name: `Soup ${at + 1}`, section: `Section ${Math.floor(at / 3)}` }));
  return [dishWithOptions({ option_groups: groups }), ...rest];
}

const scrolled = (page) => page.evaluate(() => Math.round(scrollY));

test.describe('going back', () => {
  test('closes one layer at a time, in its place, and then leaves the page', async ({ page, town, keep }) => {
    await page.setViewportSize(PHONE.viewport);
    const restaurant = await town.restaurant({ menu: longMenu() });
    await keep(page, { address: town.home, bag: bagOf(restaurant, [{ dish: 0, options: ['First of 2', 'First of 4', 'First of 6'] }, { dish: 1 }]) });
    const eat = new EatPage(page);
    await page.goto('/eat');
    await page.getByRole('link', { name: /La Mama/ }).click();
    await expect(eat.dish('Soup 1').first()).toBeVisible();
    await page.evaluate((y) => scrollTo(0, y), SCROLLED);
    await page.getByRole('button', { name: /^View bag/ }).click();
    const bag = eat.sheet('Your bag');
    await bag.getByRole('button', { name: /^Margherita/ }).click();
    const edit = eat.sheet('Margherita');
    await expect(edit).toBeVisible();
    await page.goBack();
    await expect(edit).toHaveCount(0);
    await expect(bag).toBeVisible();
    await page.goBack();
    await expect(bag).toHaveCount(0);
    await expect(eat.title).toHaveText('La Mama');
    expect(await scrolled(page)).toBe(SCROLLED);
    await page.goBack();
    await expect(eat.title).toHaveText(/hungry/);
    await page.goForward();
    await expect(eat.title).toHaveText('La Mama');
    await expect.poll(() => scrolled(page)).toBe(SCROLLED);
    await expect(eat.dialog).toHaveCount(0);
  });

  for (const [how, close] of [
    ['the cross', (eat) => eat.dialog.getByRole('button', { name: 'Close' }).click()],
    ['Escape', (eat) => eat.page.keyboard.press('Escape')],
    ['a tap beside it', (eat) => eat.page.mouse.click(20, 20)],
    ['what it is for', (eat) => eat.dialog.getByRole('button', { name: /^Add/ }).click()],
  ]) {
    test(`after ${how} is no empty step`, async ({ page, town, keep }) => {
      const restaurant = await town.restaurant({ menu: longMenu() });
      await keep(page, { address: town.home });
      const eat = new EatPage(page);
      await page.goto('/eat');
      await page.getByRole('link', { name: /La Mama/ }).click();
      await eat.dish('Soup 3').first().click();
      await expect(eat.dialog).toBeVisible();
      const behind = await scrolled(page);
      expect(behind).toBeGreaterThan(0);
      await close(eat);
      await expect(eat.dialog).toHaveCount(0);
      await expect(page).toHaveURL(new RegExp(`${restaurant.id}$`));
      expect(await scrolled(page)).toBe(behind);
      await page.goBack();
      await expect(eat.title).toHaveText(/hungry/);
    });
  }

  test('after a reload within a sheet comes to the page below it', async ({ page, town, keep }) => {
    const restaurant = await town.restaurant({ menu: longMenu() });
    await keep(page, { address: town.home });
    const eat = new EatPage(page);
    await eat.menu(restaurant);
    await eat.dish('Margherita').click();
    await expect(eat.sheet('Margherita')).toBeVisible();
    await page.reload();
    await expect(eat.sheet('Margherita')).toBeVisible();
    await page.goBack();
    await expect(eat.sheet('Margherita')).toHaveCount(0);
    await expect(eat.dish('Soup 1').first()).toBeVisible();
  });
});

/** Whether somebody can press it: wholly on the screen, and nothing over it. Runs in the page. */
function reachable(element) {
  const shown = element.matches('.visually-hidden') ? (element.closest('label') ?? element) : element;
  const { top, left, right, bottom } = shown.getBoundingClientRect();
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const inside = top >= -0.5 && left >= -0.5 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
  return { inside, hit: shown.contains(hit) || (hit?.contains(shown) === true && hit.matches('label')), what: shown.outerHTML.slice(0, 90) };
}

/** Goes by Tab over everything: nothing that has the focus is under a bar or off the screen. */
async function expectAllInSight(page) {
  const covered = [];
  await page.evaluate(() => (globalThis.tiffinTestStops = new Set([document.body])));
  const isNew = () => page.evaluate(() => {
    const { tiffinTestStops: stops } = globalThis;
    const { size } = stops;
    return stops.add(document.activeElement).size > size;
  });
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press('Tab');
    if (!(await isNew())) break;
    const look = () => page.locator(':focus').evaluate(reachable);
    // It may still be scrolled to.
    await expect.poll(async () => (await look()).hit, { timeout: SCROLL_MS }).toBe(true).catch(async () => covered.push((await look()).what));
  }
  expect(covered, 'what has the focus and is covered').toEqual([]);
}

/** `telling`: on which low screens it is seen each time. */
const SCREENS = [
  {
    name: 'a dish with six groups',
    telling: [1, 2],
    open: async ({ page, town, keep }, eat) => {
      const restaurant = await town.restaurant({ menu: longMenu() });
      await keep(page, { address: town.home });
      await eat.menu(restaurant);
      await page.evaluate((y) => scrollTo(0, y), SCROLLED);
      await eat.dish('Soup 1').first().waitFor();
      await eat.dish('Margherita').evaluate((element) => element.click());
      return [eat.dialog.getByRole('button', { name: /^Add/ }), eat.dialog.getByRole('button', { name: 'Close' })];
    },
  },
  {
    name: 'the checkout',
    telling: [2],
    open: async ({ page, town, signIn }, eat) => {
      await signIn(page, await town.customer(), { address: town.home, bag: bagOf(await town.restaurant()) });
      await eat.checkout();
      await eat.priced();
      await eat.choose('Other');
      await eat.priced();
      return [eat.place];
    },
  },
  {
    name: 'signing up',
    telling: [0],
    open: async ({ page, town, keep }, eat) => {
      await keep(page, { address: town.home, bag: bagOf(await town.restaurant()) });
      await eat.checkout();
      await page.evaluate((y) => scrollTo(0, y), SCROLLED);
      await eat.button('Sign in to order').click();
      await eat.dialog.getByRole('button', { name: 'Sign up', exact: true }).click();
      return [eat.button('Make an account'), eat.dialog.getByRole('button', { name: 'Close' })];
    },
  },
];

for (const { name, open, telling } of SCREENS) {
  test.describe(`${name} on a low screen`, () => {
    for (const [at, { name: low, width, height, text }] of LOW.entries()) {
      test(`can be used ${low}`, tier(telling.includes(at)), async ({ page, town, keep, signIn }) => {
        await page.setViewportSize(text === 1 ? PHONE.viewport : { width, height });
        await page.addInitScript((by) => addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = `${by * 100}%`)), text);
        const eat = new EatPage(page);
        const buttons = await open({ page, town, keep, signIn }, eat);
        await page.setViewportSize({ width, height });
        const behind = await scrolled(page);
        for (const button of buttons) {
          await expect.poll(() => button.evaluate(reachable)).toMatchObject({ inside: true, hit: true });
        }
        await expectAllInSight(page);
        for (const button of buttons) expect(await button.evaluate(reachable)).toMatchObject({ inside: true, hit: true });
        if (await eat.dialog.count()) {
          await page.mouse.move(width / 2, height / 2);
          await page.mouse.wheel(0, SCROLLED);
          await waitForStable(page);
          expect(await scrolled(page), 'the page behind').toBe(behind);
          await page.keyboard.press('Escape');
          await expect(eat.dialog).toHaveCount(0);
          expect(await scrolled(page), 'the page behind').toBe(behind);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'sideways').toBeLessThanOrEqual(0);
      });
    }

    test('has letters in its fields that no browser zooms into', async ({ page, town, keep, signIn }) => {
      await page.setViewportSize(PHONE.viewport);
      const eat = new EatPage(page);
      await open({ page, town, keep, signIn }, eat);
      const sizes = await page.locator('input:not([type=radio], [type=checkbox]), textarea, select').evaluateAll((all) => all.map((one) => [one.name, Number.parseFloat(getComputedStyle(one).fontSize)]));
      expect(sizes.filter(([, size]) => size < LEAST_LETTERS_PX)).toEqual([]);
    });
  });
}
