// @ts-check
/** A dish that is being written: what was typed, what is wrong with it, and what is sent. Nothing here knows of a page. */
import { readAmount } from '../amount.js';

/** As the server has it. */
export const MOST = { name: 100, description: 1000, groups: 20, options: 50 };
export const ALLERGENS = ['celery', 'crustaceans', 'eggs', 'fish', 'gluten', 'lupin', 'milk', 'molluscs', 'mustard', 'nuts', 'peanuts', 'sesame', 'soy', 'sulphites'];
export const DIETS = ['vegetarian', 'vegan', 'halal', 'kosher', 'lactose_free', 'gluten_free'];

/** @typedef {{ name: string, price: string }} Choice as typed */
/** @typedef {{ name: string, min: number, max: number, options: Choice[] }} Group */
/** @typedef {{ section: string, name: string, description: string, price: string, picture: string | null, allergens: string[], dietary: string[], groups: Group[] }} Draft */

/** @type {Draft} */
export const EMPTY = { section: '', name: '', description: '', price: '', picture: null, allergens: [], dietary: [], groups: [] };
/** @type {Choice} */
export const NEW_CHOICE = { name: '', price: '' };
/** @type {Group} */
export const NEW_GROUP = { name: '', min: 0, max: 1, options: [NEW_CHOICE, NEW_CHOICE] };

/** What can be read of a draft that was stored, whoever stored it. @param {any} found @returns {Draft} */
export function readDraft(found) {
  return {
    section: text(found?.section),
    name: text(found?.name),
    description: text(found?.description),
    price: text(found?.price),
    picture: typeof found?.picture === 'string' ? found.picture : null,
    allergens: words(found?.allergens, ALLERGENS),
    dietary: words(found?.dietary, DIETS),
    groups: list(found?.groups, MOST.groups).map((group) => fitted({
      name: text(group?.name),
      min: count(group?.min),
      max: count(group?.max),
      options: list(group?.options, MOST.options).map((option) => ({ name: text(option?.name), price: text(option?.price) })),
    })),
  };
}

/** A group whose numbers fit its options. @param {Group} group @returns {Group} */
export function fitted(group) {
  const options = group.options.length > 0 ? group.options : [NEW_CHOICE];
  const max = Math.max(1, Math.min(group.max, options.length));
  return { ...group, options, max, min: Math.min(group.min, max) };
}

/**
 * What is wrong, by the pointer of its field; which amounts can be read in two ways; and what is sent if nothing is.
 * @param {Draft} draft @param {string} currency
 */
export function check(draft, currency) {
  /** @type {Record<string, string>} */
  const faults = {};
  /** @type {Record<string, number[]>} */
  const questions = {};

  const needed = (/** @type {string} */ pointer, /** @type {string} */ typed) => {
    if (typed.trim() === '') faults[pointer] = 'needed';
    return typed.trim();
  };
  const amount = (/** @type {string} */ pointer, /** @type {string} */ typed) => {
    const read = readAmount(typed, currency);
    if ('wrong' in read) faults[pointer] = read.wrong;
    if ('ask' in read) {
      faults[pointer] = 'ask';
      questions[pointer] = read.ask;
    }
    return { amount: 'minor' in read ? read.minor : 0, currency };
  };

  const description = draft.description.trim();
  const body = {
    section: needed('/section', draft.section),
    name: needed('/name', draft.name),
    ...(description && { description }),
    price: amount('/price', draft.price),
    ...(draft.picture && { picture: draft.picture }),
    allergens: draft.allergens,
    dietary: draft.dietary,
    option_groups: draft.groups.map((group, index) => ({
      name: needed(`/option_groups/${index}/name`, group.name),
      min: group.min,
      max: group.max,
      options: group.options.map((option, place) => {
        const pointer = `/option_groups/${index}/options/${place}`;
        // Most options cost nothing: that need not be typed.
        return { name: needed(`${pointer}/name`, option.name), price: amount(`${pointer}/price`, option.price.trim() || '0') };
      }),
    })),
  };
  return { faults, questions, body };
}

/** Fields at which an error can be told, by their pointers. */
const FIELD = /^\/(name|section|description|price(\/amount)?|option_groups\/\d+\/(name|min|max|options\/\d+\/(name|price(\/amount)?)))$/;

/** What was refused of no field in particular, each in a sentence. @param {{ errors?: { pointer: string, detail: string }[] } | null} problem */
export function elsewhere(problem) {
  return (problem?.errors ?? []).filter(({ pointer }) => !FIELD.test(pointer)).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

/** @param {unknown} found */
function text(found) {
  return typeof found === 'string' ? found : '';
}

/** @param {unknown} found @param {number} most @returns {any[]} */
function list(found, most) {
  return Array.isArray(found) ? found.slice(0, most) : [];
}

/** @param {unknown} found @param {string[]} known */
function words(found, known) {
  return list(found, known.length).filter((word) => known.includes(word));
}

/** @param {unknown} found */
function count(found) {
  return Number.isInteger(found) && Number(found) > 0 ? Number(found) : 0;
}
