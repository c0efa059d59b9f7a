// Sessions that end elsewhere: by a new password, by whoever runs Tiffin, by the end of the account. What somebody was at stays
// theirs, and what nobody can come back to goes.

import { expect, test } from './fixtures.js';
import { PASSWORD } from './harness/api.js';
import { ORDERS, QUOTES, expectOneOrder, ordersOf } from './harness/checkout.js';
import { EatPage } from './harness/eat-page.js';
import { dish } from './harness/samples.js';
import { bagOf, everythingKept } from './harness/storage.js';

const REFRESH = '/v1/sessions/refresh';
const NOTICES = '/v1/notifications';
const MINUTE_MS = 60_000;
/** An access token is used for no longer than this, and taken for some seconds more. */
const TOKEN_MS = 571_000;
/** So much may still go out in the first minute after a session has ended. */
const MOST_REQUESTS = 2;
const NEW_PASSWORD = 'battery staple horse';

/** How a session ends elsewhere, and what lets its person in again. */
const ENDS = {
  'a new password': {
    end: ({ api, who }) => api.patch(`/v1/users/${who.id}`, { password: NEW_PASSWORD, current_password: PASSWORD }, { as: who }),
    says: 'Please sign in again',
    admit: async ({ who }) => ({ ...who, password: NEW_PASSWORD }),
  },
  'a suspension': {
    end: ({ api, who, admin }) => api.patch(`/v1/users/${who.id}`, { state: 'suspended' }, { as: admin }),
    says: 'Your account is suspended',
    again: 'Try again',
    admit: async ({ api, who, admin }) => {
      await api.patch(`/v1/users/${who.id}`, { state: 'active' }, { as: admin });
      return who;
    },
  },
};

test.use({ via: 'network', comesBack: false });
test.beforeEach(({ guards }) => {
  for (const status of [401, 403]) guards.allowStatus(status, REFRESH);
});

/** What a page asks of the API from now on. */
function requestsOf(page) {
  const asked = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) asked.push(`${request.method()} ${pathname}`);
  });
  return asked;
}

/** A checkout that is filled in, whose page has not asked for anything since; its access token is over. */
async function filledIn({ page, town, signIn, network }, things = {}) {
  await page.clock.install();
  const [customer, restaurant] = [await town.customer(), await town.restaurant()];
  await signIn(page, customer, { address: town.home, bag: bagOf(restaurant), ...things });
  const eat = new EatPage(page);
  await eat.checkout();
  await eat.note.fill('No celery, please');
  await eat.phone.fill('+40 711 222 333');
  const quoted = network.when('POST', QUOTES);
  await eat.choose('€2');
  await quoted.came();
  await eat.priced();
  // What polls would find out before anybody presses.
  const notices = network.when('GET', NOTICES, { hold: true });
  await notices.came();
  return { eat, customer, restaurant, quoted, notices };
}

/** The page's access token has had its time. */
const age = (page) => page.clock.fastForward(TOKEN_MS);

for (const [what, { end, says, again, admit }] of Object.entries(ENDS)) {
  test(`${what} while somebody fills in the checkout places nothing, and everything stands there once they are back`, async ({ page, context, town, signIn, api, admin, network }) => {
    const { eat, customer, quoted } = await filledIn({ page, town, signIn, network });
    const placing = network.when('POST', ORDERS);
    const [other, shop] = [await town.customer({ name: 'Ion Next', phone: '+40 722 000 000' }), await town.restaurant({ menu: [dish({ name: 'Bean soup' })] })];
    await end({ api, who: customer, admin });
    await age(page);
    const asked = requestsOf(page);
    await eat.place.click();
    await expect(eat.dialog).toHaveAccessibleName(says);
    await expect(eat.title).toHaveText('Checkout');
    await page.clock.runFor(MINUTE_MS);
    expect(asked.length, asked.join(', ')).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(placing.seen).toEqual([]);

    // Whoever else uses the device begins with nothing of it.
    const second = await context.newPage();
    await signIn(second, other, { address: town.home, bag: bagOf(shop) });
    const theirs = new EatPage(second);
    await theirs.checkout();
    await theirs.priced();
    await expect(theirs.note).toHaveValue('');
    await expect(theirs.phone).toHaveValue(other.phone);
    await expect(theirs.tip('None')).toBeChecked();

    // The same one: every entry, and a price of now.
    const before = quoted.seen.length;
    const now = await admit({ api, who: customer, admin });
    if (again) await eat.dialog.getByRole('button', { name: again }).click();
    await expect(eat.dialog).toHaveAccessibleName('Please sign in again');
    await eat.signIn(now);
    await quoted.came(before + 1);
    await eat.priced();
    await expect(eat.note).toHaveValue('No celery, please');
    await expect(eat.phone).toHaveValue('+40 711 222 333');
    await expect(eat.tip('€2')).toBeChecked();
    expect(await ordersOf(api, now)).toEqual([]);
    await eat.place.click();
    expect(await expectOneOrder({ api, customer: now, eat })).toMatchObject({ notes: 'No celery, please', contact: { phone: '+40 711 222 333' } });
    expect(placing.seen).toHaveLength(1);
  });
}

test('an account that is deleted while somebody fills in the checkout places nothing, and leaves nothing here in any tab', async ({ page, context, town, signIn, api, network, guards }) => {
  guards.allowStatus(404, /^\/v1\/users\//);
  const { eat, customer } = await filledIn({ page, town, signIn, network });
  const placing = network.when('POST', ORDERS);
  const second = await context.newPage();
  await second.goto('/eat/account');
  await expect(second.getByText(customer.email)).toBeVisible();
  const kept = await everythingKept(page);
  expect(kept).toContain(customer.email);
  const [, token] = /"refresh_token":"([^"]+)"/.exec(kept);
  await api.delete(`/v1/users/${customer.id}`, { as: customer });
  await age(page);
  const asked = requestsOf(page);
  await eat.place.click();
  for (const tab of [page, second]) await expect(tab.locator('.toast')).toHaveText('This account was deleted. Nothing of it is kept here any more.');
  await expect(eat.dialog).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'There is nothing to order' })).toBeVisible();
  await expect(second.getByText('Sign in to order and to see your orders')).toBeVisible();
  expect(asked.length, asked.join(', ')).toBeLessThanOrEqual(MOST_REQUESTS);
  expect(placing.seen).toEqual([]);
  for (const tab of [page, second]) {
    const rest = (await everythingKept(tab)) + (await tab.evaluate(() => document.documentElement.outerHTML + JSON.stringify(history.state)));
    for (const one of [token, customer.id, customer.name, customer.email, '+40 711 222 333', town.home.address.street, 'No celery', 'Sour soup']) expect(rest).not.toContain(one);
  }
  await page.goto('/eat/orders');
  await expect(page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
});
