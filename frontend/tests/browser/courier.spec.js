// A courier's day: from signing up to the door, and what may come between.

import { expect, test } from './fixtures.js';
import { PASSWORD, anEmail } from './harness/api.js';
import { locate } from './harness/circumstances.js';
import { RidePage } from './harness/ride-page.js';
import { PHONE } from './harness/screen.js';
import { tier } from './harness/tiers.js';

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
  await expect(page.getByText(/^Delivered\. You earned /)).toContainText((earning.amount / 100).toFixed(2));
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
  test(`what a ${who} calls off on the way is told until it is read`, tier(who === 'restaurant'), async ({ page, town, signIn }) => {
    const courier = await town.courier();
    await signIn(page, courier);
    const ride = new RidePage(page);
    await ride.goto();
    const order = await town.order({ courier });
    // The task is shown before the server has agreed; what is called off has to be theirs by then.
    const agreed = page.waitForResponse(/\/accept$/);
    await ride.accept(order);
    await agreed;
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
  await signIn(page, await town.courier({ online: false }));
  const ride = new RidePage(page);
  await ride.goto();
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

test('a courier works by keyboard alone, and never has to look for where they are', async ({ page, town, signIn }) => {
  const courier = await town.courier();
  await signIn(page, courier);
  const ride = new RidePage(page);
  await ride.goto();
  const order = await town.order({ courier });
  await ride.offer.getByRole('button', { name: 'Accept' }).press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await order.accept();
  await expect(ride.step(order, 'Picked up')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(ride.task(order).getByRole('link', { name: /Call/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await order.until('picked_up');
  await expect(ride.step(order, 'Delivered')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(ride.looking).toBeVisible();
  await expect(page.getByRole('main')).toBeFocused();
});

test('notices have an address, and close to the deliveries', async ({ page, town, signIn }) => {
  await signIn(page, await town.courier({ online: false }));
  await page.goto('/ride/notices');
  const sheet = page.getByRole('dialog', { name: 'Notices' });
  await expect(sheet.getByRole('heading', { name: 'Nothing has happened yet' })).toBeVisible();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page).toHaveURL(/\/ride$/);
});

test('whoever has no vehicle yet can leave again', async ({ page, town, signIn, guards }) => {
  guards.allowStatus(404, /^\/v1\/couriers\//);
  await signIn(page, await town.courier({ vehicle: null }));
  const ride = new RidePage(page);
  await ride.goto();
  await ride.button('Account').click();
  await ride.button('Sign out').click();
  await expect(page.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
});

for (const [how, broken] of [
  ['keeps nothing', () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, { get: () => { throw new DOMException('Access is denied.', 'SecurityError'); } });
    }
  }],
  ['has no room left', () => {
    Storage.prototype.setItem = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };
  }],
]) {
  test(`in a browser that ${how} a courier works all the same, as long as the page is open`, async ({ page, town }) => {
    const courier = await town.courier();
    await page.addInitScript(broken);
    const ride = new RidePage(page);
    await ride.goto();
    await ride.signIn(courier);
    await expect(ride.looking).toBeVisible();
    const order = await town.order({ courier });
    await ride.accept(order);
    await order.accept();
    await ride.step(order, 'Picked up').click();
    await order.until('picked_up');
    await expect(ride.step(order, 'Delivered')).toBeVisible();
  });
}
