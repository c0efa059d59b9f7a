// @ts-check
/** The restaurants that deliver to a place, nearest first, page by page. Kept while the page is open: coming back costs nothing. */
import { computed, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { locale } from '../i18n.js';
import { follow } from '../live.js';
import { account } from '../session.js';

/** How many come at once: full rows of two, three and four. */
const PAGE = 24;
/** How many pages are looked through for one restaurant. */
const MAX_PAGES = 20;
/** What is older than this is asked for again when somebody looks, in milliseconds. */
const STALE_MS = 60_000;

/**
 * @typedef {import('../../types/app').Card} Card
 * @typedef {import('../../types/app').Place} Place
 * @typedef {ReturnType<typeof begin>} Around
 */

/** @type {(Around & { key: string }) | null} */
let present = null;

/** What is around a place; the same as before for the same place. @param {Place} place @returns {Around} */
export function around({ lat, lon }) {
  const key = JSON.stringify([account.peek()?.id, lat, lon]);
  if (present?.key === key) return present;
  present?.stop();
  present = { key, ...begin({ lat, lon }) };
  return present;
}

/** Cuisines in one line, as the restaurant wrote them. @param {string[]} cuisines */
export function cuisineLine(cuisines) {
  const words = cuisines.map((word) => word.replaceAll('_', ' '));
  const [first = '', ...rest] = new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(words);
  return first.toLocaleUpperCase(locale) + rest.join('');
}

/** @param {Place} place */
function begin({ lat, lon }) {
  const first = follow('search-restaurants', { query: { lat, lon, limit: PAGE } }, { poll: false });
  const rest = signal({ cards: /** @type {Card[]} */ ([]), next: /** @type {string | null | undefined} */ (undefined) });
  const busy = signal(false);
  const error = signal(/** @type {unknown} */ (null));
  const stopped = new AbortController();

  /** All that have come; one that moved between pages stands where it came first. */
  const cards = computed(() => {
    const page = first.live.data.value;
    if (!page) return null;
    const seen = new Set();
    return /** @type {Card[]} */ ([...page.items, ...rest.value.cards]).filter(({ id }) => !seen.has(id) && seen.add(id));
  });
  /** Where the rest begins; `null` at the end, `undefined` while nothing is known. */
  const next = computed(() => (rest.value.next === undefined ? first.live.data.value?.next_cursor : rest.value.next));

  async function more() {
    const cursor = next.peek();
    if (!cursor || busy.peek()) return;
    busy.value = true;
    error.value = null;
    try {
      const { data } = await call('search-restaurants', { query: { lat, lon, limit: PAGE, cursor }, signal: stopped.signal });
      rest.value = { cards: [...rest.peek().cards, ...data.items], next: data.next_cursor };
    } catch (failure) {
      if (!stopped.signal.aborted) error.value = failure;
    } finally {
      busy.value = false;
    }
  }

  return {
    cards,
    next,
    busy,
    /** Why the next page did not come. */
    error,
    /** Why nothing came, or how old it is. */
    first: first.live,
    more,
    /** Asks again, if what is known is old. */
    look() {
      const at = first.live.checkedAt.peek();
      if (at !== null && performance.now() - at > STALE_MS) void first.live.refresh();
    },
    /** Goes on until this restaurant has come, or all have. @param {string} id */
    async seek(id) {
      for (let page = 0; page < MAX_PAGES; page += 1) {
        if (!next.peek() || error.peek() || cards.peek()?.some((card) => card.id === id)) return;
        await more();
      }
    },
    stop() {
      stopped.abort();
      first.stop();
    },
  };
}
