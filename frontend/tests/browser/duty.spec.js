// Coming on duty and going off it: where the courier is, asked of the device or of them.

import { expect, test } from './fixtures.js';
import { GEOLOCATION, hideable, locate, playGeolocation } from './harness/circumstances.js';
import { RidePage } from './harness/ride-page.js';
import { PHONE } from './harness/screen.js';

const MINUTE_MS = 60_000;

test.use(PHONE);

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
