// @ts-check
/**
 * Forms of a few fields: what is typed, what is wrong with it, and what the server refused of it. What is typed lies outside of the
 * page's nodes, so that a page which is drawn anew does not lose it.
 */
import { html, signal, useEffect, useRef } from '../vendor/ui.js';
import { ApiError } from './api.js';
import { said, t } from './i18n.js';
import { Icon } from './kit.js';
import { sheet } from './router.js';
import { Field } from './sheet.js';

/** As the server has them. */
export const MAX_NAME = 100;
export const MIN_PASSWORD = 10;
const MAX_PASSWORD = 128;
const EMAIL = /^\s*[^\s@]+@[^\s@]+\s*$/;
const PHONE = /^\s*\+?[0-9 ()-]*[0-9][0-9 ()-]*\s*$/;
export const PHONE_LENGTH = { least: 5, most: 32 };

/**
 * A form. It begins with what it is given, and tells what is wrong once somebody tried to send it.
 * @template {Record<string, string>} T
 * @param {T} nothing
 * @param {(typed: T) => Partial<Record<keyof T, string>>} faults what is wrong before anything is sent
 * @param {Record<string, keyof T & string>} [codes] the field at which a refusal stands that names none
 */
export function form(nothing, faults, codes = {}) {
  const typed = signal(nothing);
  const tried = signal(false);
  const refused = signal(/** @type {ApiError | null} */ (null));

  /** @param {keyof T & string} name @param {ApiError} error */
  const refusedAt = (name, error) => (codes[error.code] === name ? said(error) : error.field(`/${name}`));

  return {
    typed,
    /** What the server refused, until something is changed. */
    refused,

    /** @param {Partial<T>} [values] */
    begin(values = {}) {
      typed.value = { ...nothing, ...values };
      refused.value = null;
      tried.value = false;
    },

    /** What a field is given. @param {keyof T & string} name */
    field(name) {
      const error = (tried.value && faults(typed.value)[name]) || (refused.value && refusedAt(name, refused.value));
      /** @param {string} value */
      const onInput = (value) => {
        typed.value = { ...typed.peek(), [name]: value };
        refused.value = null;
      };
      return { name, value: typed.value[name], error: error || null, onInput };
    },

    /** What was refused of no field in particular. */
    general() {
      const error = refused.value;
      return error && !Object.keys(nothing).some((name) => refusedAt(name, error)) ? said(error) : null;
    },

    /**
     * Sends what is typed, if nothing is wrong with it. What is wrong takes the focus.
     * @param {HTMLFormElement | null} box @param {(typed: T) => Promise<unknown>} work
     */
    async send(box, work) {
      tried.value = true;
      if (Object.keys(faults(typed.peek())).length > 0) return focusFault(box);
      refused.value = null;
      try {
        await work(typed.peek());
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused.value = error;
        focusFault(box);
      }
    },
  };
}

/** The form's element: nothing is sent but by its button. @param {{ id: string, box: { current: HTMLFormElement | null }, children?: any }} props */
export function Form({ id, box, children }) {
  return html`<form id=${id} ref=${box} class="stack loose" novalidate onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>${children}</form>`;
}

/** For the element of a form. */
export function useBox() {
  return useRef(/** @type {HTMLFormElement | null} */ (null));
}

/** Does this once a sheet is closed, by whatever; not where the page is only drawn anew. @param {string} name @param {string} value @param {() => void} work */
export function useClosing(name, value, work) {
  useEffect(() => () => {
    if (sheet(name) !== value) work();
  }, []);
}

/** What the server refused. @param {{ words: string | null, children?: any }} props */
export function Refused({ words, children }) {
  return words && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${words}</span>${children}</p>`;
}

/** @param {Record<string, any>} props */
export function NameField(props) {
  return html`<${Field} label=${t('kit.name')} autocomplete="name" maxlength=${MAX_NAME} ...${props} />`;
}

/** @param {Record<string, any>} props */
export function EmailField(props) {
  return html`<${Field} label=${t('kit.email')} type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck=${false} ...${props} />`;
}

/** Tells a browser that keeps passwords whose this is. @param {{ email: string | null | undefined }} props */
export function Whose({ email }) {
  return html`<input type="text" class="visually-hidden" name="username" autocomplete="username" value=${email ?? ''} readonly tabindex="-1" aria-hidden="true" />`;
}

const seen = signal(false);

/** What is typed there can be seen, if somebody wants to. @param {{ isNew?: boolean, [more: string]: any }} props `isNew`: it is chosen here */
export function PasswordField({ isNew = false, ...props }) {
  return html`<div class="with-eye">
    <${Field} label=${t('kit.password')} type=${seen.value ? 'text' : 'password'} autocomplete=${isNew ? 'new-password' : 'current-password'}
      hint=${isNew ? t('kit.password-hint', { least: MIN_PASSWORD }) : undefined} autocapitalize="none" spellcheck=${false} ...${props} />
    <button type="button" class="icon-btn plain" aria-pressed=${String(seen.value)} aria-label=${t('kit.show-password')} title=${t('kit.show-password')} onClick=${() => (seen.value = !seen.value)}>
      <${Icon} name=${seen.value ? 'eye-off' : 'eye'} /></button>
  </div>`;
}

/** Passwords are hidden again. */
export function hidePasswords() {
  seen.value = false;
}

/** @param {string} name */
export function nameFault(name) {
  return name.trim() ? null : t('kit.need-name');
}

/** @param {string} email */
export function emailFault(email) {
  return EMAIL.test(email) ? null : t(email.trim() ? 'kit.need-real-email' : 'kit.need-email');
}

/** What is wrong with a password to come. @param {string} password */
export function newPasswordFault(password) {
  const length = [...password].length;
  if (!password) return t('kit.need-password');
  if (length < MIN_PASSWORD) return t('kit.short-password', { least: MIN_PASSWORD });
  return length > MAX_PASSWORD ? t('kit.long-password', { most: MAX_PASSWORD }) : null;
}

/** Whether somebody can be rung there; nothing is none. @param {string} text */
export function isPhone(text) {
  const { length } = text.trim();
  return length === 0 || (PHONE.test(text) && length >= PHONE_LENGTH.least && length <= PHONE_LENGTH.most);
}

/** Those of them that there are. @template {string} K @param {Record<K, string | null | undefined | false>} all @returns {Partial<Record<K, string>>} */
export function faultsOf(all) {
  return /** @type {any} */ (Object.fromEntries(Object.entries(all).filter(([, words]) => words)));
}

/** The first field that is wrong takes the focus, as soon as it is marked. @param {HTMLFormElement | null} box */
function focusFault(box) {
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (box?.querySelector('[aria-invalid="true"]'))?.focus());
}
