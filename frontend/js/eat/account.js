// @ts-check
/** Who is signed in, in which language, what they can do with their account, and the way out. */
import { html } from '../../vendor/ui.js';
import { locale, LOCALES, t } from '../i18n.js';
import { Button, Icon, styled, Title } from '../kit.js';
import { speak } from '../own-account.js';
import { OwnSheet, OwnWays } from '../own-sheets.js';
import { closeSheet, openSheet, sheet } from '../router.js';
import { account, signOut } from '../session.js';
import { Sheet } from '../sheet.js';
import KeepCard from './keep-card.js';
import { underWay } from './placing.js';
import { SignInFirst } from './sign-in-first.js';

await styled('eat-order');

const SHEET = 'leave';

export default function Account() {
  const own = account.value;
  return html`<div class="account">
    ${own ? html`<${Own} own=${own} />` : html`<${SignInFirst} name=${t('eat.account')} title=${t('eat.account-guest')} scene="wave" />`}
    <div class="page narrow"><${Language} /></div>
    ${own && sheet(SHEET) !== null && html`<${Warning} why=${sheet(SHEET)} />`}
    ${own && html`<${OwnSheet} />`}
  </div>`;
}

/** @param {{ own: import('../../types/app').Account }} props */
function Own({ own }) {
  const leave = () => {
    if (underWay()) openSheet(SHEET, 'waiting');
    else if (own.guest) openSheet(SHEET, 'guest');
    else return signOut();
  };
  return html`<div class="page narrow stack loose">
    <${Title}>${t('eat.account')}<//>
    <section class="card pad row account-who">
      <span class="tile l round"><img src="/img/scene/wave.webp" alt="" width="42" height="42" /></span>
      <div class="grow"><h2 translate="no">${own.name}</h2>${own.guest ? html`<p class="muted">${t('eat.guest')}</p>` : own.email && html`<p class="muted" translate="no">${own.email}</p>`}</div>
    </section>
    ${own.guest && html`<${KeepCard} />`}
    <nav class="card list pad-inline" aria-label=${t('eat.account')}>
      <${Way} to="/eat/orders" icon="receipt" words=${t('eat.orders')} />
      <${Way} to="/eat/notices" icon="bell" words=${t('eat.notices')} />
      <${Way} to="/eat/addresses" icon="map-pin" words=${t('eat.addresses')} />
      <${OwnWays} guest=${own.guest} />
    </nav>
    <${Button} kind="line" onPress=${leave}><${Icon} name="log-out" class="flip" />${t('kit.sign-out')}<//>
  </div>`;
}

/** @param {{ to: string, icon: string, words: string }} props */
function Way({ to, icon, words }) {
  return html`<a class="item" href=${to}><${Icon} name=${icon} /><span class="grow">${words}</span><${Icon} name="chevron-right" class="flip" /></a>`;
}

/** Each language in its own words. */
function Language() {
  return html`<fieldset class="card pad stack"><legend class="card-title row"><${Icon} name="languages" />${t('kit.language')}</legend>
    <div class="seg">${LOCALES.map((one) => html`<label key=${one} class="chip"><input type="radio" class="visually-hidden" name="language" checked=${one === locale} onChange=${() => speak(one)} /><span lang=${one} translate="no">${nameOf(one)}</span></label>`)}</div>
  </fieldset>`;
}

/** @param {string} one */
function nameOf(one) {
  const name = new Intl.DisplayNames(one, { type: 'language' }).of(one) ?? one;
  return name[0].toLocaleUpperCase(one) + name.slice(1);
}

/** What signing out loses: an order on its way to the server, which this browser forgets; or all that a guest has. @param {{ why: string | null }} props */
function Warning({ why }) {
  const close = () => closeSheet(SHEET);
  const what = why === 'guest' ? 'guest' : 'waiting';
  const bar = html`<${Button} kind="bad big" onPress=${signOut}>${t('kit.sign-out')}<//>`;
  return html`<${Sheet} title=${t(`eat.leave-${what}`)} class="small" onClose=${close} bar=${bar}><p>${t(`eat.leave-${what}-more`)}</p><//>`;
}
