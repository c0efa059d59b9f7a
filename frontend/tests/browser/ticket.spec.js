// An order on paper: everything that is to be cooked, whole, on 80 mm, black on white, printed once.

import { expect, test } from './fixtures.js';
import { read } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { letters, readPdf } from './harness/pdf.js';
import { NAMES, dish, dishWithOptions } from './harness/samples.js';
import { TABLET } from './harness/screen.js';

const ORDER = /^\/v1\/orders\/ord_\w+$/;
const PAPER = { width: '80mm' };
const MM = 72 / 25.4;
const PAPER_MM = 80;
const LINES = 50;
const LATE_MS = 3_000;
/** Right to left, one word each: lines of paper run as they are read, words as they are set. */
const words = (text) => text.split(/\s+/).map(letters).filter(Boolean);

test.use({ ...TABLET, via: 'network', colorScheme: 'dark' });

/** Counts what is printed, and what stood there then. */
async function watchPrinter(page) {
  await page.addInitScript(() => {
    globalThis.tiffinTestPrinted = [];
    globalThis.print = () => globalThis.tiffinTestPrinted.push(document.querySelectorAll('.ticket-lines > li').length);
  });
  return () => page.evaluate(() => globalThis.tiffinTestPrinted);
}

/** An order of so many dishes, among them names of every kind. */
async function longOrder(town) {
  const menu = [...Object.values(NAMES).map((name) => dish({ name })), dishWithOptions({ name: 'Pizza 👩🏽‍🍳' })];
  while (menu.length < LINES) menu.push(dish({ name: `Dish no ${menu.length}`, price: 1 }));
  const restaurant = await town.restaurant({ menu });
  const items = restaurant.items.map(({ id, option_groups: groups }, index) => {
    const options = groups.flatMap((group) => group.options.slice(0, group.max)).map((option) => option.id);
    return { item_id: id, quantity: 1 + index, options };
  });
  const contact = { name: NAMES.rightToLeft, phone: '+40 700 000 000' };
  const order = await town.order({ restaurant, items, contact, notes: 'No onions.\nRing twice, then wait\nشكرا', status: 'accepted' });
  return { restaurant, order };
}

test('a long order is printed whole, and nothing but it', async ({ page, town, signIn, network }) => {
  const printed = await watchPrinter(page);
  const { restaurant, order } = await longOrder(town);
  const other = await town.order({ restaurant, contact: { name: 'Somebody Else', phone: '+40 700 000 001' } });
  await signIn(page, restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(restaurant);
  const late = network.when('GET', ORDER, { delay: LATE_MS });
  await kitchen.link(`Print the ticket of ${read(order)}`).click();
  await late.came();
  expect(await printed()).toEqual([]);
  await expect(page.getByRole('heading', { name: read(order) })).toBeVisible();
  await expect.poll(printed).toEqual([LINES]);

  const paper = readPdf(await page.pdf(PAPER));
  const text = paper.map((one) => one.text).join('\n');
  const found = letters(text);
  const { lines } = await order.now();
  expect(lines).toHaveLength(LINES);
  for (const { name, quantity, options } of lines) {
    const [first, ...more] = words(name);
    // How many stands before its name.
    if (name !== NAMES.rightToLeft) expect(found).toContain(letters(`${quantity}${first}`));
    for (const word of [first, ...more]) expect(found).toContain(word);
    for (const option of options) expect(found).toContain(letters(option.name));
  }
  for (const word of words(`${order.number} ${NAMES.rightToLeft} No onions Ring twice then wait شكرا La Mama`)) expect(found).toContain(word);
  expect(found).toContain(letters('No onions Ring twice then wait'));
  for (const one of ['Print', 'To the orders', 'Sound', 'Skip', other.number, 'Somebody', '1 new order']) expect(found).not.toContain(letters(one));

  for (const { width, height, glyphs, colours } of paper) {
    expect(width).toBeCloseTo(PAPER_MM * MM, 0);
    expect(new Set([...colours, '1 1 1', '0 0 0'])).toEqual(new Set(['1 1 1', '0 0 0']));
    expect(Math.max(...glyphs.map(({ x }) => x))).toBeLessThan(width - 2 * MM);
    expect(Math.min(...glyphs.map(({ x }) => x))).toBeGreaterThan(2 * MM);
    expect(Math.min(...glyphs.map(({ y }) => y))).toBeGreaterThan(2 * MM);
    expect(Math.max(...glyphs.map(({ y }) => y))).toBeLessThan(height - 2 * MM);
  }
  expect(await printed()).toEqual([LINES]);
});

test('on wider paper a ticket is as wide as a ticket', async ({ page, town, signIn }) => {
  await watchPrinter(page);
  const order = await town.order({ status: 'accepted' });
  await signIn(page, order.restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.ticket(order);
  await expect(page.getByRole('heading', { name: read(order) })).toBeVisible();
  const [{ glyphs }, ...more] = readPdf(await page.pdf({ format: 'A4' }));
  expect(more).toEqual([]);
  expect(Math.max(...glyphs.map(({ x }) => x))).toBeLessThan(PAPER_MM * MM);
});

test('a ticket is printed again when somebody asks, and not by itself', async ({ page, town, signIn }) => {
  const printed = await watchPrinter(page);
  const order = await town.order({ status: 'accepted' });
  await signIn(page, order.restaurant.owner);
  const kitchen = new KitchenPage(page);
  await kitchen.board(order.restaurant);
  await kitchen.link(`Print the ticket of ${read(order)}`).click();
  await expect.poll(printed).toEqual([1]);
  await kitchen.button('Print the ticket').click();
  await expect.poll(printed).toEqual([1, 1]);
  await kitchen.button('To the orders').click();
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  await page.evaluate(() => history.forward());
  await expect(page.getByRole('heading', { name: read(order) })).toBeVisible();
  await page.evaluate(() => history.back());
  await expect(kitchen.card(order, 'Preparing')).toBeVisible();
  expect(await printed()).toEqual([1, 1]);
});

test('a ticket that can’t be had says so, and is printed once it can', async ({ page, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const printed = await watchPrinter(page);
  const order = await town.order({ status: 'accepted' });
  await signIn(page, order.restaurant.owner);
  const kitchen = new KitchenPage(page);
  network.when('GET', ORDER, { refuse: true });
  await kitchen.ticket(order);
  await expect(page.getByRole('alert')).toContainText('Tiffin does not answer.');
  expect(await printed()).toEqual([]);
  // Until the reply is let go of, the button stays where it is, though the page asks by itself as well.
  const asked = network.when('GET', ORDER, { hold: true });
  await kitchen.button('Try again').click();
  await asked.came();
  expect(await printed()).toEqual([]);
  asked.release();
  await expect(page.getByRole('heading', { name: read(order) })).toBeVisible();
  await expect.poll(printed).toEqual([1]);
});
