// @ts-check
/**
 * The pieces that every page begins with, and pictures of food. Sheets and fields are in sheet.js, what tells the time in
 * times.js. How they look is css/kit.css.
 */
import { html, signal, useLayoutEffect, useRef, useState } from '../vendor/ui.js';
import { ApiError } from './api.js';
import { said, t } from './i18n.js';
import { takesFocus } from './router.js';

/** Icons that point along the line of writing: they turn where it runs from right to left. */
const TURNING = ['arrow-left', 'arrow-right', 'chevron-left', 'chevron-right', 'log-in', 'log-out'];

/** An icon of the sprite. It says nothing to a screen reader: the words beside it do. @param {{ name: string, class?: string }} props */
export function Icon({ name, class: more = '' }) {
  return html`<svg class=${`icon ${TURNING.includes(name) ? 'flip' : ''} ${more}`} aria-hidden="true"><use href=${`#icon-${name}`} /></svg>`;
}

/** How long the sprite may be missing before it is asked for again, in milliseconds. */
const ICONS_AGAIN_MS = 10_000;

/** Puts the sprite into the page, once: browsers would ask for a file anew with each icon that is drawn later. */
export function loadIcons() {
  // No script touches the markup, as it would have to with `fetch`: Trusted Types forbid that.
  const request = new XMLHttpRequest();
  request.responseType = 'document';
  request.onloadend = () => {
    if (request.status === 200 && request.responseXML) document.body.prepend(request.responseXML.documentElement);
    else setTimeout(loadIcons, ICONS_AGAIN_MS);
  };
  request.open('GET', '/img/icons.svg');
  request.send();
}

/**
 * A button that does one thing at a time: while its `onPress` has not ended it is busy, and pressing again does nothing.
 * @param {{ kind?: string, onPress: () => unknown, disabled?: boolean, waits?: boolean, children?: any, type?: string, [more: string]: any }} props
 * `waits`: it is busy with something that began elsewhere
 */
export function Button({ kind = '', onPress, disabled = false, waits = false, children, ...more }) {
  const [busy, setBusy] = useState(false);
  const going = useRef(false);
  const press = async () => {
    if (going.current || disabled || waits) return;
    going.current = true;
    setBusy(true);
    try {
      await onPress();
    } catch (error) {
      toast(said(error), 'bad');
    } finally {
      going.current = false;
      setBusy(false);
    }
  };
  return html`<button type="button" ...${more} class=${`btn ${kind}`} aria-busy=${busy || waits ? 'true' : undefined} aria-disabled=${disabled ? 'true' : undefined} onClick=${press}>${children}</button>`;
}

/** A button that is only an icon; its name is told. @param {{ icon: string, label: string, onPress: (event: Event) => unknown, [more: string]: any }} props */
export function IconButton({ icon, label, onPress, ...more }) {
  return html`<button type="button" class="icon-btn" aria-label=${label} title=${label} ...${more} onClick=${onPress}><${Icon} name=${icon} /></button>`;
}

/** The title of a page: takes the focus when the page has just become another, and names the tab. @param {{ children: any, name?: string, class?: string }} props */
export function Title({ children, name, class: more = '' }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    document.title = `${name ?? heading.current?.textContent ?? ''} · Tiffin`;
  }, [name, children]);
  useLayoutEffect(() => {
    if (takesFocus()) heading.current?.focus({ preventScroll: true });
  }, []);
  return html`<h1 ref=${heading} tabindex="-1" class=${more}>${children}</h1>`;
}

/** While something comes. @param {{ rows?: number }} props */
export function Busy({ rows = 3 }) {
  return html`<div class="skeletons" role="status" aria-label=${t('kit.loading')}>${Array.from({ length: rows }, (_, row) => html`<div class="skeleton" key=${row}></div>`)}</div>`;
}

/** Where there is nothing. @param {{ scene: string, title: string, page?: boolean, children?: any, action?: any }} props `page`: that is all there is at this address */
export function Empty({ scene, title, page = false, children, action }) {
  return html`<section class="empty"><img src=${`/img/scene/${scene}.webp`} alt="" width="96" height="96" /><${page ? Title : 'h2'}>${title}<//>${children && html`<p class="muted">${children}</p>`}${action}</section>`;
}

