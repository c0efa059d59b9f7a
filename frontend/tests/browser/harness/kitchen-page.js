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

  /** Opens the form in which money is given back, by all about an order. */
  async refund(order) {
    const sheet = await this.open(order);
    await sheet.getByRole('button', { name: 'Pay money back' }).click();
    return new RefundForm(this.page, order);
  }

  /** What is said at the bottom for a while. */
  toast(words) {
    return this.page.locator('.toast').filter({ hasText: words });
  }
}

/** The sheet in which money is given back. */
export class RefundForm {
  constructor(page, order) {
    this.sheet = page.getByRole('dialog', { name: `What do you pay back of ${read(order)}?` });
    this.amount = this.sheet.getByLabel('Amount in EUR');
    this.reason = this.sheet.getByLabel('Reason');
    this.all = this.sheet.getByLabel(/^All that is left/);
    this.part = this.sheet.getByLabel('A part of it');
    this.press = this.sheet.locator('footer').getByRole('button');
  }

  /** Types how much, and why. */
  async write({ amount, reason = 'Something was missing.' }) {
    if (amount === undefined) await this.all.check();
    else await this.part.check();
    if (amount !== undefined) await this.amount.fill(amount);
    await this.reason.fill(reason);
  }

  /** Presses, and waits until it is done. */
  async send() {
    await this.press.click();
    await expect(this.sheet).toHaveCount(0);
  }
}

/** What was given back, as it stands in a sheet or on a page: amount, reason and state of each. */
export function refundsIn(where) {
  return where.getByRole('region', { name: 'Money back' }).getByRole('listitem');
}
