// @ts-check
/** What others are told of somebody: their name, and where they can be rung. */
import { html, useEffect } from '../vendor/ui.js';
import { call } from './api.js';
import { faultsOf, Form, form, isPhone, NameField, nameFault, PHONE_LENGTH, Refused, useBox, useClosing } from './form.js';
import { t } from './i18n.js';
import { Busy, Button, Failure, toast } from './kit.js';
import { useLive } from './live.js';
import { change, ownPath } from './own-account.js';
import { account } from './session.js';
import { Field, Sheet } from './sheet.js';

const ID = 'profile-form';

const own = form({ name: '', phone: '' }, ({ name, phone }) => faultsOf({
  name: nameFault(name),
  phone: phoneFault(phone),
}));

/** Whose profile the form was begun with. @type {string | null} */
let begun = null;

/** @param {string} phone */
function phoneFault(phone) {
  // A guest is asked for it: nothing else leads to them.
  if (account.peek()?.guest && !phone.trim()) return t('kit.need-phone');
  return isPhone(phone) ? null : t('kit.short-phone');
}

/** @param {{ onClose: () => void }} props */
export default function ProfileSheet({ onClose }) {
  const box = useBox();
  const { data, error, refresh } = useLive('get-user', { path: ownPath() }, { poll: false });
  const user = data.value;
  useEffect(() => {
    if (!user || begun === user.id) return;
    begun = user.id;
    own.begin({ name: user.name, phone: user.phone ?? '' });
  }, [user]);
  useClosing('own', 'profile', () => void (begun = null));
  const save = () => own.send(box.current, async ({ name, phone }) => {
    await change({ name: name.trim(), phone: phone.trim() || null });
    toast(t('kit.saved'), 'good');
    onClose();
  });
  const bar = user && html`<${Button} kind="primary big" type="submit" form=${ID} onPress=${save}>${t('kit.save')}<//>`;
  return html`<${Sheet} title=${t('kit.own-profile')} class="small" onClose=${onClose} bar=${bar}>
    ${!user && (error.value ? html`<${Failure} error=${error.value} retry=${refresh} />` : html`<${Busy} rows=${2} />`)}
    ${user && html`<${Form} id=${ID} box=${box}>
      <${Refused} words=${own.general()} />
      <${NameField} ...${own.field('name')} />
      <${Field} ...${own.field('phone')} label=${t('kit.phone')} type="tel" inputmode="tel" autocomplete="tel" maxlength=${PHONE_LENGTH.most} optional=${!account.value?.guest} />
    <//>`}
  <//>`;
}
