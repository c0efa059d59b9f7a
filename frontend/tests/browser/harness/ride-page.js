// The courier's page, as a courier reads it.

import { expect } from '@playwright/test';

/** The courier's page in one tab. */
export class RidePage {
  /** @param {import('@playwright/test').Page} page */
  constructor(page) {
    this.page = page;
    this.offer = page.getByRole('region', { name: 'New delivery' });
    this.ring = this.offer.getByRole('timer');
    this.looking = page.getByRole('heading', { name: 'Looking for deliveries near you' });
    this.offDuty = page.getByRole('heading', { name: 'You are off duty' });
    this.waiting = page.getByText(/waiting to be sent\. It goes out by itself/);
  }

  goto() {
    return this.page.goto('/ride');
  }

  /** Signs in by the form, from the page that greets whoever is not. */
  async signIn({ email, password }) {
    await this.button('Sign in or sign up').click();
    const sheet = this.page.getByRole('dialog', { name: 'Sign in' });
    await sheet.getByLabel('E-mail').fill(email);
    await sheet.getByLabel('Password', { exact: true }).fill(password);
    await sheet.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** An order's number as it is read. */
  numberOf({ number }) {
    return `${number.slice(0, 4)}-${number.slice(4)}`;
  }

  /** The delivery of an order that is being carried. */
  task(order) {
    return this.page.getByRole('region', { name: `Order ${this.numberOf(order)}` });
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** What a press of the step that comes next is called. */
  step(order, name) {
    return this.task(order).getByRole('button', { name, exact: true });
  }

  /** Waits for the offer and takes it. */
  async accept(order) {
    await this.offer.getByRole('button', { name: 'Accept' }).click();
    await expect(this.task(order)).toBeVisible();
  }
}
