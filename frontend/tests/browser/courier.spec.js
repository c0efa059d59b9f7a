// A courier's day: from signing up to the door, and what may come between.

import { expect, test } from './fixtures.js';
import { PASSWORD, anEmail } from './harness/api.js';
import { GEOLOCATION, hideable, locate, playGeolocation } from './harness/circumstances.js';
import { RidePage } from './harness/ride-page.js';
import { PHONE } from './harness/screen.js';

const MINUTE_MS = 60_000;

test.use(PHONE);

test('somebody signs up as a courier, and carries dinner to the door', async ({ page, context, town, api, guards }) => {
  // Whoever has not said how they get about is no courier yet.
  guards.allowStatus(404, /^\/v1\/couriers\//);
  const ride = new RidePage(page);
  const email = anEmail('courier');
  await locate(context, town.stand);
  await ride.goto();
  await ride.button('Sign in or sign up').click();
  await ride.button('Sign up').click();
  await page.getByLabel('Name').fill('Radu Ilie');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await ride.button('Make an account').click();

  await page.getByRole('radio', { name: 'Scooter' }).check();
  await ride.button('That is mine').click();
  await expect(ride.offDuty).toBeVisible();
  await ride.button('Go on duty here').click();
  await expect(ride.looking).toBeVisible();

  const courier = await api.person(email, PASSWORD);
  const profile = await api.get(`/v1/couriers/${courier.id}`, { as: courier });
  expect(profile).toMatchObject({ vehicle: 'scooter', online: true, place: town.stand });

  const order = await town.order({ courier, tip: 2, contact: { name: 'Ana Pop', phone: '+40 700 000 000' } });
  const { earning } = await order.offered();
  await expect(ride.offer).toContainText((earning.amount / 100).toFixed(2));
  await expect(ride.offer).toContainText('tip included · 1.4 km in all');
  await expect(ride.offer).toContainText('La Mama');
  await expect(ride.ring).toHaveText(/^([12]?\d|30)$/);
  await expect(page.getByText('Strada Lungă 7')).toHaveCount(0);
  await ride.accept(order);

  const task = ride.task(order);
  await expect(task).toContainText('Pick up at La Mama');
  await expect(task).toContainText('The restaurant has not accepted the order yet.');
  await expect(ride.step(order, 'Picked up')).toHaveCount(0);
  await order.accept();
  await expect(ride.step(order, 'Picked up')).toBeVisible();
  await order.ready();
  await expect(task).toContainText('Food is ready');
  await ride.step(order, 'Picked up').click();

  await expect(task).toContainText('Bring it to the customer');
  await expect(task).toContainText('Ana Pop');
  await expect(task).toContainText('Strada Lungă 7, 030101, București');
  await expect(task).toContainText('Second floor');
  await expect(task.getByRole('link', { name: /Call/ })).toHaveAttribute('href', 'tel:+40700000000');
  await order.until('picked_up');
  await ride.step(order, 'Delivered').click();
  await expect(ride.looking).toBeVisible();
  await expect(task).toHaveCount(0);
  await order.until('delivered');

  await page.getByRole('button', { name: /^Notices, \d unread$/ }).click();
  const notices = page.getByRole('dialog', { name: 'Notices' });
  await expect(notices.getByRole('listitem').first()).toBeVisible();
  await notices.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: 'Notices', exact: true })).toBeVisible();
  expect(page.url()).toMatch(/\/ride$/);
});

/** A courier's page, its courier off duty and signed in. */
async function offDuty({ page, town, signIn }) {
  const courier = await town.courier({ online: false });
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  await expect(ride.offDuty).toBeVisible();
  return { courier, ride };
}

test('where the page may not know the place it says so, and goes on as soon as it may', async ({ page, context, town, signIn }) => {
  const { ride } = await offDuty({ page, town, signIn });
  await ride.button('Go on duty here').click();
  await expect(page.getByText('This page may not see where you are.')).toBeVisible();
  await expect(ride.offDuty).toBeVisible();
  await locate(context, town.stand);
  await ride.button('Go on duty here').click();
  await expect(ride.looking).toBeVisible();
  await expect(page.getByText('This page may not see where you are.')).toHaveCount(0);
});

const TROUBLES = [
  { name: 'there is no fix', says: 'Your device does not know where it is right now.', meet: (device) => device.fail(GEOLOCATION.unavailable) },
  { name: 'a fix takes too long', says: 'Finding your place took too long.', meet: (device) => device.fail(GEOLOCATION.timeout) },
  { name: 'the fix is five minutes old', says: 'Your device does not know where it is right now.', meet: (device, town) => device.fix(town.stand, 5 * MINUTE_MS) },
];

