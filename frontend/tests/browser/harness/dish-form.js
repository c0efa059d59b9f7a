// The form of a new dish, in any language.

import { wordsOf } from './words.js';

/** The sheet in which a dish is written. */
export class DishForm {
  /**
   * @param {import('@playwright/test').Page} page
   * @param {string} currency of the restaurant
   * @param {string} [locale] of the page
   */
  constructor(page, currency, locale = 'en') {
    this.page = page;
    this.words = wordsOf(locale);
    this.sheet = page.getByRole('dialog');
    this.name = this.#field('kitchen.dish-name');
    this.price = this.#field('kitchen.price', { currency });
    this.section = this.#field('kitchen.section');
    this.description = this.sheet.getByRole('textbox', { name: this.words('kitchen.description') });
    this.save = this.sheet.getByRole('button', { name: this.words('kitchen.save-dish'), exact: true });
    /** What an amount may mean, where it can be read in two ways. */
    this.question = this.sheet.getByRole('group', { name: this.words('kitchen.which-amount') });
  }

  /** Opens it, from the menu. */
  async open() {
    await this.page.getByRole('button', { name: this.words('kitchen.add-dish') }).first().click();
    await this.name.waitFor();
  }

  /** Types what there must be of a dish. */
  async write({ name, price, section = 'Soups' }) {
    await this.name.fill(name);
    await this.section.fill(section);
    await this.price.fill(price);
  }

  /** A field of the group of options so many. */
  option(group, number, field) {
    const fields = this.sheet.getByRole('group', { name: this.words('kitchen.group', { number: String(group) }) });
    return fields.locator('.option-fields').nth(number - 1).getByRole('textbox').nth(field === 'price' ? 1 : 0);
  }

  #field(key, values) {
    return this.sheet.getByLabel(this.words(key, values), { exact: true });
  }
}
