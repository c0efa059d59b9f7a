// The customer's pages, as a customer reads them.

import { expect } from '@playwright/test';

/** The customer's pages in one tab. */
export class EatPage {
  /** @param {import('@playwright/test').Page} page */
  constructor(page) {
    this.page = page;
    this.title = page.getByRole('heading', { level: 1 });
    this.bag = page.getByRole('region', { name: 'Your bag' });
    this.dialog = page.getByRole('dialog');
    this.place = page.getByRole('button', { name: /^Place order/ });
    this.total = page.locator('.sums dd.total');
    this.journey = page.getByRole('region', { name: 'How far it is' });
    this.phone = page.getByLabel('Phone');
    this.note = page.getByLabel('Note for the kitchen');
  }

  menu({ id }) {
    return this.page.goto(`/eat/restaurants/${id}`);
  }

  checkout() {
    return this.page.goto('/eat/checkout');
  }

  order({ id }) {
    return this.page.goto(`/eat/orders/${id}`);
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** What stands on the page, whatever else is told to those who listen. */
  says(words) {
    return this.page.getByRole('main').getByText(words);
  }

  /** A dish as it stands on the menu. */
  dish(name) {
    return this.page.locator('.menu').getByRole('button').filter({ hasText: name });
  }

  sheet(name) {
    return this.page.getByRole('dialog', { name });
  }

  /** Opens a dish, chooses options by name, and puts it into the bag. */
  async add(name, { options = [], quantity = 1 } = {}) {
    await this.dish(name).click();
    const sheet = this.sheet(name);
    for (const option of options) await sheet.getByText(option, { exact: true }).click();
    for (let one = 1; one < quantity; one += 1) await sheet.getByRole('button', { name: 'More', exact: true }).click();
    await sheet.getByRole('button', { name: /^Add \d/ }).click();
    await expect(sheet).toHaveCount(0);
  }

  /** How many there are of a dish in the bag, as a stepper. */
  quantity(name) {
    return this.page.getByRole('group', { name: `Quantity of ${name}` });
  }

  more(name) {
    return this.quantity(name).getByRole('button', { name: 'More', exact: true });
  }

  /** The way on from the bag. */
  get toCheckout() {
    return this.page.getByRole('button', { name: /^Checkout/ });
  }

  /** A usual tip, as it is called. */
  tip(words) {
    return this.page.getByRole('radio', { name: words, exact: true });
  }

  /** Chooses what a label says; the field itself may be out of sight. */
  async choose(words) {
    await this.page.locator('label').filter({ hasText: words }).first().click();
  }

  card(words) {
    return this.page.getByRole('radio', { name: words });
  }

  /** Waits for a price. */
  async priced() {
    await expect(this.place).not.toHaveAttribute('aria-busy', 'true');
    await expect(this.place).toHaveText(/\d/);
  }

  /** Orders what is shown, once it has a price. */
  async pay() {
    await this.priced();
    await this.place.click();
  }

  /** The sums that are shown, by their words, as they stand. */
  async sums() {
    const words = await this.page.locator('.sums dt').allInnerTexts();
    const amounts = await this.page.locator('.sums dd').allInnerTexts();
    return Object.fromEntries(words.map((word, at) => [word, amounts[at]]));
  }

  /** Waits for the page of the order that was placed; gives its id. */
  async placed() {
    await expect(this.page).toHaveURL(/\/eat\/orders\/ord_\w+$/);
    return new URL(this.page.url()).pathname.split('/').at(-1);
  }

  /** Fills in the sheet of signing in. */
  async signIn({ email, password }) {
    await this.dialog.getByLabel('E-mail').fill(email);
    await this.dialog.getByLabel('Password', { exact: true }).fill(password);
    await this.dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(this.dialog).toHaveCount(0);
  }
}

/** An order's number as it is read. */
export function read({ number }) {
  return `${number.slice(0, 4)}-${number.slice(4)}`;
}
