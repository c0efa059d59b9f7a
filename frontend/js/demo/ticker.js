// @ts-check
/** What happens in the city, in plain words along the bottom: newest first. */
import { html, signal, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon, IconButton } from '../kit.js';
import { clock } from '../times.js';
import { control, repeat } from './control.js';
import { look, underWay } from './dinner.js';
import { lookAnew } from './people.js';
import { told } from './scene.js';
import { isTold, sentence } from './ticker-words.js';

/** @typedef {import('./ticker-words.js').Told} Told */

const SEEN_MS = 2_500;
const HIDDEN_MS = 20_000;
/** So many stand in the row: more than any window shows. */
const MOST = 24;
const SLIDE_MS = 450;

/** Newest first. */
const items = signal(/** @type {Told[]} */ ([]));
/** Those that came while the row stands still. */
const held = signal(/** @type {Told[]} */ ([]));
/** Whether somebody stopped the row. */
const stopped = signal(false);
/** Whether somebody points at it. */
let pointed = false;
/** The last that is known. @type {Told | null} */
let last = null;

/** Whether the customer's orders may have changed since they were looked at. */
let due = true;

/** Begins to ask. @param {() => void} onAnother the server turned out to be another than before */
export function beginTicker(onAnother) {
  repeat(
    async () => {
      const known = last;
      // The last is asked for again: who does not tell the same of it is another than before, or has told much since.
      const { items: found } = /** @type {{ items: Told[] }} */ (await control(`/theatre/ticker?after=${known ? known.n - 1 : 0}`));
      const another = known !== null && !found.some(({ n, at }) => n === known.n && at === known.at);
      due ||= another;
      if (another) {
        await lookAnew();
        onAnother();
        forget();
      }
      const fresh = known && !another ? found.filter(({ n }) => n > known.n) : found;
      last = fresh.at(-1) ?? (another ? null : known);
      // Of an order that is under way something was told: a server that has told nothing may not have it.
      due ||= fresh.some(({ ours }) => ours) || (last === null && underWay.peek() !== null);
      take(fresh.filter(isTold).reverse());
      if (due) await look();
      due = false;
    },
    { seenMs: SEEN_MS, hiddenMs: HIDDEN_MS, told },
  );
}

/** What another server told is not of this city. */
function forget() {
  items.value = [];
  held.value = [];
}

/** @param {Told[]} fresh newest first */
function take(fresh) {
  if (fresh.length === 0) return;
  if (stopped.peek() || pointed) held.value = [...fresh, ...held.peek()].slice(0, MOST);
  else items.value = [...fresh, ...items.peek()].slice(0, MOST);
}

function goOn() {
  if (stopped.peek() || pointed) return;
  const waiting = held.peek();
  held.value = [];
  take(waiting);
}

export function Ticker() {
  const stop = () => {
    stopped.value = !stopped.peek();
    goOn();
  };
  const point = (/** @type {boolean} */ now) => () => {
    pointed = now;
    goOn();
  };
  return html`<section class="ticker" aria-labelledby="ticker-title">
    <h2 id="ticker-title" class="visually-hidden">${t('demo.ticker')}</h2>
    <${IconButton} icon=${stopped.value ? 'play' : 'pause'} label=${t(stopped.value ? 'demo.ticker-go' : 'demo.ticker-stop')} onPress=${stop} />
    <div class="ticker-view" onPointerEnter=${point(true)} onPointerLeave=${point(false)}>
      ${items.value.length === 0 && html`<p class="told">${t('demo.ticker-empty')}</p>`}
      <${Row} />
    </div>
  </section>`;
}

/** The row: what is new slides in from the start. */
function Row() {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(/** @type {number | null} */ (null));
  const all = items.value;
  useLayoutEffect(() => {
    const known = before.current;
    before.current = all[0]?.n ?? null;
    const row = list.current;
    if (!row || known === null || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const first = /** @type {HTMLElement | null} */ (row.querySelector(`[data-n="${known}"]`));
    const newest = /** @type {HTMLElement | null} */ (row.firstElementChild);
    if (!first || !newest || first === newest) return;
    const by = newest.getBoundingClientRect().x - first.getBoundingClientRect().x;
    row.animate([{ transform: `translateX(${by}px)` }, { transform: 'none' }], { duration: SLIDE_MS, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' });
  }, [all]);
  return html`<ol class="told-row" ref=${list}>
    ${all.map((one) => html`<li key=${one.n} data-n=${one.n} class=${`told ${one.ours ? 'ours' : ''}`}>
      <time class="num" datetime=${one.at} translate="no">${clock(one.at)}</time>
      ${one.ours && html`<${Icon} name="utensils" class="s" /><span class="visually-hidden">${t('demo.told-ours')}</span>`}
      <span>${sentence(one)}</span>
    </li>`)}
  </ol>`;
}
