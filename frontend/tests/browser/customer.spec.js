// What a customer does, from where the food should go until it is there, and what they do with an order afterwards.

import { expect, test } from './fixtures.js';
import { anEmail } from './harness/api.js';
import { GEOLOCATION, locate, playGeolocation } from './harness/circumstances.js';
import { EatPage, read } from './harness/eat-page.js';
import { dish, dishWithOptions, option } from './harness/samples.js';

/** In the city that the program builds, which is the area of the map. */
const CITY = { lat: 44.4268, lon: 26.1025 };
const HOME = { lat: 44.4301, lon: 26.1012 };
const OUTSIDE = { lat: 44.9, lon: 26.1025 };

test.describe('the gate', () => {
  test('says what is missing, and goes as soon as it is there', async ({ page }) => {
    const eat = new EatPage(page);
    await page.goto('/eat');
    await expect(eat.title).toHaveText('Where should the food go?');
    await eat.button('Show restaurants').click();
    await expect(page.getByText('Please move the map until the pin is where you are.')).toBeVisible();
    await expect(page.getByText('Please enter street and number.')).toBeVisible();
    const map = page.getByRole('application');
    await expect(map).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(page.getByText('Please move the map')).toHaveCount(0);
    await expect(page.getByText(/m north of the centre of București/).first()).toBeVisible();
    await page.getByLabel('Street and number').fill('Strada Lungă 7');
    await expect(page.getByText('Please enter street and number.')).toHaveCount(0);
    await page.getByLabel('Postcode').fill('030101');
    await page.getByLabel('Notes for the courier').fill('Second floor');
    await eat.button('Show restaurants').click();
    await expect(eat.title).toHaveText('What are you hungry for?');
    // Of the city: other tests have restaurants there too, which may be nearer and of other money.
    const card = page.getByRole('link').filter({ has: page.getByRole('heading', { level: 3 }), hasText: 'RON' }).first();
    await expect(card).toContainText(/\d+–\d+ min/);
    await expect(card).toContainText(/RON\s?\d+\.\d\d/);
    await expect(card).toContainText(/\d (m|km)/);
    await expect(card.locator('img, svg, .pic').first()).toBeVisible();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Deliver to Strada Lungă 7' })).toBeVisible();
    await expect(card).toBeVisible();
  });

  test('takes the place that the device tells', async ({ page, context }) => {
    await locate(context, HOME);
    const eat = new EatPage(page);
    await page.goto('/eat');
    await eat.button('Use my location').click();
    await expect(page.getByText(/north(-west)? of the centre of București/).first()).toBeVisible();
    await page.getByLabel('Street and number').fill('Strada Lungă 7');
    await page.getByLabel('Postcode').fill('030101');
    await eat.button('Show restaurants').click();
    await expect(eat.title).toHaveText('What are you hungry for?');
    const kept = JSON.parse(await page.evaluate(() => localStorage.getItem('tiffin:address:guest')));
    expect(kept.data.place).toEqual(HOME);
  });

  test('says why there is no place, takes it as soon as there is one, and never one that is old or outside', async ({ page }) => {
    const geolocation = await playGeolocation(page);
    const eat = new EatPage(page);
    await page.goto('/eat');
    const told = page.getByRole('status');
    const tries = [
      [() => geolocation.fail(GEOLOCATION.denied), 'Your browser does not tell this page where you are.'],
      [() => geolocation.fail(GEOLOCATION.unavailable), 'Your device does not know where it is right now.'],
      [() => geolocation.fail(GEOLOCATION.timeout), 'Finding you took too long.'],
      [() => geolocation.fix(OUTSIDE), 'You seem to be outside of București.'],
      [() => geolocation.fix(HOME, 5 * 60_000), 'Your device does not know where it is right now.'],
    ];
    for (const [happens, words] of tries) {
      await happens();
      await eat.button('Use my location').click();
      await expect(told.filter({ hasText: words })).toBeVisible();
      await expect(page.getByText('Move the map until the pin is where you are.')).toBeVisible();
    }
    await geolocation.fix(HOME);
    await eat.button('Use my location').click();
    await expect(page.getByText(/of the centre of București/).first()).toBeVisible();
    await expect(told.filter({ hasText: 'Your device' })).toHaveCount(0);
  });
});

