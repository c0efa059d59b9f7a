// @ts-check
/** What somebody does with their own account: change it, take everything along, be forgotten. */
import { call } from './api.js';
import { chooseLocale } from './i18n.js';
import { account, become, forgetHere } from './session.js';

/** A page of a list, at the most that the server gives. */
const PAGE = 100;
/** A language is chosen whether the server hears of it or not; so long it has for that, in milliseconds. */
const HEARD_MS = 2_000;

/** Whose account it is, as operations on it are told. */
export function ownPath() {
  return { user_id: account.peek()?.id ?? '' };
}

/** Changes fields of the account: its name, phone, locale, password; a guest's e-mail. @param {Record<string, string | null>} fields */
export async function change(fields) {
  const { data } = await call('update-user', { path: ownPath(), body: fields });
  become(data);
  return data;
}

/** Chooses a language, for whoever is signed in also as their account's. @param {string} chosen */
export async function speak(chosen) {
  if (account.peek()) {
    const late = new Promise((done) => setTimeout(done, HEARD_MS));
    await Promise.race([change({ locale: chosen }).catch(() => {}), late]);
  }
  chooseLocale(chosen);
}

/** Has the account deleted; nothing of it stays here. */
export async function deleteOwn() {
  const { user_id } = ownPath();
  await call('delete-user', { path: { user_id } });
  forgetHere(user_id);
}

/** Everything that Tiffin holds of the account, in one object: what users holds, and each other service's list, whole. */
export async function everything() {
  const { data: own } = await call('export-user', { path: ownPath() });
  const { user, addresses, parts } = own;
  const lists = {};
  for (const path of parts) Object.assign(lists, { [nameOf(path)]: await whole(path) });
  return { user, addresses, ...lists };
}

/** What a service's export is of: `/v1/orders/export` of orders. @param {string} path */
export function nameOf(path) {
  return path.split('/').at(-2) ?? path;
}

/** A list, all of its pages. @param {string} path */
async function whole(path) {
  const operation = /** @type {'export-orders'} */ (`export-${nameOf(path)}`);
  const items = [];
  let cursor = /** @type {string | null | undefined} */ (undefined);
  do {
    const { data } = await call(operation, { query: { limit: PAGE, cursor } });
    items.push(...data.items);
    cursor = data.next_cursor;
  } while (cursor);
  return items;
}
