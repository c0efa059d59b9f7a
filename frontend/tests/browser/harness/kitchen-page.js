// The restaurant's pages, as the restaurant reads them.

import { expect } from '@playwright/test';

import { read } from './eat-page.js';

/** The restaurant's pages in one tab. */
export class KitchenPage {
  /** @param {import('@playwright/test').Page} page */
  constructor(page) {
    this.page = page;
    this.title = page.getByRole('heading', { level: 1 });
    this.dialog = page.getByRole('dialog');
    this.reason = page.getByLabel('Reason');
    this.soundIsOff = page.getByRole('button', { name: 'Sound is off, tap to hear new orders.' });
  }

  /** The board of a restaurant; without one, wherever its owner comes in. */
  async board(restaurant) {
    await this.page.goto(restaurant ? `/kitchen/${restaurant.id}` : '/kitchen');
    if (restaurant) await expect(this.column('New')).toBeVisible();
  }

  menu({ id }) {
    return this.page.goto(`/kitchen/${id}/menu`);
  }

  ticket({ id, restaurant }) {
    return this.page.goto(`/kitchen/${restaurant.id}/orders/${id}/ticket`);
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: true });
  }

  /** @param {'New' | 'Preparing' | 'Ready' | 'On its way' | 'Done'} name */
  column(name) {
    return this.page.getByRole('region', { name: new RegExp(`^${name}( \\d|$)`) });
  }

  /** An order in a column, or wherever it stands. */
  card(order, column) {
    const where = column ? this.column(column) : this.page;
    return where.getByRole('listitem').filter({ hasText: read(order) });
  }

  accept(order) {
    return this.button(`Accept ${read(order)}`);
  }

  ready(order) {
    return this.button(`${read(order)} is ready`);
  }

  reject(order) {
    return this.card(order).getByRole('button', { name: `Reject ${read(order)}` });
  }

  /** Opens all about an order. */
  async open(order) {
    await this.card(order).getByRole('button').filter({ hasText: read(order) }).first().click();
    const sheet = this.page.getByRole('dialog', { name: read(order) });
    await expect(sheet).toBeVisible();
    return sheet;
  }

  /** What is said at the bottom for a while. */
  toast(words) {
    return this.page.locator('.toast').filter({ hasText: words });
  }
}
