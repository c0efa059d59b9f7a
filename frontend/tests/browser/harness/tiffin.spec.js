import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from '../fixtures.js';

test('is started anew on the same port with the same data', async ({ launch }) => {
  const tiffin = await launch({ env: { TIFFIN_RESTAURANTS_SERVICE_FEE_BP: '0' } });
  const { port } = tiffin;
  const seen = async () => (await fetch(`${tiffin.url}/v1/restaurants?lat=44.4268&lon=26.1025`)).json();
  const before = await seen();
  await tiffin.restart({ simulate: 'all' });
  expect(tiffin.port).toBe(port);
  expect(await seen()).toEqual(before);
  expect(tiffin.logSince(0)).toContain('found the city');
});

test('takes settings', async ({ launch }) => {
  const failure = launch({ env: { TIFFIN_RESTAURANTS_SERVICE_FEE_BP: 'much' } });
  await expect(failure).rejects.toThrow('TIFFIN_RESTAURANTS_SERVICE_FEE_BP');
});

test('serves a copy of the pages that a test can edit', async ({ launch }) => {
  const tiffin = await launch({ web: 'copy' });
  const sheet = await readFile(path.join(tiffin.webDir, 'css/tokens.css'), 'utf8');
  expect(await (await fetch(`${tiffin.url}/css/tokens.css`)).text()).toBe(sheet);
});
