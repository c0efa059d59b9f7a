// @ts-check
/** An administrator signs up, by the operator's invitation. What they do then, they do over the API: no page is theirs yet. */
import { html, signal } from '../../vendor/ui.js';
import { call, send } from '../api.js';
import { EmailField, faultsOf, Form, form, NameField, nameFault, newPasswordFault, PasswordField, Refused, useBox } from '../form.js';
import { locale, t } from '../i18n.js';
import { Button, Empty, Icon, Title } from '../kit.js';
import { emailOf, Invalid } from './operator-link.js';

const ID = 'invitation-form';

const own = form({ name: '', email: '', password: '' }, ({ name, password }) => faultsOf({
  name: nameFault(name),
  password: newPasswordFault(password),
}), { 'email-taken': 'email' });

/** The e-mail of who signed up just now. */
const made = signal(/** @type {string | null} */ (null));

/** @param {{ secret: string, onDone: () => void }} props */
export default function Invitation({ secret, onDone }) {
  const box = useBox();
  const email = emailOf(secret);
  const go = () => own.send(box.current, async ({ name, password }) => {
    const { data } = await call('register-user', { body: { name: name.trim(), email, password, role: 'admin', invitation: secret, locale } });
    own.begin();
    made.value = data.user.email;
    // Nobody goes on with this session.
    if (data.session) await send('sign-out', {}, data.session.access_token).catch(() => {});
  });
  if (made.value) return html`<div class="page narrow"><${Made} email=${made.value} /></div>`;
  if (!email || own.refused.value?.code === 'invitation-invalid') return html`<div class="page narrow"><${Invalid} what="invitation" onDone=${onDone} /></div>`;
  return html`<div class="page narrow stack loose">
    <${Title}>${t('eat.invitation')}<//>
    <p class="muted">${t('eat.invitation-more')}</p>
    <${Form} id=${ID} box=${box}>
      <${Refused} words=${own.general()} />
      <${NameField} ...${own.field('name')} />
      <${EmailField} ...${own.field('email')} value=${email} hint=${t('eat.invitation-email')} readonly autocomplete="username" />
      <${PasswordField} ...${own.field('password')} isNew />
      <${Button} kind="primary big" type="submit" onPress=${go}>${t('kit.make-account')}<//>
    <//>
  </div>`;
}

/** @param {{ email: string }} props */
function Made({ email }) {
  const docs = html`<a class="btn strong" href="/docs" target="_blank" rel="noopener">${t('kit.to-docs')}<${Icon} name="external-link" class="s" /></a>`;
  return html`<${Empty} page scene="key" title=${t('eat.admin-made')} action=${docs}>${t('eat.admin-made-more', { email })}<//>`;
}
