// @ts-check
/** Being forgotten: what goes, what stays, and what is in the way of it. */
import { html, signal } from '../vendor/ui.js';
import { ApiError } from './api.js';
import { Refused, useClosing } from './form.js';
import { said, t } from './i18n.js';
import { Button, Icon, toast } from './kit.js';
import { deleteOwn } from './own-account.js';
import { account } from './session.js';
import { Sheet } from './sheet.js';

const refused = signal(/** @type {ApiError | null} */ (null));

/** @param {{ onClose: () => void }} props */
export default function DeleteSheet({ onClose }) {
  const own = account.value;
  useClosing('own', 'delete', () => void (refused.value = null));
  if (!own) return null;
  const go = async () => {
    refused.value = null;
    try {
      await deleteOwn();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return void (refused.value = error);
    }
    toast(t('kit.deleted'), 'good');
    onClose();
  };
  const bar = html`<${Button} kind="bad big" onPress=${go}><${Icon} name="trash-2" />${t('kit.delete-for-good')}<//>`;
  return html`<${Sheet} title=${t('kit.delete-title')} class="small" onClose=${onClose} bar=${bar}>
    <div class="stack">
      <${Refused} words=${refused.value && words(refused.value, own.role)} />
      <p>${t('kit.delete-goes')}</p>
      ${own.role !== 'customer' && html`<p>${t(`kit.delete-${own.role}`)}</p>`}
      <p class="muted">${t('kit.delete-stays')}</p>
      <p class="strong">${t('kit.delete-never-back')}</p>
    </div>
  <//>`;
}

/** @param {ApiError} error @param {import('../types/app').Role} role */
function words(error, role) {
  return error.code === 'open-orders' ? t(`kit.open-orders-${role}`) : said(error);
}
