// Who is signed in, in which tab; what stays when a session ends, and that nothing does when somebody signs out.

import { expect, test } from './fixtures.js';
import { eventually } from './harness/api.js';
import { RidePage } from './harness/ride-page.js';
import { GUEST, bagOf, everythingKept } from './harness/storage.js';

const API = /^\/v1\//;
const PICK_UP = /\/pick-up$/;
/** The longest that another tab may still show somebody who has signed out. */
const OTHERS_MS = 1_000;
const SOFIA = { name: 'Sofia Marin', phone: '+40 711 222 333' };

test.use({ via: 'network', server: { env: { TIFFIN_USERS_ACCESS_TOKEN_S: '10' } } });

/** When a tab no longer shows a text, by the clock of all tabs. Before the page is loaded. */
async function goneAt(page, text) {
  const gone = { at: null };
  await page.exposeBinding('tiffinTestGone', (_source, at) => (gone.at = at));
  await page.addInitScript((wanted) => {
    let shown = false;
    new MutationObserver(() => {
      const shows = document.body?.textContent.includes(wanted) ?? false;
      if (shown && !shows) globalThis.tiffinTestGone(Date.now());
      shown = shows;
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, text);
  return gone;
}

/** The form that stands over a page. */
async function fill(page, { email, password }) {
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('E-mail').fill(email);
  await sheet.getByLabel('Password', { exact: true }).fill(password);
  await sheet.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Ends a session as another device does: the refresh token that a browser keeps is worth nothing from now on. */
async function endElsewhere(page, api, { id }) {
  const { refresh_token: token } = JSON.parse(await page.evaluate((whose) => localStorage.getItem(`tiffin:session:${whose}`), id));
  const { access_token: access } = await api.post('/v1/sessions/refresh', { refresh_token: token });
  await api.delete('/v1/sessions/current', { headers: { authorization: `Bearer ${access}` } });
}

/** Whom the requests of a page are made as, by their tokens. */
function callers(page) {
  const ids = new Set();
  page.on('request', (request) => {
    const { authorization } = request.headers();
    if (authorization) ids.add(JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url').toString()).sub);
  });
  return ids;
}

test('whoever uses the device next finds nothing of the last one, in no tab and no store', async ({ page, context, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const [sofia, next] = await Promise.all([town.customer(SOFIA), town.customer({ name: 'Ion Next' })]);
  const restaurant = await town.restaurant();
  const order = await town.order({ status: 'picked_up', customer: sofia, restaurant, contact: SOFIA });
  const [number, dish] = [order.number.slice(0, 4), restaurant.items[0].name];
  const second = await context.newPage();
  const gone = await goneAt(second, dish);
  await signIn(page, sofia, { address: town.home, bag: bagOf(restaurant) });
  await page.goto('/eat/orders');
  await page.getByRole('link', { name: dish }).first().click();
  await expect(page.getByText(number).first()).toBeVisible();
  await expect(page.getByText(town.home.address.street).first()).toBeVisible();
  await second.goto('/eat/orders');
  await expect(second.getByText(dish).first()).toBeVisible();
  await page.getByRole('link', { name: 'Sofia Marin, account' }).click();
  const kept = await everythingKept(page);
  expect(kept).toContain(sofia.email);
  expect(kept).toContain(town.home.address.street);

  const pressed = await page.getByRole('button', { name: 'Sign out' }).evaluate((button) => {
    button.click();
    return Date.now();
  });
  await expect(page.getByText('Sign in to order and to see your orders')).toBeVisible();
  await eventually('second tab that is signed out', async () => gone.at);
  expect(gone.at - pressed).toBeLessThan(OTHERS_MS);
  const [, token] = /"refresh_token":"([^"]+)"/.exec(kept);
  const hers = [token, sofia.id, sofia.name, sofia.email, SOFIA.phone, town.home.address.street, order.id, order.number, number];
  const expectNothing = async (where) => {
    const rest = (await everythingKept(where)) + (await where.evaluate(() => document.documentElement.outerHTML + JSON.stringify(history.state)));
    for (const one of hers) expect(rest, 'of who was here before').not.toContain(one);
  };
  await expectNothing(page);
  await expectNothing(second);

  // Back leads to where they were, without anything of theirs.
  await page.goBack();
  await expect(page).toHaveURL(/\/eat\/orders\/ord_/);
  await expect(page.getByRole('button', { name: 'Sign in', exact: true }).first()).toBeVisible();
  for (const one of hers.slice(2, 6)) await expect(page.getByText(one)).toHaveCount(0);
  await page.goto('/eat/orders');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const away = network.when('*', API, { refuse: true });
  await fill(page, next);
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await expectNothing(page);
  away.remove();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Ion Next, account' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'You have not ordered yet' })).toBeVisible();
  await expectNothing(page);
});

test('a page that comes back from the browser’s cache does not show who has signed out since', async ({ page, context, town, signIn }) => {
  const sofia = await town.customer(SOFIA);
  await signIn(page, sofia);
  await page.goto('/eat/account');
  await expect(page.getByText(sofia.email)).toBeVisible();
  await page.goto('/kitchen');
  const second = await context.newPage();
  await second.goto('/eat/account');
  await second.getByRole('button', { name: 'Sign out' }).click();
  await expect(second.getByText('Sign in to order and to see your orders')).toBeVisible();
  await page.goBack();
  await expect(page.getByText('Sign in to order and to see your orders')).toBeVisible();
  await expect(page.getByText(sofia.email)).toHaveCount(0);
});

test('signing out without a network leaves nothing here all the same', async ({ page, town, signIn, network, guards }) => {
  guards.allowNetworkErrors();
  const courier = await town.courier();
  await signIn(page, courier);
  const ride = new RidePage(page);
  const stalled = network.when('*', API, { stall: true });
  await ride.goto();
  await stalled.came();
  await ride.button('Account').click();
  await ride.button('Sign out').click();
  await expect(page.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible({ timeout: OTHERS_MS * 3 });
  expect(await everythingKept(page)).not.toContain(courier.id);
});

test('a session that ended elsewhere keeps everything for its account, and nothing of it for another', async ({ page, context, town, signIn, api, network, guards }) => {
  guards.allowStatus(401);
  guards.allowNetworkErrors();
  const [courier, other] = [await town.courier(), await town.courier({ online: false, name: 'Mihai Popa' })];
  const order = await town.order({ status: 'assigned', courier });
  await signIn(page, courier);
  const [ride, second] = [new RidePage(page), new RidePage(await context.newPage())];
  for (const one of [ride, second]) {
    await one.goto();
    await expect(one.step(order, 'Picked up')).toBeVisible();
  }
  const away = network.when('POST', PICK_UP, { refuse: true });
  await ride.step(order, 'Picked up').click();
  await away.came();
  await endElsewhere(page, api, courier);
  const again = page.getByRole('dialog', { name: 'Please sign in again' });
  await expect(again).toBeVisible();
  await expect(again).toContainText('Radu Ilie, your session has ended.');
  await expect(second.page.getByRole('dialog', { name: 'Please sign in again' })).toBeVisible();
  away.remove();

  // Another account: nothing of the first, and nothing goes out.
  await second.button('Use another account').click();
  await fill(second.page, other);
  await expect(second.offDuty).toBeVisible();
  await expect(second.waiting).toHaveCount(0);
  await expect(second.task(order)).toHaveCount(0);
  await expect(again).toBeVisible();
  expect(network.requestsOf('POST', PICK_UP).filter(({ status }) => status === 200)).toEqual([]);

  // The same one: everything goes on.
  await fill(page, courier);
  await expect(again).toHaveCount(0);
  await order.until('picked_up');
  await expect(ride.step(order, 'Delivered')).toBeVisible();
  await expect(second.offDuty).toBeVisible();
});

test('who signs in again in one tab has done so in all', async ({ page, context, town, signIn, api, guards }) => {
  guards.allowStatus(401);
  const courier = await town.courier();
  await signIn(page, courier);
  const tabs = [new RidePage(page), new RidePage(await context.newPage())];
  for (const ride of tabs) {
    await ride.goto();
    await expect(ride.looking).toBeVisible();
  }
  await endElsewhere(page, api, courier);
  for (const ride of tabs) await expect(ride.page.getByRole('dialog', { name: 'Please sign in again' })).toBeVisible();
  await fill(page, courier);
  for (const ride of tabs) {
    await expect(ride.page.getByRole('dialog')).toHaveCount(0);
    await expect(ride.page.getByText(/^Updated [0-2] s ago$/)).toBeVisible();
  }
});

test('three roles in three tabs of one browser are three people, and nothing is mixed', async ({ page, context, town, signIn }) => {
  const [customer, restaurant, courier] = [await town.customer(SOFIA), await town.restaurant({ name: 'La Mama' }), await town.courier()];
  const order = await town.order({ status: 'assigned', customer, restaurant, courier });
  const [eat, kitchen, ride] = [page, await context.newPage(), await context.newPage()];
  const roles = [
    { tab: eat, who: customer, path: '/eat/orders', shows: 'Sour soup' },
    { tab: kitchen, who: restaurant.owner, path: '/kitchen', shows: 'La Mama' },
    { tab: ride, who: courier, path: '/ride', shows: 'Pick up at La Mama' },
  ].map((role) => ({ ...role, ids: callers(role.tab) }));
  for (const { tab, who } of roles) await signIn(tab, who, { address: town.home });
  const expectEach = async () => {
    for (const { tab, shows } of roles) await expect(tab.getByText(shows).first()).toBeVisible();
    for (const { who, ids } of roles) await expect.poll(() => [...ids]).toEqual([who.id]);
  };
  for (const { tab, path } of roles) await tab.goto(path);
  await expectEach();
  for (const { tab } of roles) await tab.reload();
  await expectEach();

  // Each role's page knows who signed in last for it, and takes nobody else.
  const fresh = await context.newPage();
  const ids = callers(fresh);
  await fresh.goto('/ride');
  await expect(new RidePage(fresh).task(order)).toBeVisible();
  await expect.poll(() => [...ids]).toEqual([courier.id]);

  await ride.getByRole('button', { name: 'Account' }).click();
  await ride.getByRole('button', { name: 'Sign out' }).click();
  for (const one of [ride, fresh]) await expect(one.getByRole('heading', { name: 'Carry dinner across town' })).toBeVisible();
  await order.bringTo('picked_up');
  await expect(eat.getByText('Radu is on the way')).toBeVisible();
  for (const { who, ids: own } of roles) expect([...own]).toEqual([who.id]);
  const kept = await everythingKept(eat);
  expect(kept).not.toContain(courier.id);
  for (const { id } of [customer, restaurant.owner]) expect(kept).toContain(`tiffin:session:${id}`);
  expect(kept).not.toContain(`:${GUEST}\n`);
});

test('somebody of another role is told where they are at home', async ({ page, town, guards }) => {
  guards.allowStatus(401);
  const merchant = await town.merchant();
  const ride = new RidePage(page);
  await ride.goto();
  await ride.signIn(merchant);
  const alert = page.getByRole('dialog').getByRole('alert');
  await expect(alert).toContainText('This account belongs to a restaurant.');
  await expect(alert.getByRole('link', { name: 'To the restaurants\' page' })).toHaveAttribute('href', '/kitchen');
  expect(await everythingKept(page)).not.toContain(merchant.id);
});