test('a dish says what is in it, and its groups hold to their least and most', async ({ page, town, keep }) => {
  const groups = [
    { name: 'Size', min: 1, max: 1, options: [option('Small'), option('Large', 3)] },
    { name: 'Toppings', min: 2, max: 3, options: [option('Olives', 1), option('Basil', 1), option('Chilli'), option('Capers', 0.5)] },
  ];
  const restaurant = await town.restaurant({ menu: [dish({ name: 'Nut cake', allergens: ['nuts', 'eggs'], dietary: ['vegetarian'] }), dishWithOptions({ option_groups: groups })] });
  await keep(page, { address: town.home });
  const eat = new EatPage(page);
  await eat.menu(restaurant);
  await expect(eat.dish('Nut cake')).toContainText(/Contains (nuts, eggs|eggs, nuts)/);
  await expect(eat.dish('Nut cake')).toContainText('Vegetarian');
  await eat.dish('Margherita').click();
  const sheet = eat.sheet('Margherita');
  for (const words of ['Contains', 'Gluten', 'Milk', 'Vegetarian', 'Choose 1', 'Choose 2 to 3']) await expect(sheet.getByText(words, { exact: true })).toBeVisible();
  const add = sheet.getByRole('button', { name: /^Add/ });
  await expect(sheet.getByRole('radio', { name: 'Small' })).toBeChecked();
  await expect(add).toContainText('€9.00');
  await add.click();
  await expect(sheet.getByRole('alert')).toHaveText('Please choose 2 more.');
  await expect(sheet.getByRole('checkbox', { name: 'Olives' })).toBeFocused();
  for (const name of ['Olives', 'Basil']) await sheet.getByText(name, { exact: true }).click();
  await expect(sheet.getByRole('alert')).toHaveCount(0);
  await sheet.getByText('Capers', { exact: true }).click();
  await expect(sheet.getByRole('checkbox', { name: 'Chilli' })).toBeDisabled();
  await sheet.getByText('Basil', { exact: true }).click();
  await expect(sheet.getByRole('checkbox', { name: 'Chilli' })).toBeEnabled();
  await sheet.getByText('Large', { exact: true }).click();
  await sheet.getByRole('button', { name: 'More', exact: true }).click();
  await expect(add).toContainText('€27.00');
  await add.click();
  await expect(sheet).toHaveCount(0);
  await expect(eat.bag).toContainText('Large, Olives, Capers');
  await expect(eat.bag).toContainText('€27.00');
});

test('a guest fills a bag, signs up in the middle, pays, and follows the order to the door', async ({ page, town, api }) => {
  const name = `Casa ${Date.now()}`;
  const restaurant = await town.restaurant({ name, place: CITY, menu: [dish(), dishWithOptions()] });
  const courier = await town.courier({ place: CITY, name: 'Radu Ilie' });
  await page.addInitScript(({ lat, lon }) => Object.defineProperty(navigator, 'geolocation', {
    value: { getCurrentPosition: (found) => found({ coords: { latitude: lat, longitude: lon }, timestamp: Date.now() }) },
  }), HOME);
  const eat = new EatPage(page);
  await page.goto('/eat');
  await eat.button('Use my location').click();
  await page.getByLabel('Street and number').fill('Strada Lungă 7');
  await eat.button('Show restaurants').click();
  await page.getByRole('link', { name }).click();
  await eat.add('Sour soup', { quantity: 2 });
  await eat.add('Margherita', { options: ['Large', 'Olives'] });
  await eat.toCheckout.click();
  await eat.note.fill('No celery, please');
  await eat.choose('€2');
  await eat.button('Sign in to order').click();
  await eat.dialog.getByRole('button', { name: 'Sign up', exact: true }).click();
  const email = anEmail('customer');
  await eat.dialog.getByLabel('Name').fill('Ana Pop');
  await eat.dialog.getByLabel('E-mail').fill(email);
  await eat.dialog.getByLabel('Password', { exact: true }).fill('correct horse battery');
  const quoted = page.waitForResponse((reply) => reply.url().endsWith('/quotes') && reply.ok());
  await eat.button('Make an account').click();
  const quote = await (await quoted).json();
  await eat.priced();
  await expect(eat.note).toHaveValue('No celery, please');
  await expect(eat.tip('€2')).toBeChecked();
  await expect(eat.quantity('Sour soup')).toContainText('2');

  // Line by line what the server said.
  const plain = ({ amount }) => (amount / 100).toFixed(2);
  const shown = { Dishes: quote.subtotal, Delivery: quote.delivery_fee, 'Service fee': quote.service_fee, 'Tip for the courier': quote.tip };
  const sums = Object.fromEntries(Object.entries(shown).map(([word, money]) => [word, plain(money)]));
  expect(quote.tip.amount).toBe(200);
  expect(await eat.sums()).toEqual({ ...sums, Total: `€${plain(quote.total)}` });
  await expect(eat.place).toContainText(`€${plain(quote.total)}`);
  await expect(page.getByText(`€${plain(quote.tax)} tax included`)).toBeVisible();
  await expect(page.getByText('Payments are simulated here: no real money moves.')).toBeVisible();
  await eat.card('Card that works').check();
  await eat.phone.fill('+40 711 222 333');
  await eat.pay();

  const customer = await api.person(email, 'correct horse battery');
  const order = await town.placedOrder(await eat.placed(), { customer, restaurant, courier });
  const placed = await order.now();
  expect(placed).toMatchObject({ notes: 'No celery, please', total: quote.total, contact: { name: 'Ana Pop', phone: '+40 711 222 333' }, deliver_to: { address: { postcode: null } } });
  for (const [status, words] of [
    ['paid', `Waiting for ${name}`], ['accepted', `${name} is cooking`], ['ready', 'Your food is ready'], ['picked_up', 'Radu is on the way'], ['delivered', 'Enjoy your meal!'],
  ]) {
    await order.bringTo(status);
    await expect(eat.title).toHaveText(words);
  }
  await town.onDuty(courier, { online: false });
  await expect(page.getByText(read(order))).toBeVisible();
  await expect(eat.journey.getByRole('listitem')).toHaveText([/^Placed/, /^Paid €/, /^Accepted/, /^Ready/, /^Radu brings it/, /^Picked up/, /^Delivered/]);
  await expect(page.getByRole('region', { name: 'Bill' })).toContainText('Card that works · paid');
  await expect(eat.total).toHaveText(`€${plain(quote.total)}`);
});
