// @ts-check
/** What a guest is, and the way to more. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { openSheet } from '../router.js';

export default function KeepCard() {
  return html`<section class="card pad stack" aria-labelledby="keep-title">
    <div class="stack tight"><h2 class="card-title" id="keep-title">${t('eat.guest-title')}</h2><p class="muted">${t('eat.guest-more')}</p></div>
    <div class="row wrap"><button type="button" class="btn strong" aria-haspopup="dialog" onClick=${() => openSheet('keep', 'account')}>${t('eat.keep')}</button></div>
  </section>`;
}
