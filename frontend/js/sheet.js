// @ts-check
/** Sheets, and the fields that stand in them and elsewhere. How they look is css/kit.css. */
import { html, useId, useLayoutEffect, useRef } from '../vendor/ui.js';
import { t } from './i18n.js';
import { Icon, IconButton, layers, Voices } from './kit.js';

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

/** The first field that is wrong takes the focus, as soon as it is marked; where none is, what was refused comes into sight. @param {HTMLElement | null} form */
export function focusFault(form) {
  requestAnimationFrame(() => {
    const field = /** @type {HTMLElement | null | undefined} */ (form?.querySelector('[aria-invalid="true"]'));
    if (field) field.focus();
    else form?.querySelector('.banner')?.scrollIntoView({ block: 'center' });
  });
}
