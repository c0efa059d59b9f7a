// @ts-check
/**
 * Who is signed in, in this tab, as customer, merchant or courier.
 *
 * The access token lives in memory. The refresh token lies in localStorage under its account (`tiffin:session:<user id>`); why
 * that is acceptable stands in docs/adr. Which account a tab plays stands in sessionStorage under its role
 * (`tiffin:plays:<role>`), since the theatre's frames share their tab's storage: it seats its people there. A new tab begins with
 * the account that signed in last (`tiffin:last:<role>`). Refreshing is done by one tab at a time, and every tab reads what another
 * stored.
 */
import { authorizeWith, send, ApiError, REQUEST_MS } from './api.js';
import { alone, forget, local, tab } from './store.js';
import { batch, signal } from '../vendor/ui.js';

/**
 * How long a tab waits for another's refresh before it refreshes itself: that one's request has ended by then. Where there are no
 * locks, the server's 30 seconds of the same successor carry it.
 */
const LOCK_MS = REQUEST_MS + 500;
/** A token is renewed this long before it ends, or in the last quarter of its life if that is later. */
const EARLY_MS = 30_000;
/** How long a page that was refused a session waits to hear whether its account is there at all. */
const HEARD_MS = 2_000;
const NOBODY = 'nobody';

/** Whom this page plays; `null` is nobody. @type {import('../vendor/ui.js').Signal<import('../types/app').Account | null>} */
export const account = signal(null);
/** Whether that account's session has ended: what needs it waits until they have signed in again. */
export const ended = signal(false);
/** What the server said as it ended it, such as `account-suspended`. */
export const endedBy = signal(/** @type {string | null} */ (null));
/** Whether it was told here that the account that was played is there no more; whoever says so to people takes it back. */
export const deleted = signal(false);

/** @type {import('../types/app').Role} */
let role;
/** Who was played here last, and has left. */
let left = '';
/** The access token of `account`, and when to renew it by `performance.now()`. @type {{ text: string, until: number } | null} */
let access = null;
/** A renewal under way. @type {Promise<string | null> | null} */
let renewing = null;

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tiffin:session') : null;

/** Begins as whom this tab played last, else as who signed in last in this role. @param {import('../types/app').Role} as */
export function begin(as) {
  role = as;
  const id = seated(role) ?? local.getItem(`tiffin:last:${role}`);
  play(id && id !== NOBODY ? id : null);
  authorizeWith({ token, renewed });
}

/** Plays this account, of which a session is stored; or nobody. @param {string | null} id */
function play(id) {
  const stored = id ? storedSession(id) : null;
  access = null;
  renewing = null;
  batch(() => {
    account.value = stored && id ? accountOf(id, stored) : null;
    ended.value = false;
    endedBy.value = null;
  });
  seat(role, stored && id ? id : NOBODY);
}

/** @param {string} id @param {Stored} stored @returns {import('../types/app').Account} */
function accountOf(id, { name, email, guest }) {
  return { id, role, name, email, guest: guest === true };
}

/**
 * Takes a session that the server just gave and plays its account from now on; new tabs begin with it, too.
 * @param {import('../types/app').Session} session @param {Who} who
 */
function adopt(session, who) {
  keepSession(session, who);
  local.setItem(`tiffin:last:${role}`, session.user_id);
  play(session.user_id);
  hold(session);
}

/** Whom this tab plays in a role, whichever of its pages. @param {import('../types/app').Role} as */
export function seated(as) {
  return tab.getItem(`tiffin:plays:${as}`);
}

/** Has an account play a role in what this tab loads from now on; pages that are open, other tabs and new ones go on as they are. @param {import('../types/app').Role} as @param {string} id */
export function seat(as, id) {
  tab.setItem(`tiffin:plays:${as}`, id);
}

/** Keeps a session that the server just gave, for whoever will play its account. @param {Pick<import('../types/app').Session, 'user_id' | 'refresh_token'>} session @param {Who} who */
export function keepSession({ user_id, refresh_token }, { name, email, guest }) {
  local.setItem(`tiffin:session:${user_id}`, JSON.stringify({ name, email, ...(guest && { guest }), refresh_token }));
}

/** @type {Set<(account: string) => void>} */
const welcomes = new Set();