/** Where something could not be had, and how to try again. @param {{ error: unknown, retry?: () => unknown, page?: boolean }} props `page`: there is nothing else on it */
export function Failure({ error, retry, page = false }) {
  const away = !(error instanceof ApiError) || error.status === 0;
  return html`<section class="empty" role="alert">
    <${Icon} name=${away ? 'wifi-off' : 'triangle-alert'} class="big" />
    ${page ? html`<${Title}>${said(error)}<//>` : html`<h2>${said(error)}</h2>`}
    ${retry && html`<${Button} kind="strong" onPress=${retry}><${Icon} name="refresh-cw" />${t('kit.try-again')}<//>`}
  </section>`;
}

const toasts = signal(/** @type {{ id: number, words: string, kind: string }[]} */ ([]));
const announced = signal({ words: '', layer: '' });
/** The sheets that are open, topmost last. What is said is said in the topmost: all below it is inert. */
export const layers = signal(/** @type {string[]} */ ([]));
const TOAST_MS = 6_000;
let lastToast = 0;
/** How many sentences a screen reader is told in a minute at the most; the newest waits for its turn. */
const MOST_A_MINUTE = 4;
const MINUTE_MS = 60_000;
/** When the last ones were told, by `performance.now()`. @type {number[]} */
let told = [];
let turn = 0;

/** Says something for a while, at the bottom. @param {string} words @param {'' | 'good' | 'bad'} [kind] */
export function toast(words, kind = '') {
  lastToast += 1;
  const id = lastToast;
  toasts.value = [...toasts.value.filter((one) => one.words !== words), { id, words, kind }];
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), TOAST_MS);
}

/** Tells a screen reader one sentence; the same one twice in a row is told once. @param {string} words */
export function announce(words) {
  clearTimeout(turn);
  if (words === announced.peek().words) return;
  const now = performance.now();
  told = told.filter((at) => at > now - MINUTE_MS);
  if (told.length >= MOST_A_MINUTE) {
    turn = Number(setTimeout(() => announce(words), told[0] + MINUTE_MS - now));
    return;
  }
  told.push(now);
  announced.value = { words, layer: layers.peek().at(-1) ?? '' };
}

/** Where toasts and announcements are: once in a page, and in each sheet. @param {{ layer?: string }} props */
export function Voices({ layer = '' }) {
  const here = (layers.value.at(-1) ?? '') === layer;
  const { words, layer: where } = announced.value;
  return html`<div class="toasts" role="status">${here && toasts.value.map((one) => html`<p key=${one.id} class=${`toast ${one.kind}`}>${one.words}</p>`)}</div>
    <div class="visually-hidden" role="status">${where === layer && words}</div>`;
}

/** Sees to it that css/<name>.css is there; where it does not come, the page works all the same. @param {string} name */
export async function styled(name) {
  if (typeof document === 'undefined' || document.querySelector(`link[href$="/css/${name}.css"]`)) return;
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL(`../css/${name}.css`, import.meta.url).href;
  await new Promise((done) => {
    sheet.onload = sheet.onerror = done;
    document.head.append(sheet);
  });
}

/** Whether somebody has touched the page yet: until then only pictures that are in sight come. */
const moved = signal(false);
const MOVES = ['keydown', 'pointerdown', 'scroll', 'wheel'];
/** What the bar at the bottom of a phone covers is not in sight. */
const IN_SIGHT = { phone: '0px 0px -64px', wide: '0px' };

/**
 * A picture of food: a gradient of two hues made from the id, one emoji large, two small ones cropped at the corners. The same id
 * always looks the same. It says nothing that the words beside it don't, so a screen reader passes it by.
 * @param {{ name: string | null | undefined, id: string, class?: string, eager?: boolean, off?: boolean }} props
 * `eager` for what is seen first; `off` for what can't be had now
 */
export function Picture({ name, id, class: more = '', eager = false, off = false }) {
  const [seen, see] = useState(eager);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => (seen || moved.value ? undefined : onceInSight(/** @type {HTMLElement} */ (box.current), () => see(true))), []);
  const { name: main, hue, corners } = look(name, id);
  const source = seen || moved.value ? `/img/food/${main}.webp` : undefined;
  return html`<div ref=${box} class=${`pic ${off ? 'off' : ''} ${more}`} style=${{ '--h': String(hue) }} aria-hidden="true">
    <img src=${source} alt="" width="256" height="256" loading=${seen ? 'eager' : 'lazy'} decoding="async" />
    <${Corner} name=${corners[0]} class="b" /><${Corner} name=${corners[1]} class="c" />
  </div>`;
}

/** @param {HTMLElement} element @param {() => void} work @returns {() => void} no longer */
function onceInSight(element, work) {
  const rootMargin = matchMedia('(width < 720px)').matches ? IN_SIGHT.phone : IN_SIGHT.wide;
  const observer = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    observer.disconnect();
    work();
  }, { rootMargin });
  observer.observe(element);
  for (const event of MOVES) addEventListener(event, move, { once: true, passive: true });
  return () => observer.disconnect();
}

function move() {
  moved.value = true;
}

/** @param {{ name: string, class: string }} props */
function Corner({ name, class: more }) {
  const at = SMALL.indexOf(name);
  return html`<span class=${`small-pic ${more}`} style=${{ '--x': String(at % COLUMNS), '--y': String(Math.floor(at / COLUMNS)) }}></span>`;
}

/** The bundled set: the names in img/food, which the API takes as `picture`. */
export const FOOD = [
  'avocado', 'bacon', 'baguette', 'beans', 'beer', 'bento', 'bread', 'bubble-tea', 'burger', 'burrito', 'cake', 'cheese', 'chicken',
  'chocolate', 'cocktail', 'coconut', 'coffee', 'cookie', 'corn', 'crab', 'croissant', 'cupcake', 'curry', 'custard', 'doughnut',
  'dumplings', 'egg', 'falafel', 'fish', 'fries', 'fruit', 'grill', 'hotdog', 'ice-cream', 'juice', 'lobster', 'mango', 'milk',
  'mushroom', 'noodles', 'olives', 'oyster', 'pancakes', 'peas', 'pepper', 'pie', 'pizza', 'pretzel', 'ramen', 'rice', 'rice-ball',
  'salad', 'sandwich', 'shawarma', 'shrimp', 'skewer', 'soda', 'soup', 'spaghetti', 'steak', 'stew', 'sushi', 'taco', 'tea',
  'tomato', 'waffle', 'wine',
];

/** What is in img/small.webp, six a row, to lie at corners: savoury, then sweet. */
export const SMALL = [
  'whole-tomato', 'herb', 'garlic', 'olive', 'carrot', 'bell-pepper',
  'lettuce', 'lemon', 'orange', 'strawberry', 'cherries', 'blueberries',
];
const COLUMNS = 6;
const SAVOURY = SMALL.slice(0, 8);
const SWEET = SMALL.slice(7);

/** What is drawn where nobody has chosen: meals, so that no restaurant becomes a glass of milk. */
const MEALS = ['bento', 'bread', 'burger', 'chicken', 'curry', 'dumplings', 'grill', 'noodles', 'pizza', 'ramen', 'rice', 'salad', 'sandwich', 'soup', 'spaghetti', 'stew', 'taco'];
/** Hues that food looks good on: none of the blue-violets. */
const HUES = [4, 16, 28, 38, 46, 56, 72, 96, 132, 160, 176, 196, 332, 348];
const DESSERTS_AND_DRINKS = new Set([
  'beer', 'bubble-tea', 'cake', 'chocolate', 'cocktail', 'coconut', 'coffee', 'cookie', 'croissant', 'cupcake', 'custard', 'doughnut', 'fruit',
  'ice-cream', 'juice', 'mango', 'milk', 'pancakes', 'pie', 'soda', 'tea', 'waffle', 'wine',
]);

/**
 * What a picture looks like.
 * @param {string | null | undefined} name of the set; null where nobody has chosen
 * @param {string} id of what it shows
 * @returns {{ name: string, hue: number, corners: [string, string] }}
 */
export function look(name, id) {
  const hash = fnv(id);
  const main = name && FOOD.includes(name) ? name : MEALS[hash % MEALS.length];
  const around = (DESSERTS_AND_DRINKS.has(main) ? SWEET : SAVOURY).filter((one) => !one.includes(main) && !main.startsWith(one));
  const first = (hash >>> 8) % around.length;
  // Never the same twice: the second is some steps further on.
  const second = (first + 1 + ((hash >>> 16) % (around.length - 1))) % around.length;
  return { name: main, hue: HUES[(hash >>> 4) % HUES.length], corners: [around[first], around[second]] };
}

/** FNV-1a, 32 bits: spreads even ids that differ in their last digit. @param {string} text */
export function fnv(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // FNV's low bits are weak for short tails: fold the high ones in.
  return (hash ^ (hash >>> 15)) >>> 0;
}
