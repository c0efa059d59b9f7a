// @ts-check
/** A guest's way to an account: their e-mail and a password, and everything they have here stays theirs. */
import { html } from '../../vendor/ui.js';
import { EmailField, emailFault, faultsOf, Form, form, newPasswordFault, PasswordField, Refused, useBox, useClosing } from '../form.js';
import { t } from '../i18n.js';
import { Button, toast } from '../kit.js';
import { change } from '../own-account.js';
import { account } from '../session.js';
import { Sheet } from '../sheet.js';

const ID = 'keep-form';

const own = form({ email: '', password: '' }, ({ email, password }) => faultsOf({
  email: emailFault(email),
  password: newPasswordFault(password),
}), { 'email-taken': 'email' });

/** @param {{ onClose: () => void }} props */
export default function KeepAccount({ onClose }) {
  const box = useBox();
  useClosing('keep', 'account', own.begin);
  if (!account.value?.guest) return null;
  const keep = () => own.send(box.current, async ({ email, password }) => {
    await change({ email: email.trim(), password });
    toast(t('eat.account-kept'), 'good');
    onClose();
  });
  const bar = html`<${Button} kind="primary big" type="submit" form=${ID} onPress=${keep}>${t('kit.make-account')}<//>`;
  return html`<${Sheet} title=${t('eat.keep')} class="small" onClose=${onClose} bar=${bar}>
    <${Form} id=${ID} box=${box}>
      <p class="muted">${t('eat.keep-more')}</p>
      <${Refused} words=${own.general()} />
      <${EmailField} ...${own.field('email')} />
      <${PasswordField} ...${own.field('password')} isNew />
    <//>
  <//>`;
}
