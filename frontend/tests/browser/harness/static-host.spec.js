import { rename } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from '../fixtures.js';

test('serves a copy of the pages under a build of its own, and hands the API on', async ({ tiffin, hostPages }) => {
  const host = await hostPages('one');
  const get = (address) => fetch(host.url + address, { redirect: 'manual' });
  const text = async (address) => (await get(address)).text();

  expect(await (await get('/config.json')).json()).toMatchObject({ build: 'one' });
  expect(await text('/eat/orders/ord_1')).toBe(await text('/eat.html'));
  const direct = await fetch(`${tiffin.url}/eat`);
  expect((await get('/eat')).headers.get('content-security-policy')).toBe(direct.headers.get('content-security-policy'));
  expect((await get('/healthz')).status).toBe(204);

  await rename(path.join(host.folder, 'js/api.js'), path.join(host.folder, 'js/api2.js'));
  expect((await get('/js/api.js')).status).toBe(404);
  expect((await get('/js/api2.js')).status).toBe(200);
  expect((await get('/package.json')).status).toBe(404);

  host.serve(host.folder, 'two');
  expect(await (await get('/config.json')).json()).toMatchObject({ build: 'two' });
});
