// @ts-check
/** Who is signed in here, in which language, and the way out. */
import { html } from '../vendor/ui.js';
import { locale, LOCALES, t } from './i18n.js';
import { Button, Icon } from './kit.js';
import { speak } from './own-account.js';
import { OwnSheet, OwnWays } from './own-sheets.js';
import { account, signOut } from './session.js';
import { Sheet } from './sheet.js';

/** @param {{ onClose: () => void, warning?: string | null }} props `warning`: what is lost by signing out now */
export default function AccountSheet({ onClose, warning = null }) {
  const who = account.value;
  if (!who) return null;
  const out = html`<${Button} kind="line big" onPress=${signOut}><${Icon} name="log-out" class="flip" />${t(warning ? 'kit.sign-out-anyway' : 'kit.sign-out')}<//>`;
  const bar = warning ? html`<div class="stack"><p class="banner warn" role="alert"><${Icon} name="triangle-alert" /><span>${warning}</span></p>${out}</div>` : out;
  return html`<${Sheet} title=${t('kit.account')} class="small" onClose=${onClose} bar=${bar}>
    <div class="stack loose">
      <p class="stack tight"><b translate="no"><bdi>${who.name}</bdi></b>${who.email && html`<span class="muted" translate="no">${who.email}</span>`}</p>
      <div class="stack" role="group" aria-label=${t('kit.language')}>
        <b>${t('kit.language')}</b>
        <div class="row wrap">${LOCALES.map((one) => html`<button type="button" key=${one} class="chip" lang=${one} aria-pressed=${String(one === locale)} translate="no" onClick=${() => speak(one)}>${new Intl.DisplayNames(one, { type: 'language' }).of(one)}</button>`)}</div>
      </div>
      <nav class="card list pad-inline" aria-label=${t('kit.account')}><${OwnWays} guest=${who.guest} /></nav>
    </div>
  <//><${OwnSheet} />`;
}
