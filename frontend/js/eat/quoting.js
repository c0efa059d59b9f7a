// @ts-check
/**
 * What a bag costs, asked of the server: once things have stood still for a moment, again when the answer lapses, and never shown
 * for anything but what it was asked for. Requests that are overtaken are aborted; only the newest reply counts.
 */
import { ApiError, call, serverNow } from '../api.js';
import { computed, effect, signal } from '../../vendor/ui.js';

/** How long nothing may change before the server is asked, in milliseconds; */
const STILL_MS = 300;
/** and how long where one change follows another within so much time: somebody is pressing, and not done. */
const LONGER_STILL_MS = 1_000;
const FOLLOWS_MS = 2_000;
/** How long to wait after the first failure; each further one doubles it. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * @typedef {import('../../types/app').Quote} Quote
 * @typedef {{ restaurant_id: string, body: { items: object[], deliver_to: object, tip?: object } }} Wish
 * @typedef {object} Quoting
 * @property {import('../../vendor/ui.js').ReadonlySignal<Quote | null>} quote of what is wished for now; null while there is none
 * @property {import('../../vendor/ui.js').ReadonlySignal<any>} error why there is none: what was refused of what is wished for now
 * @property {import('../../vendor/ui.js').ReadonlySignal<Quote | null>} before the one of the same wish that it took the place of, if it costs something else
 * @property {() => void} anew asks now
 * @property {() => void} stop
 */

/**
 * Keeps a quote of what is wished for. While the wish is null nothing is asked.
 * @param {import('../../vendor/ui.js').ReadonlySignal<Wish | null>} wish
 * @returns {Quoting}
 */
export function quoting(wish) {
  const name = computed(() => JSON.stringify(wish.value));
  const found = signal(/** @type {{ of: string, quote: Quote | null, error: unknown, before: Quote | null } | null} */ (null));
  /** @type {{ of: string, quote: Quote } | null} */
  let last = null;
  let timer = 0;
  let failures = 0;
  /** @type {AbortController | null} */
  let going = null;

  function plan(/** @type {number} */ ms) {
    clearTimeout(timer);
    timer = setTimeout(due, ms);
  }

  /** The end of a wait: the quote has lapsed, or it is time to ask. A page that nobody sees waits until it is seen. */
  function due() {
    const known = found.peek();
    if (known?.quote && known.of === name.peek()) {
      const rest = left(known.quote);
      // What is known of the server's clock got better meanwhile: it holds a little longer.
      if (rest > 0) {
        plan(rest);
        return;
      }
      found.value = null;
    }
    if (document.visibilityState === 'visible') void ask();
  }

  async function ask() {
    going?.abort();
    const wanted = wish.peek();
    if (!wanted) return;
    const of = name.peek();
    const own = new AbortController();
    going = own;
    try {
      const { data } = await call('quote-basket', { path: { restaurant_id: wanted.restaurant_id }, body: wanted.body, signal: own.signal });
      if (own.signal.aborted) return;
      failures = 0;
      const before = last?.of === of && last.quote.total.amount !== data.total.amount ? last.quote : null;
      found.value = { of, quote: data, error: null, before };
      last = { of, quote: data };
      plan(left(data));
    } catch (error) {
      if (own.signal.aborted) return;
      found.value = { of, quote: null, error, before: null };
      failures += 1;
      const patience = error instanceof ApiError ? error.retryAfterMs : 0;
      if (passes(error)) plan(Math.max(patience, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))));
    } finally {
      if (going === own) going = null;
    }
  }

  /** Somebody looks again, the device was asleep, or the network is back. */
  function wake() {
    if (document.visibilityState !== 'visible' || going || !wish.peek()) return;
    const known = found.peek();
    if (known?.of !== name.peek() || !known.quote || left(known.quote) <= 0) plan(0);
  }

  let changedAt = -Infinity;
  function stillness() {
    const before = changedAt;
    changedAt = performance.now();
    return changedAt - before < FOLLOWS_MS ? LONGER_STILL_MS : STILL_MS;
  }

  let first = true;
  const unwatch = effect(() => {
    const now = name.value;
    going?.abort();
    clearTimeout(timer);
    failures = 0;
    const known = found.peek();
    if (now === 'null') return;
    if (known?.of === now && known.quote) plan(left(known.quote));
    else plan(first ? 0 : stillness());
    first = false;
  });
  const events = /** @type {const} */ (['online', 'pageshow']);
  for (const event of events) addEventListener(event, wake);
  document.addEventListener('visibilitychange', wake);

  const present = computed(() => (found.value?.of === name.value ? found.value : null));
  return {
    quote: computed(() => present.value?.quote ?? null),
    error: computed(() => present.value?.error ?? null),
    before: computed(() => present.value?.before ?? null),
    anew() {
      found.value = null;
      plan(0);
    },
    stop() {
      unwatch();
      clearTimeout(timer);
      going?.abort();
      for (const event of events) removeEventListener(event, wake);
      document.removeEventListener('visibilitychange', wake);
    },
  };
}

/** How long a quote holds from now, in milliseconds. @param {Quote | null | undefined} quote */
function left(quote) {
  return quote ? Math.max(0, Date.parse(quote.expires_at) - serverNow()) : Infinity;
}

/** Whether the same question may soon have another answer. @param {unknown} error */
function passes(error) {
  return error instanceof ApiError && (error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500);
}
