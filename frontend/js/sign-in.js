// @ts-check
/**
 * The sheet in which people sign in or sign up, over whatever page they are on: nothing below it is lost. Somebody asks for it
 * (`askToSignIn`), or it shows by itself when the session of the account that is played has ended.
 */
import { effect, html, signal, useEffect, useRef } from '../vendor/ui.js';
import { ApiError } from './api.js';
import { locale, said, t } from './i18n.js';
import { Button, Icon } from './kit.js';
import { closeSheet, openSheet, sheet } from './router.js';
import { account, ended, signIn, signUp } from './session.js';
import { Field, Sheet } from './sheet.js';

/** As the server has it. */
const MIN_PASSWORD = 10;
const MAX_PASSWORD = 128;
const EMAIL = /^\s*[^\s@]+@[^\s@]+\s*$/;
/** The name of the sheet in the address. */
export const SHEET = 'sign-in';
/** Where somebody of another role signs in. */
const HOMES = { customer: '/eat', merchant: '/kitchen', courier: '/ride' };

/** @typedef {{ name: string, email: string, password: string }} Typed */
/** @type {Typed} */
const NOTHING = { name: '', email: '', password: '' };

// What is typed lies here, so that a page which is drawn anew does not lose it.
const typed = signal(NOTHING);
/** Whether they sign up rather than in. */
const making = signal(false);
/** What the server refused, until the field is changed. */
const refused = signal(/** @type {ApiError | null} */ (null));
/** Whether they tried already: from then on what is wrong is told at its field. */
const tried = signal(false);
const seen = signal(false);
/** An ended session whose account was told "later", or is to be left for another. */
const put = signal(/** @type {{ id: string, as: 'later' | 'another' } | null} */ (null));

/** Opens the sheet; what was put off is asked again. @param {'in' | 'up'} [how] */
export function askToSignIn(how = 'in') {
  put.value = null;
  if (ended.peek()) return;
  begin(how === 'up');
  openSheet(SHEET, how);
}

/** @param {boolean} up @param {string} [email] */
function begin(up, email = '') {
  typed.value = { ...NOTHING, email };
  refused.value = null;
  tried.value = false;
  seen.value = false;
  making.value = up;
}

// A session that ends begins the form with its own e-mail; a page that was loaded anew within the sheet, as it was.
effect(() => {
  const up = sheet(SHEET) === 'up';
  if (ended.value) begin(false, account.peek()?.email ?? '');
  else if (up) making.value = true;
});

/** What page.js draws over the page, once it is wanted. */
export default function SignIn() {
  const playing = account.value;
  const again = ended.value && playing;
  const asked = sheet(SHEET) !== null;
  const own = put.value?.id === playing?.id ? put.value : null;
  useEffect(() => {
    // They came here forwards, or by a link, and are signed in already.
    if (asked && playing && !again) closeSheet(SHEET);
  }, [asked, playing, again]);
  if (again && own?.as === 'later') return html`<${Reminder} />`;
  if (again) return html`<${Form} key=${`again-${own?.as}`} returning=${own ? null : playing} onClose=${() => (put.value = { id: playing.id, as: 'later' })} />`;
  if (asked && !playing) return html`<${Form} key="asked" returning=${null} onClose=${() => closeSheet(SHEET)} />`;
  return null;
}

/** Stays in sight for somebody who does not want to sign in again just now. */
function Reminder() {
  return html`<div class="sign-in-again banner warn" role="status">
    <p>${t('kit.session-ended')}</p>
    <button type="button" class="btn small strong" onClick=${() => (put.value = null)}>${t('kit.sign-in')}</button>
  </div>`;
}

