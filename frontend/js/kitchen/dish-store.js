// @ts-check
/** The dish that is being written for a restaurant, as this browser keeps it, and how it is sent: once, whatever happens. */
import { actions, isOld } from '../actions.js';
import { account } from '../session.js';
import { kept } from '../store.js';
import { EMPTY, readDraft } from './dish-draft.js';

/** @typedef {import('./dish-draft.js').Draft} Draft */

const drafts = kept('dish', {
  version: 1,
  empty: () => /** @type {Record<string, Draft>} */ ({}),
  /** @param {any} found @param {number} _version @param {() => void} lost */
  read(found, _version, lost) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return lost(), {};
    return Object.fromEntries(Object.entries(found).map(([restaurant, draft]) => [restaurant, readDraft(draft)]));
  },
});
const saving = actions('dishes');

function own() {
  return account.value?.id ?? null;
}

/** @param {string} restaurant @returns {Draft} */
export function draftOf(restaurant) {
  return drafts.of(own()).value.value[restaurant] ?? EMPTY;
}

/** @param {string} restaurant @param {Partial<Draft>} change */
export function write(restaurant, change) {
  drafts.of(own()).update((now) => ({ ...now, [restaurant]: { ...(now[restaurant] ?? EMPTY), ...change } }));
}

/** @param {string} restaurant */
export function tearUp(restaurant) {
  drafts.of(own()).update(({ [restaurant]: _, ...rest }) => rest);
}

/** A dish that was sent, and whose outcome is not known. @param {string} restaurant */
export function sentDish(restaurant) {
  const owner = own();
  return owner ? saving.of(owner).find((action) => action.path.restaurant_id === restaurant && !isOld(action)) : undefined;
}

/** Whether nobody knows if it arrived, and it is not on its way any more. @param {string} restaurant */
export function isUnsure(restaurant) {
  const [owner, sent] = [own(), sentDish(restaurant)];
  return owner !== null && sent !== undefined && saving.unsure(owner).includes(sent);
}

/** Forgets that dish: somebody has looked whether it is on the menu. @param {string} restaurant */
export function giveUp(restaurant) {
  const [owner, sent] = [own(), sentDish(restaurant)];
  if (owner && sent) saving.remove(owner, sent.key);
}

/** Sends it, or the same once more. @param {string} restaurant @param {unknown} body */
export async function save(restaurant, body) {
  const owner = own();
  if (!owner) return;
  const action = sentDish(restaurant) ?? saving.add(owner, { operation: 'add-menu-item', path: { restaurant_id: restaurant }, body, about: {} });
  await saving.send(owner, action);
  tearUp(restaurant);
}
