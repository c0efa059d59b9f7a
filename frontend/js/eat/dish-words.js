// @ts-check
/** Whom a dish suits and what is in it, in words with icons. */
import { html } from '../../vendor/ui.js';
import { listed, locale, t } from '../i18n.js';
import { Icon } from '../kit.js';

const DIETS = /** @type {Record<string, string>} */ ({ vegetarian: 'leaf', vegan: 'vegan', gluten_free: 'wheat-off', lactose_free: 'milk-off' });
const ALLERGENS = /** @type {Record<string, string>} */ ({
  celery: 'leafy-green', crustaceans: 'shrimp', eggs: 'egg', fish: 'fish', gluten: 'wheat', lupin: 'sprout', milk: 'milk', molluscs: 'shell',
  nuts: 'nut', peanuts: 'nut', soy: 'bean', sulphites: 'wine',
});

/** @typedef {import('../../types/app').Item} Item */

/** Whom it suits. What is vegan is vegetarian without saying so. @param {{ item: Item }} props */
export function Diets({ item }) {
  const told = item.dietary.filter((one) => one !== 'vegetarian' || !item.dietary.includes('vegan'));
  return told.map((one) => html`<span key=${one} class="tag good"><${Icon} name=${DIETS[one] ?? 'check'} />${t(`eat.diet-${one}`)}</span>`);
}

/** What is in it, each by itself. @param {{ item: Item }} props */
export function Allergens({ item }) {
  return item.allergens.map((one) => html`<span key=${one} class="tag"><${Icon} name=${ALLERGENS[one] ?? 'info'} />${t(`eat.allergen-${one}`)}</span>`);
}

/** What is in it, in one line. @param {Item} item */
export function contents(item) {
  if (item.allergens.length === 0) return null;
  const words = item.allergens.map((one) => t(`eat.allergen-${one}`).toLocaleLowerCase(locale));
  return t('eat.contains', { allergens: listed(words, 'unit') });
}
