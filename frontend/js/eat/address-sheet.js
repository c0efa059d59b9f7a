// @ts-check
/** Another address, over whatever page it is asked for on. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Sheet } from '../sheet.js';
import { AddressForm } from './address-form.js';

const FORM = 'address-sheet';

/** @param {{ onClose: () => void }} props */
export default function AddressSheet({ onClose }) {
  const bar = html`<button class="btn primary big" form=${FORM}>${t('eat.deliver-here')}</button>`;
  return html`<${Sheet} title=${t('eat.address')} onClose=${onClose} bar=${bar}><${AddressForm} id=${FORM} onSaved=${onClose} /><//>`;
}
