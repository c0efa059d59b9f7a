// The theatre while simulators play in it: dinner that is delivered by itself, and roles that somebody takes over.

import { expect, test } from './fixtures.js';
import { TheatrePage } from './harness/theatre-page.js';

const CROWDED = { simulate: 'all' };
const QUIET = { simulate: 'restaurants,couriers', flags: ['--speed', '1'] };
/** From order to door. */
const DELIVERED_MS = 90_000;

/** The theatre of a server of its own. */
async function open({ page, launch, guards }, options) {
  // What is under way as a program ends fails.
  guards.allowNetworkErrors();
  const tiffin = await launch(options);
  const theatre = new TheatrePage(page);
  await theatre.goto(tiffin.url);
  return { tiffin, theatre };
}

/**
 * Accepts an order by hand that a simulator has before it, too, which takes some seconds to answer. Until the order is seen in
 * `kitchen` the simulator is off; the moment that its switch is on, the pages themselves press: nothing in between takes time.
 */
async function acceptFirst(theatre, kitchen) {
  await theatre.switch('merchant').click();
  await expect(theatre.switch('merchant')).toHaveAttribute('aria-checked', 'false');
  await theatre.order.click();
  const accept = kitchen.getByRole('button', { name: /^Accept / });
  await expect(accept).toBeVisible();
  await accept.evaluate((button) => new BroadcastChannel('tiffin-test').addEventListener('message', () => button.click(), { once: true }));
  await theatre.switch('merchant').evaluate((element) => {
    const observer = new MutationObserver(() => {
      if (element.getAttribute('aria-checked') !== 'true') return;
      observer.disconnect();
      new BroadcastChannel('tiffin-test').postMessage('on');
    });
    observer.observe(element, { attributes: true });
  });
  await theatre.switch('merchant').click();
  await expect(accept).toHaveCount(0);
}

async function playsAt(tiffin) {
  return (await (await fetch(`${tiffin.url}/_tiffin/theatre`)).json()).plays;
}

test('dinner is ordered with one press and is delivered by itself', async ({ page, launch, guards }) => {
  test.slow();
  const { theatre, tiffin } = await open({ page, launch, guards }, CROWDED);
  const eat = theatre.frame('customer');
  await expect(theatre.caption('merchant')).toContainText('Pizzeria Al Teatro cooks');
  await expect(theatre.caption('courier')).toContainText('Nico delivers');
  for (const role of ['merchant', 'courier']) await expect(theatre.switch(role)).toHaveAttribute('aria-checked', 'true');
  await expect(theatre.frame('merchant').getByText('Tiffin plays Enzo here until you do something yourself.')).toBeVisible();
  await expect(theatre.frame('courier').getByText('Tiffin plays Nico here until you do something yourself.')).toBeVisible();
  const expectSame = await theatre.holdDocuments();
  await theatre.order.click();
  await expect(theatre.onItsWay).toBeVisible();
  await expect(eat.getByRole('heading', { level: 1 })).toContainText('Pizzeria Al Teatro');
  await expect(theatre.next).toHaveText('Delivered. Hungry again?', { timeout: DELIVERED_MS });
  await expect(theatre.ticker).toContainText(/In the theatre:Nico delivered [\w-]+/);
  await expect(eat.getByRole('heading', { level: 1 })).toContainText(/delivered|enjoy/i);
  expect(await playsAt(tiffin)).toEqual({ merchant: true, courier: true });
  await expectSame();
});

test('whoever acts by hand in a device has the role from then on, and gives it back with its switch', async ({ page, launch, guards }) => {
  const { theatre, tiffin } = await open({ page, launch, guards }, QUIET);
  const [kitchen, ride] = [theatre.frame('merchant'), theatre.frame('courier')];
  await expect(kitchen.getByText('Tiffin plays Enzo here')).toBeVisible();
  await acceptFirst(theatre, kitchen);
  await expect(kitchen.getByText('You play Enzo now.')).toBeVisible();
  await expect(theatre.caption('merchant')).toContainText('You cook at Pizzeria Al Teatro');
  await expect(theatre.switch('merchant')).toHaveAttribute('aria-checked', 'false');
  await expect(theatre.caption('courier')).toContainText('Nico delivers');
  expect(await playsAt(tiffin)).toEqual({ merchant: false, courier: true });
  await expect(kitchen.getByRole('region', { name: /^Preparing 1/ })).toBeVisible();

  // The courier's is taken over with nothing to do yet.
  await theatre.press('courier', ride.getByRole('button', { name: 'Take over' }));
  await expect(ride.getByText('You play Nico now.')).toBeVisible();
  await expect(theatre.caption('courier')).toContainText('You deliver as Nico');
  await expect(theatre.switch('courier')).toHaveAttribute('aria-checked', 'false');
  expect(await playsAt(tiffin)).toEqual({ merchant: false, courier: false });

  // Loaded anew, it is still so; the switch gives it back.
  await page.reload();
  await theatre.begun();
  await expect(theatre.caption('merchant')).toContainText('You cook at Pizzeria Al Teatro');
  await theatre.switch('merchant').click();
  await expect(theatre.caption('merchant')).toContainText('Pizzeria Al Teatro cooks');
  await expect(kitchen.getByText('Tiffin plays Enzo here')).toBeVisible();
  await expect(theatre.caption('courier')).toContainText('You deliver as Nico');
  expect(await playsAt(tiffin)).toEqual({ merchant: true, courier: false });
});

test('a page beside the theatre says nothing of who plays, and turns no switch', async ({ page, context, launch, guards }) => {
  const { theatre, tiffin } = await open({ page, launch, guards }, QUIET);
  await expect(theatre.caption('merchant')).toContainText('Pizzeria Al Teatro cooks');
  const [alone] = await Promise.all([context.waitForEvent('page'), page.getByRole('navigation', { name: 'Pages and documentation' }).getByRole('link', { name: 'Restaurant' }).click()]);
  await expect(alone.getByRole('region', { name: /^New / })).toBeVisible();
  await expect(alone.getByRole('heading', { level: 1 })).toContainText('Pizzeria Al Teatro');
  await expect(alone.getByText('Tiffin plays')).toHaveCount(0);
  await acceptFirst(theatre, alone);
  await expect(alone.getByRole('region', { name: /^Preparing 1/ })).toBeVisible();
  expect(await playsAt(tiffin)).toEqual({ merchant: true, courier: true });
});