/** Does this for the account of everybody who signs in or up by hand, before the page is theirs: what they had before goes with them. @param {(account: string) => void} work */
export function whenSignedIn(work) {
  welcomes.add(work);
}

/** @param {import('../types/app').Session} session @param {Who} who */
function arrive(session, who) {
  for (const work of welcomes) work(session.user_id);
  adopt(session, who);
}

/** Signs in. Someone of another role is refused: their page is another. @param {string} email @param {string} password */
export async function signIn(email, password) {
  const { data: session } = await send('sign-in', { body: { email, password } }, null);
  if (session.role !== role) {
    await send('sign-out', {}, session.access_token).catch(() => {});
    throw new ApiError({ status: 403, code: `other-role-${session.role}` });
  }
  const { data: user } = await send('get-user', { path: { user_id: session.user_id } }, session.access_token);
  arrive(session, whoIs(user));
}

/** Makes an account and signs in; a guest's, without e-mail and password. @param {{ name: string, email?: string, password?: string, phone?: string, locale?: string }} form */
export async function signUp(form) {
  const { data } = await send('register-user', { body: { ...form, role } }, null);
  if (!data.session) throw new ApiError({ status: 403, code: 'account-pending' });
  arrive(data.session, whoIs(data.user));
}

/** Takes what has changed of the account that is played: every tab shows it. @param {{ name: string, email: string | null }} user */
export function become(user) {
  const own = account.peek();
  const stored = own && storedSession(own.id);
  if (!stored) return;
  keepSession({ user_id: own.id, refresh_token: stored.refresh_token }, whoIs(user));
  lookAgain(own.id);
}

/** @param {{ name: string, email: string | null }} user @returns {Who} */
function whoIs({ name, email }) {
  return { name, email, guest: email === null };
}

/** Shows an account as it is stored now. @param {string} id */
function lookAgain(id) {
  const stored = storedSession(id);
  const now = stored && accountOf(id, stored);
  if (now && JSON.stringify(now) !== JSON.stringify(account.peek())) account.value = now;
}

/** Signs out, here and in every tab: nothing of the account stays in this browser, whether the server hears of it or not. */
export async function signOut() {
  const gone = account.peek();
  if (!gone) return;
  const token = access && !isOver(access) ? access.text : null;
  const stored = ended.peek() ? null : storedSession(gone.id);
  // Gone at once: what the server says changes nothing here.
  forgetHere(gone.id);
  await endThere(token, stored).catch(() => {});
}

/** Nothing of an account stays in this browser, in no tab. @param {string} id @param {{ tell?: boolean }} [how] `tell`: it is deleted, which those who look at its tabs have yet to hear */
export function forgetHere(id, { tell = false } = {}) {
  leave(id);
  channel?.postMessage({ signedOut: id, deleted: tell });
  if (tell) deleted.value = true;
}

/** Has the server end a session of which nothing is kept here any more. @param {string | null} token @param {Stored | null} stored */
async function endThere(token, stored) {
  const { data: session } = token || !stored ? { data: null } : await send('refresh-session', { body: { refresh_token: stored.refresh_token } }, null);
  const used = token ?? session?.access_token;
  if (used) await send('sign-out', {}, used);
}

/** @param {string} id */
function leave(id) {
  if (local.getItem(`tiffin:last:${role}`) === id) local.removeItem(`tiffin:last:${role}`);
  forget(id);
  if (account.peek()?.id !== id) return;
  left = id;
  play(null);
}

channel?.addEventListener('message', ({ data }) => {
  if (!data?.signedOut) return;
  if (data.signedOut === account.peek()?.id) leave(data.signedOut);
  // What is stored may have told already that they are gone, but not why.
  if (data.deleted && data.signedOut === left) deleted.value = true;
});

// Another tab signed this account out, or in again, or changed it.
addEventListener('storage', ({ key, newValue }) => {
  const id = account.peek()?.id;
  if (!id || key !== `tiffin:session:${id}`) return;
  if (newValue === null) leave(id);
  else if (ended.peek()) play(id);
  else lookAgain(id);
});

