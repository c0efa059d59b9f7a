// The bag: the same in every tab, whole whatever was kept of it, and whose it is.

import { expect, test } from './fixtures.js';
import { ORDERS, ordersOf } from './harness/checkout.js';
import { EatPage, read } from './harness/eat-page.js';
import { dish, dishWithOptions } from './harness/samples.js';
import { bagOf } from './harness/storage.js';
import { tier } from './harness/tiers.js';
import { readChanges } from './harness/witnesses.js';

/** The longest that another tab may show the bag as it was, once a tab could know. */
const OTHERS_MS = 1_000;
/** Where a press is told to the other tabs, by the way that bags take: what that takes is the browser's. */
const PRESSED = 'tiffin-test:pressed';
/** The version that bags have today. */
const VERSION = 1;
const MAX_CHARACTERS = 1_000_000;
const MENU = [dish(), dish({ name: 'Bean soup' }), dishWithOptions()];

/** Presses, and tells the other tabs. */
function press(button) {
  return button.evaluate((element, key) => {
    localStorage.setItem(key, String(performance.timeOrigin + performance.now()));
    element.click();
  }, PRESSED);
}

/**
 * Notes when a page hears of presses in other tabs. Before the page is loaded.
 * @returns {Promise<number[]>} grows while the page is open; by this machine's clock
 */
async function hearPresses(page) {
  const heard = [];
  await page.exposeBinding('tiffinTestPressed', (_source, at) => void heard.push(at));
  await page.addInitScript((wanted) => {
    addEventListener('storage', ({ key }) => {
      if (key === wanted) globalThis.tiffinTestPressed(performance.timeOrigin + performance.now());
    });
  }, PRESSED);
  return heard;
}

/** The bag of somebody, or of the guest, as it is kept. */
function keptBag(page, who) {
  return page.evaluate((id) => JSON.parse(localStorage.getItem(`tiffin:bag:${id}`)), who?.id ?? 'guest');
}

test.describe('in two tabs', () => {
  test.use({ via: 'network' });

  test('a bag is the same one within a second, and is ordered from one of them', async ({ page, context, town, signIn, api, network }) => {
    const [customer, restaurant, other] = [await town.customer(), await town.restaurant({ menu: MENU }), await town.restaurant({ name: 'Taverna Kyma' })];
    await signIn(page, customer, { address: town.home });
    const [first, second] = [new EatPage(page), new EatPage(await context.newPage())];
    const changes = [await readChanges(first.page, '.bag-aside'), await readChanges(second.page, '.bag-aside')];
    const presses = [await hearPresses(first.page), await hearPresses(second.page)];
    for (const eat of [first, second]) await eat.menu(restaurant);
    /** Does something in one tab, and waits until the other says so; in time. */
    const shows = async (by, act, holds) => {
      const other = by === first ? 1 : 0;
      const before = presses[other].length;
      await act();
      await expect.poll(() => presses[other].length > before && holds(changes[other].at(-1)?.text ?? '')).toBe(true);
      const heard = presses[other][before];
      const told = changes[other].find((change) => change.at >= heard && holds(change.text));
      expect(told.at - heard).toBeLessThan(OTHERS_MS);
    };
    const add = async (eat, name) => {
      await eat.dish(name).click();
      return press(eat.sheet(name).getByRole('button', { name: /^Add \d/ }));
    };
    const has = (names, count) => (text) => {
      return ['Sour soup', 'Bean soup'].every((name) => text.includes(`${name}€`) === names.includes(name)) && text.includes(`Checkout · ${count}`);
    };
    await shows(first, () => add(first, 'Sour soup'), has(['Sour soup'], 1));
    await shows(second, () => add(second, 'Bean soup'), has(['Sour soup', 'Bean soup'], 2));
    await shows(first, () => press(first.more('Sour soup')), has(['Sour soup', 'Bean soup'], 3));
    await shows(second, () => press(second.quantity('Bean soup').getByRole('button', { name: 'Take out' })), has(['Sour soup'], 2));

    await second.menu(other);
    await second.dish('Margherita').click();
    await second.sheet('Margherita').getByRole('button', { name: /^Add/ }).click();
    const question = second.page.getByRole('alertdialog', { name: 'Start a new bag?' });
    await expect(question).toContainText('Your bag holds dishes from La Mama.');
    await question.getByRole('button', { name: 'Keep it' }).click();
    await second.checkout();
    await second.priced();
    await first.toCheckout.click();
    await first.pay();
    await first.placed();
    const placing = network.requestsOf('POST', ORDERS);
    await expect(second.page.getByRole('heading', { name: `Order ${read((await ordersOf(api, customer))[0])} is placed` })).toBeVisible();
    await expect(second.place).toHaveCount(0);
    expect(placing).toHaveLength(1);
    expect((await ordersOf(api, customer)).map(({ lines }) => lines.map(({ name, quantity }) => [name, quantity]))).toEqual([[['Sour soup', 2]]]);
    expect(await keptBag(first.page, customer)).toBeNull();
  });
});

