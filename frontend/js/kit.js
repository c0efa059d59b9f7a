// @ts-check
/**
 * The pieces that every page begins with. Sheets and fields are in sheet.js, what tells the time in times.js. How they look is
 * css/kit.css.
 */
import { html, signal, useLayoutEffect, useRef, useState } from '../vendor/ui.js';
import { ApiError } from './api.js';
import { said, t } from './i18n.js';
import { takesFocus } from './router.js';

/** Icons that point along the line of writing: they turn where it runs from right to left. */
const TURNING = ['arrow-left', 'arrow-right', 'chevron-left', 'chevron-right', 'log-in', 'log-out'];

/** An icon of the sprite. It says nothing to a screen reader: the words beside it do. @param {{ name: string, class?: string }} props */
export function Icon({ name, class: more = '' }) {
  return html`<svg class=${`icon ${TURNING.includes(name) ? 'flip' : ''} ${more}`} aria-hidden="true"><use href=${`/img/icons.svg#${name}`} /></svg>`;
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

/** Where there is nothing. @param {{ scene: string, title: string, children?: any, action?: any }} props */
export function Empty({ scene, title, children, action }) {
  return html`<section class="empty"><img src=${`/img/scene/${scene}.webp`} alt="" width="96" height="96" /><h2>${title}</h2>${children && html`<p class="muted">${children}</p>`}${action}</section>`;
}

/** Where something could not be had, and how to try again. @param {{ error: unknown, retry?: () => unknown }} props */
export function Failure({ error, retry }) {
  const away = !(error instanceof ApiError) || error.status === 0;
  return html`<section class="empty" role="alert">
    <${Icon} name=${away ? 'wifi-off' : 'triangle-alert'} class="big" />
    <h2>${said(error)}</h2>
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
