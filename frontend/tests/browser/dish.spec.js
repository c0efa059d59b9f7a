// The menu as its restaurant sees it, and a dish that is put on it: written once, read as it was meant, kept until it is there.

import { expect, test } from './fixtures.js';
import { DishForm } from './harness/dish-form.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { NAMES, dish, dishWithOptions } from './harness/samples.js';
import { TABLET } from './harness/screen.js';
import { LONG, tier } from './harness/tiers.js';
import { LOCALES, speak, wordsOf } from './harness/words.js';

const ITEMS = /\/menu\/items$/;
/** Amounts have a comma there, and what is typed with a point has to be understood all the same. */
const TELLING_LOCALE = 'ro';

test.use({ ...TABLET, via: 'network' });

/** The menu of a restaurant, its owner signed in. */
async function atMenu({ page, town, signIn }, { currency = 'EUR', locale = 'en', ...options } = {}) {
  const restaurant = await town.restaurant({ currency, menu: [], ...options });
  await speak(page, locale);
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.menu(restaurant);
  return { kitchen, restaurant, form: new DishForm(page, currency, locale) };
}

/** What is on a menu, in the order in which it stands there. */
async function menuOf(api, { id }) {
  const { sections } = await api.get(`/v1/restaurants/${id}/menu`);
  return sections.flatMap(({ items }) => items);
}

test('a menu stands there as customers see it', async ({ page, town, signIn }) => {
  const menu = [dish({ description: 'With sour cream' }), dishWithOptions(), dish({ section: 'Pizza', name: 'Marinara', price: 0.5 })];
  const { kitchen } = await atMenu({ page, town, signIn }, { menu });
  await expect(kitchen.title).toContainText('La Mama');
  await expect(page).toHaveTitle('Menu of La Mama · Tiffin');
  await expect(page.getByText('3 dishes, as customers see them')).toBeVisible();
  const [soup, pizza, marinara] = ['Sour soup', 'Margherita', 'Marinara'].map((name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) }));
  for (const words of ['€12.50', 'With sour cream', /celery/i, /lactose/i]) await expect(soup).toContainText(words);
  for (const words of ['€9.00', 'Size choose 1', 'Extras up to 2', 'Large +€3.00', 'Chilli']) await expect(pizza).toContainText(words);
  await expect(marinara).toContainText('€0.50');
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['Soups', 'Pizza']);
});

test('a dish with options is put on an empty menu, and customers have it at once', async ({ page, town, signIn, api, network }) => {
  const { restaurant, form } = await atMenu({ page, town, signIn });
  await expect(page.getByRole('heading', { name: 'There is nothing on the menu yet' })).toBeVisible();
  await form.open();
  await form.write({ name: 'Ciorbă', price: '12,50' });
  await form.description.fill('Sour, with lovage');
  await form.sheet.getByText('Celery', { exact: true }).click();
  await form.sheet.getByText('Vegan', { exact: true }).click();
  await form.sheet.getByRole('button', { name: 'Add a group of options' }).click();
  await form.sheet.getByLabel('Group', { exact: true }).fill('Bread');
  await form.sheet.getByRole('group', { name: 'Choose at least' }).getByRole('button', { name: 'More' }).click();
  await form.option(1, 1, 'name').fill('White');
  await form.option(1, 2, 'name').fill('Rye');
  await form.option(1, 2, 'price').fill('0.75');
  await form.save.dblclick();
  await expect(form.sheet).toHaveCount(0);
  await expect(page.getByText('Ciorbă is on the menu.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Ciorbă' })).toBeVisible();
  await expect(page.getByText('Rye +€0.75')).toBeVisible();

  const [item, ...more] = await menuOf(api, restaurant);
  expect(more).toEqual([]);
  expect(item).toMatchObject({ name: 'Ciorbă', price: { amount: 1250 }, description: 'Sour, with lovage', allergens: ['celery'], dietary: ['vegan'] });
  expect(item.option_groups).toMatchObject([{ name: 'Bread', min: 1, max: 1, options: [{ name: 'White', price: { amount: 0 } }, { name: 'Rye', price: { amount: 75 } }] }]);
  expect(network.requestsOf('POST', ITEMS)).toHaveLength(1);
});

test('what is missing is said at its field, and what was typed outlives a reload', async ({ page, town, signIn, network }) => {
  const { form } = await atMenu({ page, town, signIn });
  await form.open();
  await form.name.fill('Ciorbă');
  await form.save.click();
  await expect(form.price).toBeFocused();
  await expect(form.price).toHaveAttribute('aria-invalid', 'true');
  await expect(form.sheet.getByText('Please say what it costs.')).toBeVisible();
  await expect(form.section).toHaveAttribute('aria-invalid', 'true');
  await form.price.fill('twelve');
  await expect(form.sheet.getByText('That is not an amount.')).toBeVisible();
  await form.price.fill('12');
  await expect(form.price).not.toHaveAttribute('aria-invalid', 'true');
  await page.reload();
  await expect(form.name).toHaveValue('Ciorbă');
  await expect(form.price).toHaveValue('12');
  expect(network.requestsOf('POST', ITEMS)).toEqual([]);
});