test.describe('a dish of another restaurant', () => {
  for (const [answer, from] of [['Keep it', 'La Mama'], ['Start a new bag', 'Taverna Kyma']]) {
    test(`asks first, naming the bag that there is: ${answer}`, async ({ page, town, keep }) => {
      const [restaurant, other] = [await town.restaurant(), await town.restaurant({ name: 'Taverna Kyma' })];
      await keep(page, { address: town.home, bag: bagOf(restaurant) });
      const eat = new EatPage(page);
      await eat.menu(other);
      await eat.dish('Margherita').click();
      await eat.sheet('Margherita').getByRole('button', { name: /^Add/ }).click();
      const question = page.getByRole('alertdialog', { name: 'Start a new bag?' });
      await expect(question).toContainText('La Mama');
      await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused();
      expect((await keptBag(page)).data.restaurant.name).toBe('La Mama');
      await question.getByRole('button', { name: answer }).click();
      await expect(question).toHaveCount(0);
      expect((await keptBag(page)).data.restaurant.name).toBe(from);
      // What was chosen is still there, or is in the bag.
      await expect(eat.sheet('Margherita')).toHaveCount(answer === 'Keep it' ? 1 : 0);
    });
  }
});

test.describe('a guest’s bag', () => {
  async function signedIn({ page, town, keep, api }, own, bag) {
    const customer = await town.customer();
    await keep(page, { bag: own }, customer);
    await keep(page, { address: town.home, bag });
    const eat = new EatPage(page);
    await page.goto('/eat');
    await page.getByRole('link', { name: 'Account' }).click();
    await eat.button('Sign in').click();
    await eat.signIn(customer);
    await expect(page.getByRole('link', { name: 'Ana Pop, account' })).toBeVisible();
    expect(await keptBag(page)).toBeNull();
    return { eat, kept: (await keptBag(page, customer)).data };
  }

  test('joins that of the account that signs in', async ({ page, town, keep, api }) => {
    const restaurant = await town.restaurant({ menu: MENU });
    const { kept, eat } = await signedIn({ page, town, keep, api }, bagOf(restaurant, [{ quantity: 1 }]), bagOf(restaurant, [{ quantity: 2 }, { dish: 1 }]));
    expect(kept.entries.map(({ name, quantity }) => [name, quantity])).toEqual([['Sour soup', 3], ['Bean soup', 1]]);
    await eat.checkout();
    await expect(page.getByText(town.home.address.street).first()).toBeVisible();
    await eat.priced();
  });

  test('takes the place of one from another restaurant, and says so', async ({ page, town, keep, api }) => {
    const [restaurant, other] = [await town.restaurant(), await town.restaurant({ name: 'Taverna Kyma' })];
    const { kept } = await signedIn({ page, town, keep, api }, bagOf(other), bagOf(restaurant));
    await expect(page.getByText('Your earlier bag from Taverna Kyma made room for the one from La Mama.')).toBeVisible();
    expect(kept.restaurant.name).toBe('La Mama');
  });
});

