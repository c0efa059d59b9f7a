// @ts-check
/**
 * Who is signed in, in this tab, as customer, merchant or courier.
 *
 * The access token lives in memory. The refresh token lies in localStorage under its account (`tiffin:session:<user id>`); why
 * that is acceptable stands in docs/adr. Which account a tab plays stands in sessionStorage under its role
 * (`tiffin:plays:<role>`), since the theatre's frames share their tab's storage; a new tab begins with the account that signed
 * in last (`tiffin:last:<role>`). Refreshing is done by one tab at a time, and every tab reads what another stored.
 */
import { authorizeWith, send, ApiError, REQUEST_MS } from './api.js';
import { forget } from './store.js';
import { batch, signal } from '../vendor/ui.js';

/** How long a tab waits for another's refresh before it refreshes itself: that one's request has ended by then. */
const LOCK_MS = REQUEST_MS + 500;
/** A token is renewed this long before it ends, or in the last quarter of its life if that is later. */
const EARLY_MS = 30_000;
const NOBODY = 'nobody';

/** Whom this page plays; `null` is a guest. @type {import('../vendor/ui.js').Signal<import('../types/app').Account | null>} */
export const account = signal(null);
/** Whether that account's session has ended: what needs it waits until they have signed in again. */
export const ended = signal(false);

/** @type {import('../types/app').Role} */
let role;
/** The access token of `account`, and when to renew it by `performance.now()`. @type {{ text: string, until: number } | null} */
let access = null;
/** A renewal under way. @type {Promise<string | null> | null} */
let renewing = null;

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tiffin:session') : null;

/** Begins as whom this tab played last, else as who signed in last in this role. @param {import('../types/app').Role} as */
export function begin(as) {
  role = as;
  const id = sessionStorage.getItem(`tiffin:plays:${role}`) ?? localStorage.getItem(`tiffin:last:${role}`);
  play(id && id !== NOBODY ? id : null);
  authorizeWith({ token, renewed });
}

/** Plays this account, of which a session is stored; or nobody. @param {string | null} id */
function play(id) {
  const stored = id ? storedSession(id) : null;
  access = null;
  renewing = null;
  batch(() => {
    account.value = stored && id ? { id, role, name: stored.name, email: stored.email } : null;
    ended.value = false;
  });
  sessionStorage.setItem(`tiffin:plays:${role}`, stored && id ? id : NOBODY);
}

/**
 * Takes a session that the server just gave and plays its account from now on.
 * @param {import('../types/app').Session} session
 * @param {{ name: string, email?: string | null, remember?: boolean }} who `remember`: new tabs begin with it, too
 */
export function adopt(session, { name, email = null, remember = true }) {
  storeSession(session.user_id, { name, email, refresh_token: session.refresh_token });
  if (remember) localStorage.setItem(`tiffin:last:${role}`, session.user_id);
  play(session.user_id);
  hold(session);
}

/** @type {Set<(account: string) => void>} */
const welcomes = new Set();

/** Does this for the account of everybody who signs in or up by hand, before the page is theirs: what a guest has goes with them. @param {(account: string) => void} work */
export function whenSignedIn(work) {
  welcomes.add(work);
}

/** @param {import('../types/app').Session} session @param {{ name: string, email: string | null }} who */
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
  arrive(session, { name: user.name, email: user.email });
}

/** Makes an account and signs in. @param {{ name: string, email: string, password: string, phone?: string, locale?: string }} form */
export async function signUp(form) {
  const { data } = await send('register-user', { body: { ...form, role } }, null);
  arrive(data.session, { name: data.user.name, email: data.user.email });
}

/** Signs out, here and in every tab: nothing of the account stays in this browser, whether the server hears of it or not. */
export async function signOut() {
  const gone = account.peek();
  if (!gone) return;
  const used = access?.text ?? (await renewed('').catch(() => null));
  // Gone at once: what the server says changes nothing here.
  leave(gone.id);
  channel?.postMessage({ signedOut: gone.id });
  if (used) await send('sign-out', {}, used).catch(() => {});
}

/** @param {string} id */
function leave(id) {
  if (localStorage.getItem(`tiffin:last:${role}`) === id) localStorage.removeItem(`tiffin:last:${role}`);
  forget(id);
  if (account.peek()?.id === id) play(null);
}

channel?.addEventListener('message', ({ data }) => {
  if (data?.signedOut && data.signedOut === account.peek()?.id) leave(data.signedOut);
});

// A page that comes back from the back/forward cache may show somebody who has signed out since.
addEventListener('pageshow', (event) => {
  const id = account.peek()?.id;
  if (event.persisted && id && !ended.peek() && !storedSession(id)) leave(id);
});

/** The access token to send, renewed in time; `null` for a guest. */
async function token() {
  if (!account.peek()) return null;
  if (ended.peek()) throw new ApiError({ status: 401, code: 'unauthenticated' });
  if (access && performance.now() < access.until) return access.text;
  return renewed(access?.text ?? '');
}

/** Another token than `used`, which is no longer taken; `null` if the session has ended. @param {string} used */
async function renewed(used) {
  if (access && access.text !== used && performance.now() < access.until) return access.text;
  renewing ??= alone(renew).finally(() => (renewing = null));
  return renewing;
}

async function renew() {
  const playing = account.peek();
  const stored = playing && storedSession(playing.id);
  if (!playing || !stored) return end(playing);
  try {
    const { data: session } = await send('refresh-session', { body: { refresh_token: stored.refresh_token } }, null);
    // Somebody signed out, or in as another, while this was on its way.
    if (account.peek()?.id !== playing.id || !storedSession(playing.id)) return null;
    storeSession(playing.id, { ...stored, refresh_token: session.refresh_token });
    hold(session);
    return session.access_token;
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
    const present = storedSession(playing.id);
    // Another tab was faster: what was refused is not what is stored any more.
    if (present && present.refresh_token !== stored.refresh_token) return renew();
    return end(playing);
  }
}

/** @param {import('../types/app').Account | null} whose */
function end(whose) {
  if (whose && account.peek()?.id === whose.id) {
    access = null;
    ended.value = true;
  }
  return null;
}

/** @param {import('../types/app').Session} session */
function hold(session) {
  const life = session.expires_in * 1000;
  access = { text: session.access_token, until: performance.now() + life - Math.min(EARLY_MS, life / 4) };
}

/**
 * One refresh at a time over all tabs. A tab that holds the lock and does nothing (frozen) loses it; where there are no locks,
 * the server's 30 seconds of the same successor carry it.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
async function alone(work) {
  if (!navigator.locks) return work();
  const name = `tiffin:refresh:${account.peek()?.id}`;
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(LOCK_MS) }, work);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return navigator.locks.request(name, { steal: true }, work);
  }
}

/** @typedef {{ name: string, email: string | null, refresh_token: string }} Stored */

/** @param {string} id @returns {Stored | null} */
function storedSession(id) {
  try {
    const found = JSON.parse(localStorage.getItem(`tiffin:session:${id}`) ?? 'null');
    return typeof found?.refresh_token === 'string' && typeof found.name === 'string' ? found : null;
  } catch {
    return null;
  }
}

/** @param {string} id @param {Stored} session */
function storeSession(id, session) {
  localStorage.setItem(`tiffin:session:${id}`, JSON.stringify(session));
}
