// The theatre played by hand: three roles in three devices, in one page that is never loaded anew.

import { expect, test } from './fixtures.js';
import { PHONE } from './harness/screen.js';
import { TheatrePage, clearTable } from './harness/theatre-page.js';

const NUMBER = /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/;

test.beforeEach(({ tiffin }) => clearTable(tiffin));

test('dinner is ordered, cooked and carried by hand in three devices, without a reload', async ({ page }) => {
  const theatre = new TheatrePage(page);
  await theatre.goto();
  const expectSame = await theatre.holdDocuments();
  const [eat, kitchen, ride] = ['customer', 'merchant', 'courier'].map((role) => theatre.frame(role));
  const button = (frame, name) => frame.getByRole('button', { name, exact: typeof name === 'string' });
  await expect(theatre.caption('merchant')).toContainText('You cook at Pizzeria Al Teatro');
  await expect(theatre.caption('courier')).toContainText('You deliver as Nico');
  for (const role of ['merchant', 'courier']) await expect(theatre.switch(role)).toHaveAttribute('aria-checked', 'false');
  await expect(theatre.next).toHaveText('or tap in any of the three screens: they are the real pages');

  await test.step('the customer orders', async () => {
    await theatre.press('customer', eat.getByRole('link', { name: /Pizzeria Al Teatro/ }));
    await theatre.press('customer', eat.locator('.menu').getByRole('button').first());
    const sheet = eat.getByRole('dialog');
    await theatre.press('customer', sheet.getByRole('button', { name: 'More', exact: true }));
    await theatre.press('customer', sheet.getByRole('button', { name: /^Add 2/ }));
    await theatre.press('customer', eat.getByRole('button', { name: /^View bag/ }));
    await theatre.press('customer', eat.getByRole('button', { name: /^Checkout/ }));
    const place = eat.getByRole('button', { name: /^Place order/ });
    await expect(place).toHaveText(/\d/);
    await theatre.press('customer', place);
    await expect(eat.getByRole('heading', { name: 'Waiting for Pizzeria Al Teatro' })).toBeVisible();
  });
  const number = NUMBER.exec(await eat.locator('main').innerText())[0];
  await expect(theatre.onItsWay).toBeVisible();
  await expect(theatre.next).toHaveText('Next: accept it on the restaurant\'s tablet and on the courier\'s phone');

  await test.step('the restaurant accepts', async () => {
    await theatre.press('merchant', button(kitchen, `Accept ${number}`));
    await expect(kitchen.getByRole('region', { name: /^Preparing/ })).toContainText(number);
    await expect(theatre.next).toHaveText('Next: take it on the courier\'s phone, which has to be on duty');
  });
  await test.step('the courier comes on duty, where the theatre has them, and takes it', async () => {
    await theatre.press('courier', button(ride, 'Go on duty here'));
    await theatre.press('courier', button(ride, 'Accept'));
    await expect(ride.getByRole('region', { name: `Order ${number}` })).toBeVisible();
    await expect(theatre.next).toHaveText('Next: press Ready on the tablet once it is cooked');
  });
  await theatre.press('merchant', button(kitchen, `${number} is ready`));
  await expect(theatre.next).toHaveText('Next: pick it up on the courier\'s phone');
  await theatre.press('courier', button(ride, 'Picked up'));
  await expect(theatre.next).toHaveText('Next: hand it over on the courier\'s phone');
  await expect(eat.getByRole('heading', { level: 1 })).toContainText(/on (its|the) way/i);
  await expect(kitchen.getByRole('region', { name: /^On its way/ })).toContainText(number);
  await theatre.press('courier', button(ride, 'Delivered'));

  await expect(eat.getByRole('heading', { level: 1 })).toContainText(/delivered|enjoy/i);
  await expect(kitchen.getByRole('region', { name: /^Done/ })).toContainText(number);
  await expect(ride.getByRole('heading', { name: 'Looking for deliveries near you' })).toBeVisible();
  await expect(theatre.order).toBeVisible();
  await expect(theatre.next).toHaveText('Delivered. Hungry again?');
  for (const told of [`New order ${number} at Pizzeria Al Teatro`, `Pizzeria Al Teatro accepted ${number}, ready in`, `Nico will deliver ${number}`, `Nico picked up ${number}`, `Nico delivered ${number}`]) {
    await expect(theatre.ticker).toContainText(told);
  }
  await expectSame();
});

test('on a phone there is one device at a time, and what is to be pressed is in reach without scrolling', async ({ page }) => {
  await page.setViewportSize(PHONE.viewport);
  const theatre = new TheatrePage(page);
  await theatre.goto();
  const ways = page.getByRole('group', { name: 'Screens' });
  const expectOnly = async (role) => {
    for (const other of ['customer', 'merchant', 'courier']) await expect(page.locator(`#frame-${other}`)).toBeVisible({ visible: other === role });
  };
  /** Wholly within its device, as it stands. */
  const expectInReach = (locator) => expect.poll(() => locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  })).toBe(true);
  await expectOnly('customer');
  await theatre.order.click();
  await expect(theatre.next).toHaveText('Next: accept it on the restaurant\'s tablet and on the courier\'s phone');
  await ways.getByRole('button', { name: 'Courier' }).click();
  await expectOnly('courier');
  const ride = theatre.frame('courier');
  await ride.getByRole('button', { name: 'Go on duty here' }).click();
  await expectInReach(ride.getByRole('button', { name: 'Accept' }));
  await expectInReach(ride.getByRole('button', { name: 'Decline' }));
  await ride.getByRole('button', { name: 'Accept' }).click();

  await ways.getByRole('button', { name: 'Restaurant' }).click();
  await expectOnly('merchant');
  const kitchen = theatre.frame('merchant');
  await kitchen.getByRole('button', { name: /^Accept / }).click();
  await kitchen.getByRole('group', { name: 'Columns' }).getByRole('button', { name: 'Preparing' }).click();
  await kitchen.getByRole('button', { name: / is ready$/ }).click();
  await ways.getByRole('button', { name: 'Courier' }).click();
  for (const step of ['Picked up', 'Delivered']) {
    await expectInReach(ride.getByRole('button', { name: step }));
    await ride.getByRole('button', { name: step }).click();
  }
  await expect(theatre.order).toBeVisible();
  await ways.getByRole('button', { name: 'Customer' }).click();
  await expectOnly('customer');
  await expect(theatre.frame('customer').getByRole('heading', { level: 1 })).toContainText(/delivered|enjoy/i);
});
