// @ts-check
/** Another password for somebody who forgot theirs, by the link that they were given. */
import { html, signal } from '../../vendor/ui.js';
import { ApiError, call } from '../api.js';
import { faultsOf, Form, form, newPasswordFault, PasswordField, Refused, useBox, Whose } from '../form.js';
import { said, t } from '../i18n.js';
import { Button, Empty, Title, toast } from '../kit.js';
import { account, signIn } from '../session.js';
import { emailOf, Invalid } from './operator-link.js';

const ID = 'reset-form';
/** Where those are at home who are none of the customers. */
const HOMES = { merchant: '/kitchen', courier: '/ride' };

const own = form({ password: '' }, ({ password }) => faultsOf({ password: newPasswordFault(password) }));

/** Whether it is set, and why they are not signed in by it. */
const set = signal(/** @type {{ error: ApiError | null } | null} */ (null));

/** @param {{ secret: string, onDone: () => void }} props */
export default function Reset({ secret, onDone }) {
  const box = useBox();
  const email = emailOf(secret);
  const go = () => own.send(box.current, async ({ password }) => {
    await call('reset-password', { body: { token: secret, password } });
    const entered = await enter(email ?? '', password);
    own.begin();
    if (!entered.signedIn) return void (set.value = entered);
    toast(t('eat.password-set'), 'good');
    onDone();
  });
  const leave = () => {
    set.value = null;
    onDone();
  };
  if (set.value) return html`<div class="page narrow"><${Done} error=${set.value.error} email=${email} onDone=${leave} /></div>`;
  if (!email || own.refused.value?.code === 'token-invalid') return html`<div class="page narrow"><${Invalid} what="reset" onDone=${onDone} /></div>`;
  return html`<div class="page narrow stack loose">
    <${Title}>${t('eat.reset')}<//>
    <p class="muted">${t('eat.reset-more', { email })}</p>
    <${Form} id=${ID} box=${box}>
      <${Refused} words=${own.general()} />
      <${Whose} email=${email} />
      <${PasswordField} ...${own.field('password')} label=${t('kit.new-password')} isNew />
      <${Button} kind="primary big" type="submit" onPress=${go}>${t('eat.set-password')}<//>
    <//>
  </div>`;
}

/** Signs in by it; but not in the place of somebody else. @param {string} email @param {string} password @returns {Promise<{ signedIn: boolean, error: ApiError | null }>} */
async function enter(email, password) {
  const who = account.peek();
  if (who && who.email !== email) return { signedIn: false, error: null };
  try {
    await signIn(email, password);
    return { signedIn: true, error: null };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { signedIn: false, error };
  }
}

/** @param {{ error: ApiError | null, email: string | null, onDone: () => void }} props */
function Done({ error, email, onDone }) {
  const role = /** @type {keyof typeof HOMES | undefined} */ (error?.code.match(/^other-role-(merchant|courier)$/)?.[1]);
  const on = role ? html`<a class="btn strong" href=${HOMES[role]}>${t(`kit.home-${role}`)}</a>` : html`<${Button} kind="strong" onPress=${onDone}>${t('eat.to-restaurants')}<//>`;
  const more = error ? said(error) : t('eat.set-for-other', { email: email ?? '', name: account.value?.name ?? '' });
  return html`<${Empty} page scene="key" title=${t('eat.password-set')} action=${on}>${more}<//>`;
}
