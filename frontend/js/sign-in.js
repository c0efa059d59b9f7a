// @ts-check
/**
 * The sheet in which people sign in or sign up, over whatever page they are on: nothing below it is lost. Somebody asks for it
 * (`askToSignIn`), or it shows by itself when the session of the account that is played has ended.
 */
import { effect, html, signal, useEffect } from '../vendor/ui.js';
import { EmailField, emailFault, faultsOf, Form, form, hidePasswords, NameField, nameFault, newPasswordFault, PasswordField, Refused, useBox } from './form.js';
import { locale, t } from './i18n.js';
import { Button } from './kit.js';
import { closeSheet, Later, openSheet, sheet } from './router.js';
import { account, ended, endedBy, signIn, signUp } from './session.js';
import { Sheet } from './sheet.js';

/** The name of the sheet in the address. */
export const SHEET = 'sign-in';
/** Where somebody of another role signs in. */
const HOMES = { customer: '/eat', merchant: '/kitchen', courier: '/ride' };
/** Refusals of the right password: there is an account, and it may not be used. */
const STOPPED = ['account-pending', 'account-suspended'];

/** Whether they sign up rather than in. */
const making = signal(false);
/** An ended session whose account was told "later", or is to be left for another; or is tried again after it was stopped. */
const put = signal(/** @type {{ id: string, as: 'later' | 'another' | 'again' } | null} */ (null));

const own = form({ name: '', email: '', password: '' }, ({ name, email, password }) => faultsOf({
  name: making.value && nameFault(name),
  email: emailFault(email),
  password: making.value ? newPasswordFault(password) : !password && t('kit.need-password'),
}), { 'email-taken': 'email', 'bad-credentials': 'password' });

/** Opens the sheet; what was put off is asked again. @param {'in' | 'up'} [how] */
export function askToSignIn(how = 'in') {
  put.value = null;
  if (ended.peek()) return;
  begin(how === 'up');
  openSheet(SHEET, how);
}

/** @param {boolean} up @param {string} [email] */
function begin(up, email = '') {
  own.begin({ email });
  hidePasswords();
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
  const said = put.value?.id === playing?.id ? put.value : null;
  useEffect(() => {
    // They came here forwards, or by a link, and are signed in already.
    if (asked && playing && !again) closeSheet(SHEET);
  }, [asked, playing, again]);
  if (again && said?.as === 'later') return html`<${Reminder} />`;
  if (again) return html`<${Returning} key=${`again-${said?.as}`} who=${playing} as=${said?.as} />`;
  if (asked && !playing) return html`<${Way} key="asked" returning=${null} onClose=${() => closeSheet(SHEET)} />`;
  return null;
}

/** Stays in sight for somebody who does not want to sign in again just now. */
function Reminder() {
  return html`<div class="sign-in-again banner warn" role="status">
    <p>${t('kit.session-ended')}</p>
    <button type="button" class="btn small strong" onClick=${() => (put.value = null)}>${t('kit.sign-in')}</button>
  </div>`;
}

/** Somebody whose session ended. @param {{ who: import('../types/app').Account, as: 'another' | 'again' | undefined }} props */
function Returning({ who, as }) {
  const later = () => (put.value = { id: who.id, as: 'later' });
  if (who.guest) return html`<${Later} load=${() => import('./guest-over.js')} who=${who} />`;
  if (!as && STOPPED.includes(endedBy.value ?? '')) {
    return html`<${Stopped} code=${endedBy.value} onAgain=${() => (put.value = { id: who.id, as: 'again' })} onClose=${later} />`;
  }
  return html`<${Way} returning=${as === 'another' ? null : who} onClose=${later} />`;
}

/** The form, or why it was of no use. @param {{ returning: import('../types/app').Account | null, onClose: () => void }} props */
function Way({ returning, onClose }) {
  const code = own.refused.value?.code ?? '';
  const again = () => begin(false, own.typed.peek().email);
  const leave = () => {
    again();
    onClose();
  };
  if (STOPPED.includes(code)) return html`<${Stopped} key="stopped" code=${code} onAgain=${again} onClose=${leave} />`;
  return html`<${Entering} key="form" returning=${returning} onClose=${onClose} />`;
}

/** There is an account, and it may not be used. @param {{ code: string | null, onAgain: () => unknown, onClose: () => unknown }} props */
function Stopped({ code, onAgain, onClose }) {
  const bar = html`<${Button} kind="strong big" onPress=${onAgain}>${t('kit.try-again')}<//>`;
  return html`<${Sheet} title=${t(`kit.${code}`)} class="small" onClose=${onClose} bar=${bar}>
    <div class="empty"><img src=${`/img/scene/${code === 'account-pending' ? 'clock' : 'closed'}.webp`} alt="" width="96" height="96" /><p>${t(`kit.${code}-more`)}</p></div>
  <//>`;
}

/** @param {{ returning: import('../types/app').Account | null, onClose: () => void }} props `returning`: whose session ended */
function Entering({ returning, onClose }) {
  const box = useBox();
  const up = making.value && !returning;
  const go = () => own.send(box.current, async (typed) => {
    await enter(typed, up);
    begin(false);
    closeSheet(SHEET);
  });
  const id = 'sign-in-form';
  const words = returning ? t('kit.sign-in-again') : t(up ? 'kit.sign-up' : 'kit.sign-in');
  const bar = html`<${Button} kind="primary big" type="submit" form=${id} onPress=${go}>${t(up ? 'kit.make-account' : 'kit.sign-in')}<//>`;
  return html`<${Sheet} title=${words} class="small" onClose=${onClose} bar=${bar}>
    <${Form} id=${id} box=${box}>
      ${returning && html`<p class="muted">${t('kit.ended-more', { name: returning.name })}</p>`}
      <${Refused} words=${own.general()}>${elsewhere()}<//>
      ${up && html`<${NameField} ...${own.field('name')} />`}
      <${EmailField} ...${own.field('email')} autocomplete=${up ? 'email' : 'username'} />
      <${PasswordField} ...${own.field('password')} isNew=${up} />
      ${returning ? html`<${Other} id=${returning.id} />` : html`<${Switch} up=${up} />`}
    <//>
  <//>`;
}

/** The way between signing in and signing up; the e-mail goes along. @param {{ up: boolean }} props */
function Switch({ up }) {
  const change = () => begin(!up, own.typed.peek().email);
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

/** @param {{ name: string, email: string, password: string }} typed @param {boolean} up */
function enter({ name, email, password }, up) {
  return up ? signUp({ name: name.trim(), email: email.trim(), password, locale }) : signIn(email.trim(), password);
}

/** Where somebody of another role is at home. */
function elsewhere() {
  const role = /** @type {keyof typeof HOMES | undefined} */ (own.refused.value?.code.match(/^other-role-(\w+)$/)?.[1]);
  if (!role || !(role in HOMES)) return null;
  return html`<a class="btn small" href=${HOMES[role]}>${t(`kit.home-${role}`)}</a>`;
}
