// @ts-check
/**
 * What the server knows, kept fresh: the one place that decides when to ask. Today it asks again and again, and only for what is
 * new (`If-None-Match`); streams come behind the same call. Nobody else polls.
 */
import { call, ApiError } from './api.js';
import { t } from './i18n.js';
import { account, ended } from './session.js';
import { batch, effect, html, signal, useEffect, useMemo } from '../vendor/ui.js';

/** How often a page that is seen asks, in milliseconds. */
const VISIBLE_MS = 3_000;
/** How often a hidden one does. */
const HIDDEN_MS = 15_000;
/** The longest wait after failures. */
const LONGEST_MS = 30_000;
/** A wait is up to this part longer or shorter, so that pages do not ask in step. */
const JITTER = 0.2;

/** Runs something later; a page whose timers must not be slowed while it is hidden runs them in a worker. */
export const timers = {
  /** @param {() => void} work @param {number} ms @returns {number} */
  later: (work, ms) => Number(setTimeout(work, ms)),
  /** @param {number} id */
  cancel: (id) => clearTimeout(id),
};

/** From now on timers run in a worker; those that run already go on. */
export async function runTimersInWorker() {
  const { timersInWorker } = await import('./worker-timers.js');
  Object.assign(timers, timersInWorker());
}

/**
 * @template T
 * @typedef {object} Live
 * @property {import('../vendor/ui.js').Signal<T | null>} data the newest that is known
 * @property {import('../vendor/ui.js').Signal<any>} error why the last attempt failed; `null` if it did not
 * @property {import('../vendor/ui.js').Signal<number | null>} checkedAt when it was last known to be so, by `performance.now()`
 * @property {() => Promise<void>} refresh asks now
 * @property {(data: T) => void} tell what an action replied: nothing older replaces it
 */

/**
 * @typedef {object} How
 * @property {(data: any) => boolean} [until] what is final is not asked for again
 * @property {boolean} [poll] `false`: once, and when the page comes back
 * @property {boolean} [patient] the first time, too, comes after a while: what the page is about comes first
 */

/** @type {Map<string, { live: Live<any>, users: number, stop: () => void }>} */
const shared = new Map();

/**
 * Keeps the reply of a GET fresh while somebody uses it; everybody who asks for the same shares it.
 * @template {keyof typeof import('./api.js').OPERATIONS} O
 * @param {O} operation
 * @param {import('../types/app').Asked} asked
 * @param {How} [how]
 * @returns {{ live: Live<any>, stop: () => void }}
 */
export function follow(operation, asked, how = {}) {
  const name = JSON.stringify([account.peek()?.id, operation, asked.path, asked.query]);
  const known = shared.get(name) ?? begin(operation, asked, how);
  shared.set(name, known);
  known.users += 1;
  let using = true;
  return {
    live: known.live,
    stop() {
      if (!using) return;
      using = false;
      known.users -= 1;
      if (known.users > 0) return;
      known.stop();
      shared.delete(name);
    },
  };
}

/**
 * The same, for as long as a component is there.
 * @template {keyof typeof import('./api.js').OPERATIONS} O
 * @param {O} operation
 * @param {import('../types/app').Asked} asked
 * @param {How} [how]
 * @returns {Live<any>}
 */
export function useLive(operation, asked, how) {
  const name = JSON.stringify([account.value?.id, operation, asked.path, asked.query]);
  const followed = useMemo(() => follow(operation, asked, how), [name]);
  useEffect(() => followed.stop, [followed]);
  return followed.live;
}

/** How many notices are unread, beside the way to them. */
export function Unread() {
  const notices = useLive('list-notifications', { query: { unread: true, limit: 1 } }, { patient: true });
  const count = notices.data.value?.unread_count ?? 0;
  return count > 0 && html`<span class="count accent num" translate="no" aria-label=${t('kit.unread', { count })}>${count}</span>`;
}

/** Everything that is followed is asked for at once: somebody just did something, or came back. */
export function refreshAll() {
  for (const { live } of shared.values()) void live.refresh();
}

/** @param {keyof typeof import('./api.js').OPERATIONS} operation @param {import('../types/app').Asked} asked @param {How} how */
function begin(operation, asked, { until, poll = true, patient = false }) {
  const data = signal(/** @type {any} */ (null));
  const error = signal(/** @type {any} */ (null));
  const checkedAt = signal(/** @type {number | null} */ (null));
  let etag = /** @type {string | null} */ (null);
  let timer = 0;
  let failures = 0;
  let newest = 0;
  let going = true;
  /** @type {AbortController | null} */
  let asking = null;
  const owner = account.peek()?.id;

  async function refresh() {
    // Whoever has taken their place asks for themselves.
    if (!going || account.peek()?.id !== owner) return;
    timers.cancel(timer);
    newest += 1;
    const number = newest;
    // An older question has no use any more, and browsers have only some connections: others wait behind it.
    asking?.abort();
    asking = new AbortController();
    let patience = 0;
    try {
      const answer = await call(operation, { ...asked, etag, signal: asking.signal });
      if (!going || number !== newest) return;
      failures = 0;
      batch(() => {
        if (answer.status !== 304) take(answer.data, answer.etag);
        error.value = null;
        checkedAt.value = performance.now();
      });
    } catch (failure) {
      if (!going || number !== newest) return;
      failures += 1;
      error.value = failure;
      if (failure instanceof ApiError) patience = failure.retryAfterMs;
      if (isFinal(failure)) return;
    }
    if (!poll && failures === 0) return;
    if (data.peek() !== null && until?.(data.peek())) return;
    timer = timers.later(refresh, Math.max(patience, wait(failures)));
  }

  /** @param {any} found @param {string | null} tag */
  function take(found, tag) {
    const present = data.peek();
    // A late reply does not bring back what was before an action.
    if (present?.version > found?.version) return;
    data.value = found;
    etag = tag;
  }

  const live = {
    data,
    error,
    checkedAt,
    refresh,
    /** @param {any} told */
    tell(told) {
      newest += 1;
      batch(() => {
        take(told, null);
        error.value = null;
        checkedAt.value = performance.now();
      });
      timers.cancel(timer);
      if (going && !until?.(told)) timer = timers.later(refresh, wait(0));
    },
  };
  const stop = () => {
    going = false;
    asking?.abort();
    timers.cancel(timer);
  };
  if (patient) timer = timers.later(refresh, wait(0));
  else void refresh();
  return { live, users: 0, stop };
}

/** What no repetition changes: it is not there, or not theirs to see. @param {unknown} failure */
function isFinal(failure) {
  if (!(failure instanceof ApiError)) return false;
  return [400, 401, 403, 404].includes(failure.status);
}

/** @param {number} failures */
function wait(failures) {
  const calm = document.visibilityState === 'visible' ? VISIBLE_MS : HIDDEN_MS;
  const longer = failures === 0 ? calm : Math.min(LONGEST_MS, Math.max(calm, VISIBLE_MS * 2 ** (failures - 1)));
  return longer * (1 + JITTER * (2 * Math.random() - 1));
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') refreshAll();
});
addEventListener('online', refreshAll);
addEventListener('pageshow', (event) => {
  if (event.persisted) refreshAll();
});
// Somebody signed in again: what waited for them goes on.
let waited = false;
effect(() => {
  const waits = ended.value;
  if (waited && !waits) queueMicrotask(refreshAll);
  waited = waits;
});
