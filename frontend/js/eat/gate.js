// @ts-check
/** Before anything else: where should the food go? */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon, Title } from '../kit.js';
import { AddressForm } from './address-form.js';

const FORM = 'address-gate';

export default function Gate() {
  // The form goes; whoever uses a keyboard goes on at the top of what comes.
  const done = () => requestAnimationFrame(() => document.getElementById('main')?.focus());
  return html`<div class="page gate">
    <div class="gate-head">
      <${Title}>${t('eat.gate')}<//>
      <p class="muted">${t('eat.gate-more')}</p>
    </div>
    <${AddressForm} id=${FORM} onSaved=${done} />
    <button class="btn primary big gate-go" form=${FORM}>${t('eat.show-restaurants')}<${Icon} name="arrow-right" /></button>
  </div>`;
}
