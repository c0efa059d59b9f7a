// Forms that a browser fills in by itself, without a key; and fields that are mended.

import { expect, test } from './fixtures.js';
import { ORDERS, atCheckout, expectOneOrder } from './harness/checkout.js';
import { EatPage } from './harness/eat-page.js';
import { bagOf } from './harness/storage.js';

/** In the area of the map. */
const CITY = { lat: 44.4268, lon: 26.1025 };

/** Sets a field as browsers do: its value, and one event. */
function fillAlone(field, value) {
  return field.evaluate((element, text) => {
    const { prototype } = element instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(prototype, 'value').set.call(element, text);
    element.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
}

test('what a browser fills in is taken as if it were typed', async ({ page, town, signIn, api }) => {
  const [customer, restaurant] = [await town.customer(), await town.restaurant({ place: CITY })];
  await signIn(page, customer, { bag: bagOf(restaurant) });
  const eat = new EatPage(page);
  await eat.checkout();
  await page.locator('.checkout-side').getByRole('button', { name: 'Choose an address' }).click();
  await eat.dialog.getByRole('application').press('ArrowUp');
  await fillAlone(eat.dialog.getByLabel('Street and number'), 'Strada Lungă 7');
  await fillAlone(eat.dialog.getByLabel('Postcode'), '030101');
  await fillAlone(eat.dialog.getByLabel('City'), 'Bucharest');
  await eat.dialog.getByRole('button', { name: 'Deliver here' }).click();
  await expect(eat.dialog).toHaveCount(0);
  await fillAlone(page.getByLabel('Name'), 'Sofia Marin');
  await fillAlone(eat.phone, '+40 711 222 333');
  await eat.pay();
  const order = await expectOneOrder({ api, customer, eat });
  expect(order.contact).toEqual({ name: 'Sofia Marin', phone: '+40 711 222 333' });
  expect(order.deliver_to.address).toEqual({ street: 'Strada Lungă 7', city: 'Bucharest', postcode: '030101', country: 'RO' });
  // Whoever carries in the city in another test is not to be offered it.
  await (await town.placedOrder(order.id, { customer, restaurant })).cancel();
});

test('a field that is wrong says so where it is, and is right as soon as it is mended', async ({ page, town, signIn, api }) => {
  const { eat, customer } = await atCheckout({ page, town, signIn });
  await eat.phone.fill('12');
  await eat.pay();
  const error = page.getByText('A phone number has at least five digits.');
  await expect(error).toBeVisible();
  await expect(eat.phone).toBeFocused();
  await expect(eat.phone).toHaveAttribute('aria-invalid', 'true');
  await fillAlone(eat.phone, '+40 711 222 333');
  await expect(error).toHaveCount(0);
  await expect(eat.phone).not.toHaveAttribute('aria-invalid');
  await eat.pay();
  expect((await expectOneOrder({ api, customer, eat })).contact.phone).toBe('+40 711 222 333');
});

test('what the server finds wrong stands at its field, and goes once it is mended', async ({ page, town, signIn, api, guards }) => {
  guards.allowStatus(400, ORDERS);
  guards.allowStatus(422, ORDERS);
  const { eat, customer } = await atCheckout({ page, town, signIn });
  await page.route(`**${ORDERS}`, (route) => {
    const errors = [{ pointer: '/contact/phone', code: 'invalid', detail: 'Nobody has that number.' }];
    const body = { type: '/problems/invalid-request', title: 'Invalid', status: 422, detail: 'Invalid', code: 'invalid-request', errors };
    return route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(body) });
  }, { times: 1 });
  await eat.phone.fill('+40 000');
  await eat.pay();
  await expect(page.getByText('Nobody has that number.')).toBeVisible();
  await expect(eat.phone).toBeFocused();
  await eat.phone.fill('+40 711 222 333');
  await expect(page.getByText('Nobody has that number.')).toHaveCount(0);
  await eat.pay();
  await expectOneOrder({ api, customer, eat });
});

test('fields tell browsers what belongs into them', async ({ page, town, signIn }) => {
  await atCheckout({ page, town, signIn });
  const tokens = async (labels, where = page) => {
    const found = {};
    for (const label of labels) found[label] = await where.getByLabel(label, { exact: true }).getAttribute('autocomplete');
    return found;
  };
  await new EatPage(page).choose('Other');
  expect(await tokens(['Name', 'Phone optional', 'Note for the kitchen optional', 'Amount in EUR'])).toEqual({
    Name: 'name', 'Phone optional': 'tel', 'Note for the kitchen optional': 'off', 'Amount in EUR': 'off',
  });
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const sheet = page.getByRole('dialog');
  expect(await tokens(['Street and number', 'Postcode optional', 'City', 'Country'], sheet)).toEqual({
    'Street and number': 'street-address', 'Postcode optional': 'postal-code', City: 'address-level2', Country: 'country',
  });
});