// A page that comes back from the back/forward cache may show somebody who has signed out since, or in.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  const id = account.peek()?.id;
  const plays = seated(role);
  if (id && !storedSession(id)) leave(id);
  if (plays && plays !== NOBODY && plays !== account.peek()?.id) play(plays);
});

/** The access token to send, renewed in time; `null` for nobody. What somebody asked is not sent as nobody. */
async function token() {
  if (!account.peek()) return null;
  if (!ended.peek() && access && !isOver(access)) return access.text;
  const fresh = ended.peek() ? null : await renewed(access?.text ?? '');
  if (!fresh) throw new ApiError({ status: 401, code: 'unauthenticated' });
  return fresh;
}

/** Another token than `used`, which is no longer taken; `null` if the session has ended. @param {string} used */
async function renewed(used) {
  if (access && access.text !== used && !isOver(access)) return access.text;
  renewing ??= renew().finally(() => (renewing = null));
  return renewing;
}

async function renew() {
  const playing = account.peek();
  if (!playing) return null;
  const first = await renewStored(playing.id);
  // In a tab that was frozen meanwhile, the reply can be older than the token's life.
  const session = first && isOver(held(first)) ? await renewStored(playing.id) : first;
  // Somebody signed out, or in as another, while this was on its way.
  if (account.peek()?.id !== playing.id) return null;
  if (!storedSession(playing.id)) {
    leave(playing.id);
    return null;
  }
  if (!session) return end(playing.id);
  hold(session);
  return session.access_token;
}

/** Goes on with the stored session of an account, whoever this page plays; `null` if it is over. @param {string} id */
export function renewStored(id) {
  return alone(`tiffin:refresh:${id}`, LOCK_MS, () => renewal(id));
}

/** @param {string} id @returns {Promise<Renewed | null>} */
async function renewal(id) {
  const stored = storedSession(id);
  if (!stored) return null;
  const asked = performance.now();
  try {
    const { data: session } = await send('refresh-session', { body: { refresh_token: stored.refresh_token } }, null);
    const present = storedSession(id);
    // Whoever signed out meanwhile stays signed out; and a tab that was frozen brings nothing back that others have renewed.
    if (present?.refresh_token === stored.refresh_token) keepSession(session, present);
    return { ...session, asked };
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
    const present = storedSession(id);
    // Another tab was faster: what was refused is not what is stored any more.
    if (present && present.refresh_token !== stored.refresh_token) return renewal(id);
    if (account.peek()?.id === id) endedBy.value = error.code;
    return null;
  }
}

/** A session is over: what needs it waits; of an account that is deleted nothing waits. @param {string} id */
async function end(id) {
  const isGone = await isDeleted(id);
  if (account.peek()?.id !== id) return null;
  access = null;
  if (isGone) forgetHere(id, { tell: true });
  else ended.value = true;
  return null;
}

/** Whether there is no such account any more: its last access token, which lives some seconds longer than it is used, can tell. @param {string} id */
async function isDeleted(id) {
  if (!access || !isOver(access) || endedBy.peek() !== 'unauthenticated') return false;
  try {
    await send('get-user', { path: { user_id: id }, signal: AbortSignal.timeout(HEARD_MS) }, access.text);
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 404;
  }
}

/** @param {Renewed} session */
function hold(session) {
  access = held(session);
}

/** An access token, and until when it is used, by `performance.now()`: its life counts from when it was asked for. @param {Renewed} session */
export function held({ access_token, expires_in, asked = performance.now() }) {
  const life = expires_in * 1000;
  return { text: access_token, until: asked + life - Math.min(EARLY_MS, life / 4) };
}

/** @param {{ until: number }} token */
function isOver({ until }) {
  return performance.now() >= until;
}

/** A session, and when it was asked for, by `performance.now()`; without that it was given just now. @typedef {import('../types/app').Session & { asked?: number }} Renewed */

/** What is kept of whose a session is. @typedef {{ name: string, email: string | null, guest?: boolean }} Who */
/** @typedef {Who & { refresh_token: string }} Stored */

/** @param {string} id @returns {Stored | null} */
function storedSession(id) {
  try {
    const found = JSON.parse(local.getItem(`tiffin:session:${id}`) ?? 'null');
    return typeof found?.refresh_token === 'string' && typeof found.name === 'string' ? found : null;
  } catch {
    return null;
  }
}