test.describe('what was kept of a bag', () => {
  const lines = (bag, change) => ({ ...bag, entries: bag.entries.map((entry, at) => (at === 0 ? { ...entry, ...change } : entry)) });
  const strange = [
    { name: 'null', of: () => 'null', stays: 0, lost: true },
    { name: 'a list', of: () => '[]', stays: 0, lost: true },
    { name: 'JSON that is cut off', of: (bag) => JSON.stringify({ v: VERSION, data: bag }).slice(0, -9), stays: 0, lost: true },
    { name: 'a megabyte', of: () => JSON.stringify({ v: VERSION, data: 'x'.repeat(MAX_CHARACTERS) }), stays: 0, lost: true },
    { name: 'of a version before', of: (bag) => JSON.stringify({ v: 0, data: bag }), stays: 2, lost: false },
    { name: 'a quantity below nothing', of: (bag) => JSON.stringify({ v: VERSION, data: lines(bag, { quantity: -1 }) }), stays: 1, lost: true },
    { name: 'a quantity beyond measure', of: (bag) => JSON.stringify({ v: VERSION, data: lines(bag, { quantity: 1e9 }) }), stays: 1, lost: true },
    { name: 'an id that is none', of: (bag) => JSON.stringify({ v: VERSION, data: lines(bag, { item_id: '../../x' }) }), stays: 1, lost: true },
    { name: 'a key that is no key', of: (bag) => JSON.stringify({ v: VERSION, data: bag }).replace('"entries"', '"__proto__":{"entries":null,"restaurant":null},"entries"'), stays: 2, lost: false },
  ];
  // What can be read of a broken bag is tried in tests/unit/bag.test.js, too.
  const telling = ['JSON that is cut off', 'of a version before', 'a quantity below nothing'];
  for (const { name, of, stays, lost } of strange) {
    test(`is read as far as it can be: ${name}`, tier(telling.includes(name)), async ({ page, town, keep }) => {
      const restaurant = await town.restaurant({ menu: MENU });
      await keep(page, { address: town.home, bag: of(bagOf(restaurant, [{ dish: 0 }, { dish: 1 }])) });
      const eat = new EatPage(page);
      await eat.menu(restaurant);
      await expect(eat.bag.getByRole('listitem')).toHaveCount(stays);
      await expect(page.getByText('Part of your bag could not be read and is gone.')).toHaveCount(lost ? 1 : 0);
      await eat.add('Sour soup');
      const kept = await keptBag(page);
      expect(kept.v).toBe(VERSION);
      expect(kept.data.entries.length).toBe(stays === 2 ? 2 : stays + 1);
      await page.reload();
      await expect(eat.bag.getByRole('listitem')).toHaveCount(stays === 2 ? 2 : stays + 1);
      await expect(page.getByText('Part of your bag could not be read and is gone.')).toHaveCount(0);
    });
  }

  test('is told where the menu has it no more, and taken out in one press', async ({ page, town, keep }) => {
    const restaurant = await town.restaurant({ menu: MENU });
    const bag = bagOf(restaurant, [{ dish: 0 }, { dish: 1 }, { dish: 2, options: ['Small', 'Olives'] }]);
    bag.entries[1].item_id = restaurant.items[0].id.replace(/.{6}$/, '000000');
    bag.entries[2].options[1] = { id: bag.entries[2].options[1].id.replace(/.{6}$/, '000000'), name: 'Pineapple' };
    await keep(page, { address: town.home, bag });
    const eat = new EatPage(page);
    await eat.menu(restaurant);
    await expect(eat.bag).toContainText('Not on the menu any more');
    await expect(eat.bag).toContainText('No longer offered: Pineapple');
    await expect(eat.toCheckout).toHaveAttribute('aria-disabled', 'true');
    await eat.bag.getByRole('button', { name: 'Take them out' }).click();
    await expect(eat.bag.getByRole('listitem')).toHaveCount(1);
    await eat.more('Sour soup').click();
    await expect(eat.toCheckout).not.toHaveAttribute('aria-disabled', 'true');
  });

  test('by a newer page is not overwritten by this one', async ({ page, town, keep }) => {
    const restaurant = await town.restaurant({ menu: MENU });
    const newer = JSON.stringify({ v: VERSION + 1, data: { baskets: [1, 2, 3] } });
    await keep(page, { address: town.home, bag: newer });
    const eat = new EatPage(page);
    await eat.menu(restaurant);
    await eat.add('Sour soup', { quantity: 2 });
    await expect(eat.bag).toContainText('Sour soup');
    expect(await page.evaluate(() => localStorage.getItem('tiffin:bag:guest'))).toBe(newer);
  });
});
