// @ts-check
/** The pieces that every page is made of. How they look is css/kit.css. */
import { html, signal, useEffect, useId, useLayoutEffect, useRef, useState } from '../vendor/ui.js';
import { ApiError, serverNow } from './api.js';
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

/**
 * A sheet over the page: a native dialog, from below on a phone and in the middle on a desktop. Escape, the cross and a tap
 * beside it ask `onClose`; it closes by not being drawn any more.
 * @param {{ title: string, onClose: () => void, children: any, bar?: any, class?: string, head?: any }} props `bar`: what stays at the bottom; `head`: what stands above the title
 */
export function Sheet({ title, onClose, children, bar, class: more = '', head }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useLayoutEffect(() => {
    const own = dialog.current;
    const before = document.activeElement;
    own?.showModal();
    layers.value = [...layers.peek(), id];
    return () => {
      layers.value = layers.peek().filter((layer) => layer !== id);
      own?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  const beside = (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog.current) onClose();
  };
  return html`<dialog ref=${dialog} class=${`sheet ${more}`} aria-labelledby=${id} onCancel=${cancel} onMouseDown=${beside}>
    <div class="sheet-box">
      <div class="sheet-scroll">
        ${head}
        <header class="sheet-head"><h2 id=${id} tabindex="-1" autofocus>${title}</h2><${IconButton} icon="x" label=${t('kit.close')} onPress=${onClose} /></header>
        ${children}
      </div>
      ${bar && html`<footer class="sheet-bar">${bar}</footer>`}
    </div>
    <${Voices} layer=${id} />
  </dialog>`;
}

/**
 * A field with its label, hint and error; the error goes as soon as what was wrong is mended.
 * @param {{ label: string, value: string, onInput: (value: string) => void, error?: string | null, hint?: string, multiline?: boolean, optional?: boolean, [more: string]: any }} props
 */
export function Field({ label, value, onInput, error, hint, multiline = false, optional = false, ...more }) {
  const id = useId();
  const tag = multiline ? 'textarea' : 'input';
  // Browsers fill forms with a `change` alone, without a key.
  const take = (/** @type {Event} */ event) => {
    const { value: now } = /** @type {HTMLInputElement} */ (event.target);
    if (now !== value) onInput(now);
  };
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for=${id}>${label}${optional && html` <span class="muted">${t('kit.optional')}</span>`}</label>
    <${tag} id=${id} value=${value} onInput=${take} onChange=${take} aria-invalid=${error ? 'true' : undefined} aria-describedby=${told || undefined} ...${more} />
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field-error" id=${`${id}-error`}><${Icon} name="triangle-alert" />${error}</p>`}
  </div>`;
}

/**
 * − value +. Where the least takes something away, `last` is how the step down to it looks and what it is called.
 * @param {{ value: number, min: number, max: number, step?: number, label: string, words?: string, class?: string, last?: { icon: string, label: string }, onChange: (value: number) => void }} props
 */
export function Stepper({ value, min, max, step = 1, label, words, class: more = '', last, onChange }) {
  const by = (/** @type {number} */ change) => () => onChange(Math.min(max, Math.max(min, value + change)));
  const down = last && value - step <= min ? last : { icon: 'minus', label: t('kit.less') };
  return html`<div class=${`stepper ${more}`} role="group" aria-label=${label}>
    <button type="button" aria-label=${down.label} aria-disabled=${value <= min ? 'true' : undefined} onClick=${by(-step)}><${Icon} name=${down.icon} /></button>
    <output class="num" translate="no">${words ?? String(value)}</output>
    <button type="button" aria-label=${t('kit.more')} aria-disabled=${value >= max ? 'true' : undefined} onClick=${by(step)}><${Icon} name="plus" /></button>
  </div>`;
}

/** Words that change with time; they are written into their element, so that nothing is drawn anew. @param {{ say: (now: number) => string, every?: number, class?: string }} props */
export function Ticking({ say, every = 1000, class: more = '' }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const write = () => {
      const words = say(serverNow());
      if (place.current && place.current.textContent !== words) place.current.textContent = words;
    };
    write();
    const timer = setInterval(write, every);
    return () => clearInterval(timer);
  });
  return html`<span ref=${place} class=${`num ${more}`} translate="no"></span>`;
}

/** From which part on a ring is low. */
const LOW = 0.2;

/**
 * A ring that empties until a moment of the server's time, its digits inside. At the end it asks once; it decides nothing.
 * @param {{ until: string, total: number, onEnd?: () => void, label: (seconds: number) => string, digits?: (seconds: number) => string }} props `total`: seconds of the whole
 */
export function Ring({ until, total, onEnd, label, digits = String }) {
  const ring = useRef(/** @type {HTMLElement | null} */ (null));
  const end = Date.parse(until);
  const shown = useRef(/** @type {Record<string, number>} */ ({}));
  // What is known of the server's clock gets better with time; no ring fills up again for that.
  const left = () => (shown.current[until] = Math.max(0, Math.min(shown.current[until] ?? Infinity, Math.ceil((end - serverNow()) / 1000))));
  useEffect(() => {
    const announced = new Set();
    const tick = () => {
      const seconds = left();
      ring.current?.style.setProperty('--left', String(Math.min(1, seconds / total)));
      ring.current?.classList.toggle('low', seconds <= total * LOW);
      const milestone = seconds === 0 ? 'over' : seconds <= 10 ? '10' : seconds <= total / 2 ? 'half' : null;
      if (milestone && !announced.has(milestone)) {
        if (announced.size > 0 || seconds > 0) announce(label(seconds));
        announced.add(milestone);
      }
      if (seconds > 0) return;
      clearInterval(timer);
      onEnd?.();
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until]);
  return html`<div ref=${ring} class="ring" role="timer" aria-label=${label(left())} aria-live="off"><${Ticking} every=${250} say=${() => digits(left())} /></div>`;
}

/** How fresh what is shown is. @param {{ live: import('./live.js').Live<any> }} props */
export function Freshness({ live }) {
  const failing = live.error.value !== null;
  const at = live.checkedAt.value;
  const say = () => {
    if (at === null) return failing ? t('kit.offline') : t('kit.loading');
    const seconds = Math.round((performance.now() - at) / 1000);
    if (failing && !navigator.onLine) return t('kit.offline');
    return seconds < 60 ? t('kit.updated-seconds', { seconds }) : t('kit.updated-minutes', { minutes: Math.floor(seconds / 60) });
  };
  return html`<span class=${`fresh ${failing ? 'stale' : ''}`}><span class="dot"></span><${Ticking} say=${say} /></span>`;
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
const layers = signal(/** @type {string[]} */ ([]));
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