/** @param {{ returning: import('../types/app').Account | null, onClose: () => void }} props `returning`: whose session ended */
function Form({ returning, onClose }) {
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));
  const up = making.value && !returning;
  const wrong = tried.value ? faults(typed.value, up) : {};
  const field = (/** @type {keyof Typed} */ name) => ({
    name,
    value: typed.value[name],
    error: wrong[name] ?? atField(name),
    onInput: (/** @type {string} */ value) => change(name, value),
  });
  const go = async () => {
    tried.value = true;
    if (Object.keys(faults(typed.peek(), up)).length > 0) return focusFault(box.current);
    refused.value = null;
    try {
      await enter(typed.peek(), up);
      begin(false);
      closeSheet(SHEET);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.value = error;
      focusFault(box.current);
    }
  };
  const id = 'sign-in-form';
  const words = returning ? t('kit.sign-in-again') : t(up ? 'kit.sign-up' : 'kit.sign-in');
  const bar = html`<${Button} kind="primary big" type="submit" form=${id} onPress=${go}>${t(up ? 'kit.make-account' : 'kit.sign-in')}<//>`;
  return html`<${Sheet} title=${words} class="small" onClose=${onClose} bar=${bar}>
    <form id=${id} ref=${box} class="stack loose" novalidate onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${returning && html`<p class="muted">${t('kit.ended-more', { name: returning.name })}</p>`}
      ${general() && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${general()}</span>${elsewhere()}</p>`}
      ${up && html`<${Field} ...${field('name')} label=${t('kit.name')} autocomplete="name" maxlength="100" />`}
      <${Field} ...${field('email')} label=${t('kit.email')} type="email" inputmode="email" autocomplete=${up ? 'email' : 'username'} autocapitalize="none" spellcheck=${false} />
      <div class="with-eye">
        <${Field} ...${field('password')} label=${t('kit.password')} type=${seen.value ? 'text' : 'password'} autocomplete=${up ? 'new-password' : 'current-password'}
          hint=${up ? t('kit.password-hint', { least: MIN_PASSWORD }) : undefined} autocapitalize="none" spellcheck=${false} />
        <button type="button" class="icon-btn plain" aria-pressed=${String(seen.value)} aria-label=${t('kit.show-password')} title=${t('kit.show-password')} onClick=${() => (seen.value = !seen.value)}>
          <${Icon} name=${seen.value ? 'eye-off' : 'eye'} /></button>
      </div>
      ${returning ? html`<${Other} id=${returning.id} />` : html`<${Switch} up=${up} />`}
    </form>
  <//>`;
}

/** The way between signing in and signing up; the e-mail goes along. @param {{ up: boolean }} props */
function Switch({ up }) {
  const change = () => begin(!up, typed.peek().email);
  return html`<p class="row wrap"><span class="muted">${t(up ? 'kit.has-account' : 'kit.no-account')}</span><button type="button" class="btn link" onClick=${change}>${t(up ? 'kit.sign-in' : 'kit.sign-up')}</button></p>`;
}

/** For another than the one whose session ended: an empty form. @param {{ id: string }} props */
function Other({ id }) {
  const change = () => {
    begin(false);
    put.value = { id, as: 'another' };
  };
  return html`<p class="row wrap"><span class="muted">${t('kit.not-you')}</span><button type="button" class="btn link" onClick=${change}>${t('kit.other-account')}</button></p>`;
}

/** @param {keyof Typed} name @param {string} value */
function change(name, value) {
  typed.value = { ...typed.peek(), [name]: value };
  refused.value = null;
}

/** @param {Typed} form @param {boolean} up */
function enter({ name, email, password }, up) {
  return up ? signUp({ name: name.trim(), email: email.trim(), password, locale }) : signIn(email.trim(), password);
}

/** What is wrong before anything is sent. @param {Typed} form @param {boolean} up @returns {Partial<Record<keyof Typed, string>>} */
function faults({ name, email, password }, up) {
  const length = [...password].length;
  return {
    ...(up && !name.trim() && { name: t('kit.need-name') }),
    ...(!EMAIL.test(email) && { email: t(email.trim() ? 'kit.need-real-email' : 'kit.need-email') }),
    ...(!password && { password: t('kit.need-password') }),
    ...(up && password && length < MIN_PASSWORD && { password: t('kit.short-password', { least: MIN_PASSWORD }) }),
    ...(up && length > MAX_PASSWORD && { password: t('kit.long-password', { most: MAX_PASSWORD }) }),
  };
}

/** What the server refused of this field. @param {keyof Typed} name */
function atField(name) {
  const error = refused.value;
  if (!error) return null;
  if (name === 'email' && error.code === 'email-taken') return said(error);
  if (name === 'password' && error.code === 'bad-credentials') return said(error);
  return error.field(`/${name}`);
}

/** What it refused of no field in particular. */
function general() {
  const error = refused.value;
  const told = error && (error.code === 'email-taken' || error.code === 'bad-credentials' || ['name', 'email', 'password'].some((name) => error.field(`/${name}`)));
  return error && !told ? said(error) : null;
}

/** Where somebody of another role is at home. */
function elsewhere() {
  const role = /** @type {keyof typeof HOMES | undefined} */ (refused.value?.code.match(/^other-role-(\w+)$/)?.[1]);
  if (!role || !(role in HOMES)) return null;
  return html`<a class="btn small" href=${HOMES[role]}>${t(`kit.home-${role}`)}</a>`;
}

/** The first field that is wrong takes the focus, as soon as it is marked. @param {HTMLFormElement | null} form */
function focusFault(form) {
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (form?.querySelector('[aria-invalid="true"]'))?.focus());
}
