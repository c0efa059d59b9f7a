import { expect, test } from '../fixtures.js';
import { BLANK, serveBlank } from './blank.js';
import { bagOf, everythingKept } from './storage.js';

test.beforeEach(({ context }) => serveBlank(context));

/** Who the pages' own module says is signed in, after the API has been asked as them. */
function signedInAs(page, role) {
  return page.evaluate(async (as) => {
    const [{ account, begin }, { call }] = await Promise.all([import('/js/session.js'), import('/js/api.js')]);
    begin(as);
    if (!account.value) return null;
    const { data } = await call('get-user', { path: { user_id: account.value.id } });
    return data.name;
  }, role);
}

test('somebody is signed in before their page is loaded, and stays so', async ({ page, town, signIn }) => {
  const customer = await town.customer({ name: 'Sofia Marin' });
  await signIn(page, customer);
  await page.goto(BLANK);
  expect(await signedInAs(page, 'customer')).toBe('Sofia Marin');
  await page.reload();
  expect(await signedInAs(page, 'customer')).toBe('Sofia Marin');
  expect(await signedInAs(page, 'courier')).toBeNull();
});

test('a second tab begins with who signed in last, and plays another once they sign in there', async ({ page, context, town, signIn }) => {
  await signIn(page, await town.customer({ name: 'First' }));
  await page.goto(BLANK);
  const second = await context.newPage();
  await second.goto(BLANK);
  expect(await signedInAs(second, 'customer')).toBe('First');
  await signIn(second, await town.customer({ name: 'Second' }));
  await second.reload();
  expect(await signedInAs(second, 'customer')).toBe('Second');
  await page.reload();
  expect(await signedInAs(page, 'customer')).toBe('First');
});

test('what the page does with the session later is its own', async ({ page, town, signIn }) => {
  await signIn(page, await town.customer());
  await page.goto(BLANK);
  await page.evaluate(async () => {
    const { begin, signOut } = await import('/js/session.js');
    begin('customer');
    await signOut();
  });
  await page.reload();
  expect(await signedInAs(page, 'customer')).toBeNull();
});

test('devices are browsers of their own, and watched as well', async ({ page, newDevice, town, signIn }) => {
  await signIn(page, await town.customer());
  await page.goto(BLANK);
  const device = await newDevice({ viewport: { width: 390, height: 844 } });
  await serveBlank(device);
  const other = await device.newPage();
  await other.goto(BLANK);
  expect(await other.evaluate(() => innerWidth)).toBe(390);
  expect(await signedInAs(other, 'customer')).toBeNull();
});

test('things are kept as the pages keep them, for whoever they are', async ({ page, town, signIn, keep }) => {
  const restaurant = await town.restaurant();
  const customer = await town.customer();
  const bag = bagOf(restaurant, [{ quantity: 2 }, { dish: 1, options: ['Large', 'Basil'] }]);
  await keep(page, { address: town.home });
  await signIn(page, customer, { bag });
  await page.goto(BLANK);
  const read = () => page.evaluate(async (owner) => {
    const { kept, lost } = await import('/js/store.js');
    const plain = (name, whose) => kept(name, { version: 1, empty: () => null, read: (found) => found }).of(whose).value.value;
    return { address: plain('address', 'guest'), bag: plain('bag', owner), lost: lost.value };
  }, customer.id);
  expect(await read()).toEqual({ address: town.home, bag, lost: [] });
  const everything = await everythingKept(page);
  expect(everything).toContain(town.home.address.street);
  expect(everything).toContain(customer.email);

  await keep(page, { bag: '{"v":1,"da' }, customer);
  await page.reload();
  expect(await read()).toMatchObject({ bag: null, lost: ['bag'] });
});
