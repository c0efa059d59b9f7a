// Names that break careless pages: they read as they were written, everywhere, and fit.

import { expect, test } from './fixtures.js';
import { EatPage } from './harness/eat-page.js';
import { NAMES, dish, dishWithOptions, option } from './harness/samples.js';
import { DESKTOP, NARROW, PHONE, expectFits } from './harness/screen.js';
import { tier } from './harness/tiers.js';
import { speak } from './harness/words.js';

const VIEWPORTS = [NARROW, PHONE.viewport, DESKTOP.viewport];

test.beforeEach(({ page }) => {
  page.on('dialog', (dialog) => {
    throw new Error(`a page opened a dialog: ${dialog.message()}`);
  });
});

for (const [kind, name] of Object.entries(NAMES)) {
  for (const locale of kind === 'rightToLeft' || kind === 'long' ? ['en', 'ar'] : ['en']) {
    test(`a name that is ${kind} reads as it was written, in ${locale}`, tier(kind === 'script' && locale === 'en'), async ({ page, town, signIn }) => {
      const groups = [{ name, min: 1, max: 1, options: [option(name), option('Large', 3)] }];
      const menu = [dish({ name, description: name, section: name, price: 20 }), dishWithOptions({ name: `${name.slice(0, 98)} 2`, option_groups: groups })];
      const restaurant = await town.restaurant({ name, description: name, menu });
      const [customer, courier] = [await town.customer({ name }), await town.courier({ name })];
      await speak(page, locale);
      await signIn(page, customer, { address: { ...town.home, address: { ...town.home.address, street: name }, notes: name } });
      const eat = new EatPage(page);
      const onEach = async (names) => {
        for (const viewport of VIEWPORTS) {
          await page.setViewportSize(viewport);
          for (const one of names) await expect(page.getByText(one).first()).toBeAttached();
          await expectFits(page);
        }
        await page.setViewportSize(DESKTOP.viewport);
      };
      await page.goto('/eat');
      await page.getByRole('heading', { level: 3, name }).waitFor();
      await onEach([name]);
      await page.locator('.eat-card').filter({ hasText: name }).click();
      await eat.dish(name).first().waitFor();
      await expect(eat.title).toHaveText(name);
      await onEach([name]);
      await eat.dish(name).last().click();
      await expect(eat.dialog).toBeVisible();
      await onEach([name]);
      await eat.dialog.locator('footer .btn.primary').click();
      await expect(eat.dialog).toHaveCount(0);
      await eat.dish(name).first().click();
      await eat.dialog.locator('footer .btn.primary').click();
      await expect(eat.dialog).toHaveCount(0);
      await page.locator('.bag-sum .btn').last().click();
      await expect(page).toHaveURL(/checkout$/);
      await page.locator('textarea[name=notes]').fill(name);
      await expect(page.locator('input[name=name]')).toHaveValue(name);
      const place = page.locator('.checkout-side .bar .btn');
      await expect(place).not.toHaveAttribute('aria-busy', 'true');
      await expect(place).toHaveText(/[\d٠-٩]/);
      await onEach([name]);
      await place.click();
      const order = await town.placedOrder(await eat.placed(), { customer, restaurant, courier });
      await order.bringTo('picked_up');
      await expect(page.locator('.order').getByText(name.trim().split(/\s+/)[0]).first()).toBeVisible();
      await expect(page.locator('.timeline li')).toHaveCount(7);
      await onEach([name]);
      expect(await order.now()).toMatchObject({ notes: name, restaurant: { name }, contact: { name } });
      await page.goto('/eat/orders');
      await page.locator('.orders-open').waitFor();
      await onEach([name]);
      await page.goto('/eat/account');
      await onEach([name]);
      await page.goto('/eat/notices');
      await expect(page.locator('.notice').first()).toBeVisible();
      await onEach([]);
    });
  }
}

/** Where words stand within an element: from the left to the right edge. */
function edges(locator, words) {
  return locator.evaluate((element, sought) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const at = texts.currentNode.data.indexOf(sought);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(texts.currentNode, at);
      range.setEnd(texts.currentNode, at + sought.length);
      const { left, right } = range.getBoundingClientRect();
      return { left, right };
    }
    throw new Error(`nothing says ${sought}`);
  }, words);
}

test('in Arabic, names in Latin letters keep the order in which they are told, each from left to right, and their blocks stand as the page does', async ({ newDevice, town, signIn }) => {
  const groups = [['Size', '32 cm'], ['Dough', 'Neapolitan']].map(([name, only]) => ({ name, min: 1, max: 1, options: [option(only)] }));
  const restaurant = await town.restaurant({ menu: [dishWithOptions({ price: 20, option_groups: groups })], time_zone: 'Europe/Bucharest' });
  const [{ id, option_groups: chosen }] = restaurant.items;
  const items = [{ item_id: id, quantity: 1, options: chosen.map(({ options }) => options[0].id) }];
  const order = await town.order({ restaurant, items, deliverTo: { ...town.home, notes: 'Blue door' }, status: 'accepted' });
  const device = await newDevice({ timezoneId: 'Asia/Tokyo' });

  const page = await device.newPage();
  await speak(page, 'ar');
  await signIn(page, order.customer, { address: town.home });
  await new EatPage(page).order(order);
  const note = page.locator('.said').filter({ hasText: 'Blue door' });
  await expect(note).toBeVisible();
  expect((await edges(note, 'Blue door')).right).toBeCloseTo(await note.evaluate((block) => block.getBoundingClientRect().right), 0);
  const zone = page.getByText('Bucharest').last();
  expect((await edges(zone, 'Bucharest')).left).toBeGreaterThan((await edges(zone, 'غرينتش')).right);

  const board = await device.newPage();
  await speak(board, 'ar');
  await signIn(board, restaurant.owner);
  await board.goto(`/kitchen/${restaurant.id}`);
  for (const options of [page.locator('.lines .small'), board.locator('.dishes .options')]) {
    await expect(options).toBeVisible();
    const [digits, unit, dough] = [await edges(options, '32'), await edges(options, 'cm'), await edges(options, 'Neapolitan')];
    expect(digits.right).toBeLessThan(unit.left);
    expect(dough.right).toBeLessThan(digits.left);
  }
});
