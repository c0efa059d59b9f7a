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

/** Signs in whoever is not; once, and again after the server turned out to be another. @param {Scene} scene */
export async function signAllIn({ people, home }) {
  if (begun.peek()) return;
  cast = people;
  beginAddress(people.customer.user_id, home);
  await Promise.all(ROLES.map(signIn));
  authorizeWith({ token, renewed });
  begun.value = { customer: 0, merchant: 0, courier: 0 };
}

/** Looks whether all are still signed in; the frames of those who are not begin anew. */
export async function lookAnew() {
  if (begun.peek()) await Promise.all(ROLES.map(signIn));
}

/** Sees to it that the customer's frame plays the theatre's customer: somebody may have signed in there as another. */
export function seatCustomer() {
  if (!cast || seated('customer') === cast.customer.user_id) return;
  seat('customer', cast.customer.user_id);
  beginAnew('customer');
}

/** Goes on with the session that is stored, if it still holds; else another is opened. @param {Role} role */
async function signIn(role) {
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

/** A renewal under way. @type {Promise<string | null> | null} */
let renewing = null;

/** The customer's access token, renewed in time. */
async function token() {
  return access && performance.now() < access.until ? access.text : renewed('');
}

/** Another than `used`, which is no longer taken. @param {string} used */
async function renewed(used) {
  if (access && access.text !== used && performance.now() < access.until) return access.text;
  renewing ??= signIn('customer').then(() => access?.text ?? null).finally(() => (renewing = null));
  return renewing;
}
