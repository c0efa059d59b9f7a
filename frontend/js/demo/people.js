// @ts-check
/** The theatre's people: signed in for its three frames, in this tab alone; and as its customer what the theatre itself asks. */
import { signal } from '../../vendor/ui.js';
import { authorizeWith } from '../api.js';
import { beginAddress } from '../eat/address.js';
import { held, keepSession, renewStored, seat, seated } from '../session.js';
import { control } from './control.js';
import { ROLES } from './scene.js';

/** @typedef {import('./scene.js').Role} Role */
/** @typedef {import('./scene.js').Scene} Scene */

/** How often each frame has begun; null until everybody is signed in. */
export const begun = signal(/** @type {Record<Role, number> | null} */ (null));

/** @type {Scene['people'] | null} */
let cast = null;
/** The customer's access token. @type {ReturnType<typeof held> | null} */
let access = null;

/** Whether these are the people who play here. @param {Scene['people']} people */
export function isCast(people) {
  return ROLES.every((role) => cast?.[role].user_id === people[role].user_id);
}

/** Signs in whoever is not, once for each cast. @param {Scene} scene */
export async function signAllIn({ people, home }) {
  if (begun.peek() && isCast(people)) return;
  begun.value = null;
  cast = people;
  access = null;
  beginAddress(people.customer.user_id, home);
  await lookAnew();
  authorizeWith({ token, renewed });
  begun.value = { customer: 0, merchant: 0, courier: 0 };
}

/** Looks whether all are still signed in; the frames of those who are not begin anew. */
export async function lookAnew() {
  await Promise.all(ROLES.map(signIn));
}

/** Sees to it that the customer's frame plays the theatre's customer: somebody may have signed in there as another. */
export function seatCustomer() {
  if (!cast || seated('customer') === cast.customer.user_id) return;
  seat('customer', cast.customer.user_id);
  beginAnew('customer');
}

/** Who is being signed in: one at a time for each role. @type {Map<Role, Promise<void>>} */
const signing = new Map();

/** Goes on with the session that is stored, if it still holds; else another is opened. @param {Role} role */
function signIn(role) {
  const going = signing.get(role) ?? signInOnce(role).finally(() => signing.delete(role));
  signing.set(role, going);
  return going;
}

/** @param {Role} role */
async function signInOnce(role) {
  const { user_id: id, name } = /** @type {Scene['people']} */ (cast)[role];
  if (!begun.peek()) seat(role, id);
  let session = await renewStored(id);
  if (!session) {
    session = /** @type {import('../../types/app').Session} */ (await control('/sessions', { method: 'POST', body: { who: role } }));
    keepSession(session, { name, email: null });
    // Whoever has signed in or out by hand stays as they are.
    if (seated(role) === id) beginAnew(role);
  }
  if (role === 'customer') access = held(session);
}

/** @param {Role} role */
function beginAnew(role) {
  const now = begun.peek();
  if (now) begun.value = { ...now, [role]: now[role] + 1 };
}

/** The customer's access token, renewed in time. */
async function token() {
  return access && performance.now() < access.until ? access.text : renewed('');
}

/** Another than `used`, which is no longer taken: then the others' may not be, either. @param {string} used */
async function renewed(used) {
  if (access && access.text !== used && performance.now() < access.until) return access.text;
  await (used ? lookAnew() : signIn('customer'));
  return access?.text ?? null;
}
