// @ts-check
/** What a menu says of a choice and of a bag: prices from its unit prices, what is missing, what is gone. Pure. */
import { keyOf } from './bag-rules.js';

/**
 * @typedef {import('../../types/app').Menu} Menu
 * @typedef {import('../../types/app').Item} Item
 * @typedef {Item['option_groups'][number]} Group
 * @typedef {import('./bag-rules.js').Bag} Bag
 * @typedef {import('./bag-rules.js').Entry} Entry
 * @typedef {'gone' | 'sold-out' | 'option-gone' | 'option-sold-out' | 'choose-again'} Trouble why an entry can't be ordered as it is
 * @typedef {{ key: string, entry: Entry, item: Item | null, trouble: Trouble | null, about: string[], unit: number, total: number }} Line
 *   `about`: the options that are gone; `unit` and `total` in minor units
 */

/** The dish of this id. @param {Menu} menu @param {string} id @returns {Item | null} */
export function itemOf(menu, id) {
  for (const { items } of menu.sections) {
    const found = items.find((item) => item.id === id);
    if (found) return found;
  }
  return null;
}

/** What one costs with these options, in minor units. @param {Item} item @param {string[]} chosen */
export function unitPrice(item, chosen) {
  const options = item.option_groups.flatMap((group) => group.options);
  return options.reduce((sum, { id, price }) => sum + (chosen.includes(id) ? price.amount : 0), item.price.amount);
}

/** What is chosen before anybody chooses: of one that must be, the first that can be had and costs nothing. @param {Item} item @returns {string[]} */
export function preselected(item) {
  return item.option_groups.filter((group) => isSingle(group)).flatMap(({ options }) => {
    const plain = options.find(({ available, price }) => available && price.amount === 0);
    return plain ? [plain.id] : [];
  });
}

/** Whether exactly one is chosen of it. @param {Group} group */
export function isSingle(group) {
  return group.min === 1 && group.max === 1;
}

/** How many of this group are chosen. @param {Group} group @param {string[]} chosen */
export function countIn(group, chosen) {
  return group.options.filter(({ id }) => chosen.includes(id)).length;
}

/** How many more this group wants. @param {Group} group @param {string[]} chosen */
export function lacking(group, chosen) {
  return Math.max(0, group.min - countIn(group, chosen));
}

/** Chooses an option, or no longer. Where one is the most it takes the other's place; where more are, it waits for room. @param {Group} group @param {string[]} chosen @param {string} id @returns {string[]} */
export function choose(group, chosen, id) {
  if (chosen.includes(id) && !isSingle(group)) return chosen.filter((one) => one !== id);
  if (group.max === 1) return [...chosen.filter((one) => !group.options.some((option) => option.id === one)), id];
  return countIn(group, chosen) >= group.max || chosen.includes(id) ? chosen : [...chosen, id];
}

/** The bag as this menu has it, in minor units; what can't be ordered costs nothing. @param {Bag} bag @param {Menu} menu */
export function priced(bag, menu) {
  const lines = bag.entries.map((entry) => line(entry, itemOf(menu, entry.item_id)));
  return {
    lines,
    sum: lines.reduce((sum, { total, trouble }) => sum + (trouble ? 0 : total), 0),
    troubled: lines.filter(({ trouble }) => trouble),
  };
}

/** @param {Entry} entry @param {Item | null} item @returns {Line} */
function line(entry, item) {
  const chosen = entry.options.map(({ id }) => id);
  const unit = item ? unitPrice(item, chosen) : 0;
  return { key: keyOf(entry), entry, item, ...trouble(entry, item, chosen), unit, total: unit * entry.quantity };
}

/** @param {Entry} entry @param {Item | null} item @param {string[]} chosen @returns {{ trouble: Trouble | null, about: string[] }} */
function trouble(entry, item, chosen) {
  if (!item) return { trouble: 'gone', about: [] };
  if (!item.available) return { trouble: 'sold-out', about: [] };
  const options = item.option_groups.flatMap((group) => group.options);
  const gone = entry.options.filter(({ id }) => !options.some((option) => option.id === id));
  if (gone.length > 0) return { trouble: 'option-gone', about: gone.map(({ name }) => name) };
  const out = options.filter(({ id, available }) => chosen.includes(id) && !available);
  if (out.length > 0) return { trouble: 'option-sold-out', about: out.map(({ name }) => name) };
  const wrong = item.option_groups.some((group) => lacking(group, chosen) > 0 || countIn(group, chosen) > group.max);
  return { trouble: wrong ? 'choose-again' : null, about: [] };
}