for (const { name, says, meet } of TROUBLES) {
  test(`where ${name} the page says so, and a later fix will do`, async ({ page, town, api, signIn }) => {
    const device = await playGeolocation(page);
    const { ride, courier } = await offDuty({ page, town, signIn });
    await meet(device, town);
    await ride.button('Go on duty here').click();
    await expect(page.getByText(says)).toBeVisible();
    await expect(page.getByText(says)).toContainText('choose the place on the map');
    expect(await api.get(`/v1/couriers/${courier.id}`, { as: courier })).toMatchObject({ online: false, place: null });
    await device.fix(town.stand);
    await ride.button('Go on duty here').click();
    await expect(ride.looking).toBeVisible();
    expect(await api.get(`/v1/couriers/${courier.id}`, { as: courier })).toMatchObject({ online: true, place: town.stand });
  });
}

test('whoever picks their place on the map needs no device that knows it', async ({ page, town, api, signIn }) => {
  const device = await playGeolocation(page);
  const { ride, courier } = await offDuty({ page, town, signIn });
  await ride.button('Choose a place on the map').click();
  const sheet = page.getByRole('dialog', { name: 'Where do you begin?' });
  await sheet.getByRole('application').focus();
  await page.keyboard.press('Shift+ArrowUp');
  await expect(sheet.getByText(/m north of the centre of București/).last()).toBeVisible();
  await ride.button('Go on duty at this place').click();
  await expect(sheet).toHaveCount(0);
  await expect(ride.looking).toBeVisible();
  const { area } = await (await fetch(`${api.url}/config.json`)).json();
  const { place } = await api.get(`/v1/couriers/${courier.id}`, { as: courier });
  expect(place.lat).toBeGreaterThan(area.centre.lat);
  expect(place.lon).toBeCloseTo(area.centre.lon, 4);
  expect(device.calls).toEqual([]);
});

test('a courier who is off duty is asked for no place', async ({ page, town, signIn }) => {
  const device = await playGeolocation(page);
  const { hide, show } = await hideable(page);
  const { ride, courier } = await offDuty({ page, town, signIn });
  await device.fix(town.stand);
  await ride.button('Go on duty here').click();
  await expect(ride.looking).toBeVisible();
  const asked = [...device.calls];
  await ride.button('Go off duty').click();
  await expect(ride.offDuty).toBeVisible();
  await hide();
  const asks = page.waitForResponse((reply) => reply.url().endsWith(courier.id));
  await show();
  await asks;
  expect(device.calls).toEqual(asked);
});

test('two deliveries are carried at once, each step as soon as its restaurant is ready', async ({ page, town, signIn }) => {
  const courier = await town.courier();
  const [slow, quick] = await Promise.all([town.restaurant({ name: 'Slow' }), town.restaurant({ name: 'Quick' })]);
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  const first = await town.order({ courier, restaurant: slow });
  await ride.accept(first);
  const second = await town.order({ courier, restaurant: quick });
  await ride.accept(second);
  const third = await town.order({ restaurant: quick });

  await second.accept();
  await ride.step(second, 'Picked up').click();
  await expect(ride.task(second)).toContainText('Bring it to the customer');
  await expect(ride.task(first)).toContainText('The restaurant has not accepted the order yet.');
  await first.accept();
  await ride.step(first, 'Picked up').click();
  await expect(ride.task(first)).toContainText('Bring it to the customer');
  await Promise.all([first.until('picked_up'), second.until('picked_up')]);
  await expect(ride.offer).toHaveCount(0);
  await ride.step(second, 'Delivered').click();
  await second.until('delivered');

  // A hand is free.
  await expect(ride.offer).toContainText('Quick');
  await ride.accept(third);
  await ride.step(first, 'Delivered').click();
  await first.until('delivered');
});

for (const who of ['customer', 'restaurant']) {
  test(`what a ${who} calls off on the way is told until it is read`, async ({ page, town, signIn }) => {
    const courier = await town.courier();
    await signIn(page, courier);
    const ride = new RidePage(page);
    await ride.goto();
    const order = await town.order({ courier });
    await ride.accept(order);
    if (who === 'restaurant') await order.accept();
    await order.cancel('Out of gas', who === 'restaurant' ? order.restaurant.owner : order.customer);
    const told = page.getByRole('alert').filter({ hasText: 'was called off. There is nothing more to do for it.' });
    await expect(told).toContainText(ride.numberOf(order));
    await expect(ride.task(order)).toHaveCount(0);
    await expect(ride.looking).toBeVisible();
    await page.reload();
    await told.getByRole('button', { name: 'Understood' }).click();
    await expect(told).toHaveCount(0);
    await page.reload();
    await expect(ride.looking).toBeVisible();
    await expect(told).toHaveCount(0);
  });
}

test('a sheet that is told twice to close is one step back', async ({ page, town, signIn }) => {
  await page.goto('/kitchen');
  const { ride } = await offDuty({ page, town, signIn });
  await ride.button('Account').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).evaluate((cross) => {
    cross.click();
    cross.click();
  });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await ride.button('Account').click();
  await expect(page.getByRole('dialog', { name: 'Account' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(ride.offDuty).toBeVisible();
});
