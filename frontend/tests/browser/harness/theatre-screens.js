// The theatre's screens, and how to come to each. What stands in its frames is among the screens of each role.

import { expect } from '@playwright/test';

import { TheatrePage, clearTable } from './theatre-page.js';

/** @typedef {import('./screen.js').Screen} Screen */

/** The theatre, with nothing on its way. */
async function opened({ page, baseURL }) {
  await clearTable({ url: baseURL });
  const theatre = new TheatrePage(page);
  await theatre.goto();
  await expect(theatre.next).not.toBeEmpty();
  return theatre;
}

/** @type {Screen[]} */
export const THEATRE = [
  { name: '/demo', again: true, see: opened },
  {
    name: '/demo, dinner on its way',
    async see(world) {
      const theatre = await opened(world);
      await theatre.order.click();
      await expect(theatre.onItsWay).toBeVisible();
      await expect(theatre.ticker).toContainText('New order');
    },
  },
  {
    name: '/demo, the curtain still down',
    again: true,
    async see({ page }) {
      await page.route('**/_tiffin/theatre', () => {});
      await page.goto('/demo');
      await expect(page.getByRole('status', { name: 'Loading…' }).first()).toBeAttached();
    },
  },
  {
    name: '/demo, Tiffin does not answer',
    again: true,
    async see(world) {
      world.guards.allowNetworkErrors();
      const theatre = await opened(world);
      await world.page.route('**/_tiffin/theatre/**', (route) => route.abort());
      await expect(theatre.trouble).toBeVisible();
    },
  },
  {
    name: '/demo, on another machine',
    again: true,
    async see({ page, guards }) {
      guards.allowStatus(403);
      await page.route('**/_tiffin/sessions', (route) => route.fulfill({ status: 403, json: { code: 'forbidden', status: 403 } }));
      await page.goto('/demo');
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
];
