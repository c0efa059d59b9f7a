// @ts-check
/** Which restaurants deliver to where somebody is, nearest first. Kept while the page is open: coming back costs nothing. */
import { computed, html, signal, useEffect, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { call, config } from '../api.js';
import { distance, listed, locale, minutes, money, t } from '../i18n.js';
import { Button, Empty, Failure, Icon, Picture, Title } from '../kit.js';
import { follow } from '../live.js';
import { Later, openSheet } from '../router.js';
import { account } from '../session.js';
import { isKept } from '../store.js';
import { address } from './address.js';

/** Of so many the picture is seen at once. */
const EAGER = 2;
/** How many places are held free while the first ones come. */
const WAITING = 6;
/** The next ones are asked for this far before their button is seen. */
const AHEAD = '600px';
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

export default function Discover() {
  const stop = address();
  return stop ? html`<${Near} key=${JSON.stringify(stop.place)} stop=${stop} />` : html`<${Later} load=${() => import('./address-form.js')} />`;
}

/** @param {{ stop: import('../../types/app').Stop }} props */
function Near({ stop }) {
  const near = around(stop.place);
  const cards = near.cards.value;
  useEffect(near.look, [near]);
  return html`<div class="page eat-near">
    <${Title} name=${t('eat.discover')}>${account.value ? t('eat.hungry-name', { name: firstName(account.value.name) }) : t('eat.hungry')}<//>
    ${cards ? html`<${Found} near=${near} />` : near.first.error.value ? html`<${Failure} error=${near.first.error.value} retry=${near.first.refresh} />` : html`<${Waiting} />`}
    ${cards && account.value && html`<${Later} key=${account.value.id} load=${() => import('./under-way.js')} />`}
    ${isKept('bag', account.value?.id) && html`<${Later} load=${() => import('./bag-bar.js').then(({ BagBar }) => ({ default: BagBar }))} />`}
  </div>`;
}

/** @param {{ near: Around }} props */
function Found({ near }) {
  const cards = near.cards.value ?? [];
  const all = near.next.value === null;
  if (cards.length === 0 && all) return html`<${Nobody} />`;
  return html`
    <div class="row between eat-near-head"><h2>${t('eat.near-you')}</h2><span class="muted small num">${t(all ? 'eat.restaurants' : 'eat.restaurants-more', { count: cards.length })}</span></div>
    ${near.first.error.value && html`<p class="banner warn" role="status"><${Icon} name="wifi-off" /><span>${t('eat.maybe-old')}</span></p>`}
    <ul class="eat-cards">${cards.map((card, index) => html`<${Card} key=${card.id} card=${card} eager=${index < EAGER} />`)}</ul>
    ${!all && html`<${More} near=${near} />`}`;
}

/** @param {{ card: import('../../types/app').Card, eager: boolean }} props */
function Card({ card, eager }) {
  return html`<li><a class="eat-card" href=${`/eat/restaurants/${card.id}`}>
    <div class="eat-card-top">
      <${Picture} name=${card.picture} id=${card.id} eager=${eager} />
      <span class="tag over num" translate="no">${distance(card.distance_m)}</span>
    </div>
    <h3 class="clamp"><bdi translate="no">${card.name}</bdi></h3>
    <span class="eat-eta num">${minutes(card.eta_minutes)}</span>
    <span class="muted small clamp">${cuisineLine(card.cuisines)}</span>
    <span class="muted small num end"><${Icon} name="bike" class="s" /><span class="visually-hidden">${t('eat.delivery')} </span><span translate="no">${money(card.delivery_fee)}</span></span>
    <span class="muted tiny num eat-from">${t('eat.from', { amount: money(card.min_order) })}</span>
  </a></li>`;
}

/** The next ones come by themselves as the end is neared, or by a press. @param {{ near: Around }} props */
function More({ near }) {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const failed = near.error.value !== null;
  useLayoutEffect(() => {
    if (failed || !end.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && void near.more(), { rootMargin: AHEAD });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [near, failed, near.next.value]);
  return html`<div ref=${end} class="eat-more">
    ${failed && html`<p class="muted" role="status">${t('eat.more-failed')}</p>`}
    <${Button} kind="line" onPress=${near.more}>${t('eat.show-more')}<//>
  </div>`;
}

function Nobody() {
  return html`<${Empty} scene="map" title=${t('eat.nobody')} action=${html`<${Button} kind="strong" onPress=${() => openSheet('address', 'change')}><${Icon} name="map-pin" />${t('eat.other-address')}<//>`}>${t('eat.nobody-more', { area: config.area.name })}<//>`;
}

function Waiting() {
  return html`<div class="eat-near-head"><div class="skeleton title"></div></div>
    <div class="eat-cards" role="status" aria-label=${t('kit.loading')}>${Array.from({ length: WAITING }, (_, at) => html`<div key=${at} class="eat-card"><div class="eat-card-top"><div class="pic skeleton"></div></div><div class="skeleton line"></div></div>`)}</div>`;
}

/** How somebody is spoken to. @param {string} name */
function firstName(name) {
  return name.trim().split(/\s+/)[0];
}

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
  const [[first = '', ...rest] = '', ...others] = cuisines.map((word) => word.replaceAll('_', ' '));
  return listed([first.toLocaleUpperCase(locale) + rest.join(''), ...others], 'unit');
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