test('a dish whose reply was lost is on the menu once, whatever is pressed', async ({ page, town, signIn, api, network, guards }) => {
  guards.allowNetworkErrors();
  const { restaurant, form } = await atMenu({ page, town, signIn });
  const lost = network.when('POST', ITEMS, { hold: true, swallow: true, times: 1 });
  await form.open();
  await form.write({ name: 'Ciorbă', price: '12' });
  await form.save.click();
  await lost.came();
  await expect(form.save).toHaveAttribute('aria-busy', 'true');
  await expect(form.name).toBeDisabled();
  await expect(form.sheet).not.toContainText('Nobody knows yet');
  lost.release();
  await expect(form.sheet.getByText('Nobody knows yet whether this dish arrived.')).toBeVisible();
  await expect(form.name).toBeDisabled();
  await page.reload();
  await form.sheet.getByRole('button', { name: 'Try again' }).click();
  await expect(form.sheet).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Ciorbă' })).toBeVisible();
  expect(await menuOf(api, restaurant)).toHaveLength(1);
  const [once, again] = network.requestsOf('POST', ITEMS);
  expect(again.headers['idempotency-key']).toBe(once.headers['idempotency-key']);
  expect(again.body.equals(once.body)).toBe(true);
});

for (const locale of LOCALES) {
  test(`prices are read as they are typed where people speak ${locale}`, tier(locale === TELLING_LOCALE), async ({ page, town, signIn, api }) => {
    const { restaurant, form } = await atMenu({ page, town, signIn }, { locale });
    const words = wordsOf(locale);
    const typed = { '12,50': 1250, '12.50': 1250, '1 250,00': 125_000, '١٢٫٥٠': 1250, 1250: 125_000 };
    for (const [price, minor] of Object.entries(typed)) {
      const name = `Soup at ${price}`;
      await form.open();
      await form.write({ name, price });
      await form.save.click();
      await expect(form.sheet).toHaveCount(0);
      await expect(page.getByRole('heading', { name })).toBeVisible();
      const item = (await menuOf(api, restaurant)).find((one) => one.name === name);
      expect(item.price, price).toEqual({ amount: minor, currency: 'EUR' });
    }

    // One that can be read in two ways is asked; a wheel over it changes nothing.
    await form.open();
    await form.write({ name: 'Soup for whom', price: '1.250' });
    await form.save.click();
    await expect(form.sheet.getByText(words('kitchen.fault-ask'))).toBeVisible();
    const meant = form.question.getByRole('button');
    await expect(meant).toHaveCount(2);
    await meant.last().click();
    await expect(form.question).toHaveCount(0);
    const chosen = await form.price.inputValue();
    await form.price.focus();
    await form.price.hover();
    await page.mouse.wheel(0, 100);
    await expect(form.price).toHaveValue(chosen);
    await form.save.click();
    await expect(form.sheet).toHaveCount(0);
    expect((await menuOf(api, restaurant)).at(-1).price.amount).toBe(125_000);
  });

  for (const { currency, price, minor } of [{ currency: 'JPY', price: '12,50', minor: null }, { currency: 'KWD', price: '1,250', minor: 1250 }]) {
    test(`«${price}» ${minor === null ? 'is refused' : 'is read'} in ${currency} where people speak ${locale}`, tier(locale === TELLING_LOCALE), async ({ page, town, signIn, api, network }) => {
      const { restaurant, form } = await atMenu({ page, town, signIn }, { currency, locale });
      await form.open();
      await form.write({ name: 'Soup', price });
      await form.save.click();
      if (minor === null) {
        await expect(form.sheet.getByText(form.words('kitchen.fault-decimals', { currency }))).toBeVisible();
        await expect(form.price).toBeFocused();
        expect(network.requestsOf('POST', ITEMS)).toEqual([]);
        await form.price.fill('1250');
        await form.save.click();
      }
      await expect(form.sheet).toHaveCount(0);
      const [item] = await menuOf(api, restaurant);
      expect(item.price).toEqual({ amount: 1250, currency });
    });
  }
}

test('names of every kind stand on the menu as they were typed', LONG, async ({ page, town, signIn, api }) => {
  const { restaurant, form } = await atMenu({ page, town, signIn });
  for (const name of Object.values(NAMES)) {
    await form.open();
    await form.write({ name, price: '1', section: name });
    await form.save.click();
    await expect(form.sheet).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 3, name, exact: true })).toBeVisible();
  }
  expect((await menuOf(api, restaurant)).map(({ name }) => name)).toEqual(Object.values(NAMES));
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
