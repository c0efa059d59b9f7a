// @ts-check
/** Another password, by the one that it replaces. */
import { html } from '../vendor/ui.js';
import { faultsOf, Form, form, hidePasswords, newPasswordFault, PasswordField, Refused, useBox, useClosing, Whose } from './form.js';
import { t } from './i18n.js';
import { Button, toast } from './kit.js';
import { change } from './own-account.js';
import { account } from './session.js';
import { Sheet } from './sheet.js';

const ID = 'password-form';

const own = form({ current_password: '', password: '' }, ({ current_password: current, password }) => faultsOf({
  current_password: !current && t('kit.need-password'),
  password: newPasswordFault(password),
}), { 'wrong-password': 'current_password' });

/** @param {{ onClose: () => void }} props */
export default function PasswordSheet({ onClose }) {
  const box = useBox();
  // What is typed is a secret: it does not outlive the sheet.
  useClosing('own', 'password', () => {
    own.begin();
    hidePasswords();
  });
  const save = () => own.send(box.current, async (typed) => {
    await change(typed);
    toast(t('kit.password-changed'), 'good');
    onClose();
  });
  const bar = html`<${Button} kind="primary big" type="submit" form=${ID} onPress=${save}>${t('kit.change-password')}<//>`;
  return html`<${Sheet} title=${t('kit.own-password')} class="small" onClose=${onClose} bar=${bar}>
    <${Form} id=${ID} box=${box}>
      <p class="muted">${t('kit.password-more')}</p>
      <${Refused} words=${own.general()} />
      <${Whose} email=${account.value?.email} />
      <${PasswordField} ...${own.field('current_password')} label=${t('kit.current-password')} />
      <${PasswordField} ...${own.field('password')} label=${t('kit.new-password')} isNew />
    <//>
  <//>`;
}
