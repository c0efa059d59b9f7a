// The kitchen's alarm: told and heard on every page of a restaurant, as soon as the browser allows it.

import { expect, test } from './fixtures.js';
import { read } from './harness/eat-page.js';
import { KitchenPage } from './harness/kitchen-page.js';
import { FLASHES, SOUND_IS_OFF, expectSilence, tablet, touch } from './harness/kitchen-tablet.js';
import { TABLET } from './harness/screen.js';
import { tier } from './harness/tiers.js';
import { listen } from './harness/witnesses.js';

test.use(TABLET);

test('a tablet that nobody has touched says so, flashes, and sounds for what waits as soon as it is touched', async ({ page, town, signIn }) => {
  const restaurant = await town.restaurant();
  const untouched = await tablet(page, restaurant, signIn);
  const { ear, ask, shows } = untouched;
  await shows(SOUND_IS_OFF);
  const first = await town.order({ restaurant });
  await expect.poll(() => ask('document.title')).toBe('(1) New order · La Mama · Tiffin');
  await shows(read(first));
  await expect.poll(() => ask(FLASHES)).toBeGreaterThan(0);
  await shows(SOUND_IS_OFF);
  expect(ear.audible).toEqual([]);
  expect(ear.contexts).toEqual(['suspended']);

  await touch(untouched);
  await expect.poll(() => ear.contexts).toEqual(['running']);
  await expect.poll(() => ear.audible.length).toBeGreaterThan(0);
  await first.accept();
  await expect.poll(() => ask('document.title')).toBe('La Mama · Tiffin');
  await expectSilence([ear]);
  const heard = ear.audible.length;
  await town.order({ restaurant });
  await expect.poll(() => ear.audible.length).toBeGreaterThan(heard);

  // Loaded anew, it is a page that nobody has touched.
  const before = ear.heard.length;
  await page.reload();
  await shows(SOUND_IS_OFF);
  await town.order({ restaurant });
  await expect.poll(() => ask('document.title')).toBe('(2) New orders · La Mama · Tiffin');
  expect(ear.heard.slice(before).filter(({ state }) => state === 'running')).toEqual([]);
  await touch(untouched);
  await expect.poll(() => ear.audible.length).toBeGreaterThan(heard + 1);
});

test('whoever switches the sound off is not rung for, and is told so as long as it is off', async ({ page, town, signIn }) => {
  const restaurant = await town.restaurant();
  const one = await tablet(page, restaurant, signIn);
  await touch(one);
  await one.kitchen.button('Sound on').click();
  await expect(page.getByText('Sound is off. Tap here to hear new orders again.')).toBeVisible();
  await town.order({ restaurant });
  await expect(page).toHaveTitle('(1) New order · La Mama · Tiffin');
  await one.kitchen.column('Done').click();
  await expectSilence([one.ear]);
  expect(one.ear.heard).toEqual([]);
  await page.getByText('Sound is off. Tap here to hear new orders again.').click();
  await expect.poll(() => one.ear.audible.length).toBeGreaterThan(0);
  await expect(one.kitchen.button('Sound on')).toBeVisible();
});

for (const { where, go } of [
  { where: 'the menu', go: (kitchen, { restaurant }) => kitchen.menu(restaurant) },
  { where: 'a ticket', go: (kitchen, order) => kitchen.ticket(order) },
]) {
  test(`on the page of ${where} an order that waits is heard and told, and is one tap away`, tier(where === 'the menu'), async ({ page, town, signIn }) => {
    await page.addInitScript(() => (globalThis.print = () => {}));
    const restaurant = await town.restaurant();
    const cooking = await town.order({ restaurant, status: 'accepted' });
    const ear = await listen(page);
    await signIn(page, restaurant.owner);
    const kitchen = new KitchenPage(page);
    await go(kitchen, cooking);
    // A press anywhere lets it sound.
    await page.mouse.click(1, 1);
    await expect(kitchen.soundIsOff).toHaveCount(0);
    const order = await town.order({ restaurant });
    await expect(page).toHaveTitle(/^\(1\) New order · .+ · Tiffin$/);
    await expect.poll(() => ear.audible.length).toBeGreaterThan(0);
    await expect.poll(() => page.evaluate(FLASHES)).toBeGreaterThan(0);
    await page.getByRole('link', { name: /1 new order/ }).click();
    await expect(kitchen.accept(order)).toBeVisible();
    await kitchen.accept(order).click();
    await expectSilence([ear]);
  });
}
