// Where accounts of every role wait for an administrator.

import { expect, test } from './fixtures.js';
import { anEmail, PASSWORD } from './harness/api.js';
import { EatPage } from './harness/eat-page.js';
import { bagOf, everythingKept } from './harness/storage.js';

const PENDING = 'Your account waits to be let in';

test.use({ server: { env: { TIFFIN_USERS_PENDING_ROLES: 'customer,merchant,courier' } } });

/** Each role's page, and its way to the form. */
const PAGES = [
  { role: 'customer', path: '/eat/account' },
  { role: 'merchant', path: '/kitchen' },
  { role: 'courier', path: '/ride' },
];

for (const { role, path } of PAGES) {
  test(`a ${role} who signs up is told to wait, and signs in once they are let in`, async ({ page, api, tiffin, guards }) => {
    guards.allowStatus(403);
    // Whoever is new has not said yet how they get about.
    guards.allowStatus(404, /^\/v1\/couriers\//);
    const email = anEmail(role);
    await page.goto(path);
    await page.getByRole('main').getByRole('button', { name: /^Sign in/ }).click();
    const { dialog } = new EatPage(page);
    await dialog.getByRole('button', { name: 'Sign up', exact: true }).click();
    await dialog.getByLabel('Name').fill('Ana Pop');
    await dialog.getByLabel('E-mail').fill(email);
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Make an account' }).click();
    const waiting = page.getByRole('dialog', { name: PENDING });
    await expect(waiting).toContainText('You can sign in as soon as they have said yes.');
    const signIn = async () => {
      await waiting.getByRole('button', { name: 'Try again' }).click();
      await expect(dialog.getByLabel('E-mail')).toHaveValue(email);
      await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    await signIn();
    await expect(waiting).toBeVisible();
    const admin = await api.admin(tiffin);
    const { items: [{ id }] } = await api.get(`/v1/users?role=${role}&q=${encodeURIComponent(email)}`, { as: admin });
    expect(await everythingKept(page)).not.toContain(id);
    await api.patch(`/v1/users/${id}`, { state: 'active' }, { as: admin });
    await signIn();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(await page.evaluate((whose) => sessionStorage.getItem(`tiffin:plays:${whose}`), role)).toBe(id);
  });
}

test('nobody orders as a guest there: an account is needed', async ({ page, town, keep, api, guards }) => {
  guards.allowStatus(403);
  await keep(page, { address: town.home, bag: await aBag(api) });
  const eat = new EatPage(page);
  await eat.checkout();
  await page.getByLabel('Name').fill('Mira Oaspete');
  await eat.phone.fill('+40 722 333 444');
  await eat.button('Continue as a guest').click();
  await expect(page.getByRole('alert')).toHaveText('Here you need an account to order. Please sign up.');
  expect(await page.evaluate(() => sessionStorage.getItem('tiffin:plays:customer'))).toBe('nobody');
});

/** A dish of the city's: its people were there before anybody had to wait. */
async function aBag(api) {
  const { items: [restaurant] } = await api.get('/v1/restaurants?limit=1&lat=44.4268&lon=26.1025');
  const { sections: [{ items }] } = await api.get(`/v1/restaurants/${restaurant.id}/menu`);
  return bagOf({ ...restaurant, items });
}
