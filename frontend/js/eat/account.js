// @ts-check
/** Who is signed in, in which language, and the way out. */
import { html } from '../../vendor/ui.js';
import { chooseLocale, locale, LOCALES, t } from '../i18n.js';
import { Button, Icon, styled, Title } from '../kit.js';
import { closeSheet, openSheet, sheet } from '../router.js';
import { account, signOut } from '../session.js';
import { Sheet } from '../sheet.js';
import { underWay } from './placing.js';
import { SignInFirst } from './sign-in-first.js';

await styled('eat-order');

const SHEET = 'leave';

export default function Account() {
  const own = account.value;
  return html`<div class="account">
    ${own ? html`<${Own} own=${own} />` : html`<${SignInFirst} name=${t('eat.account')} title=${t('eat.account-guest')} scene="wave" />`}
    <div class="page narrow"><${Language} /></div>
    ${own && sheet(SHEET) !== null && html`<${Warning} />`}
  </div>`;
}

/** @param {{ own: import('../../types/app').Account }} props */
function Own({ own }) {
  const leave = () => (underWay() ? openSheet(SHEET, 'waiting') : signOut());
  return html`<div class="page narrow stack loose">
    <${Title}>${t('eat.account')}<//>
    <section class="card pad row account-who">
      <span class="tile l round"><img src="/img/scene/wave.webp" alt="" width="42" height="42" /></span>
      <div class="grow"><h2 translate="no">${own.name}</h2>${own.email && html`<p class="muted" translate="no">${own.email}</p>`}</div>
    </section>
    <nav class="card list pad-inline" aria-label=${t('eat.account')}>
      <a class="item" href="/eat/orders"><${Icon} name="receipt" /><span class="grow">${t('eat.orders')}</span><${Icon} name="chevron-right" class="flip" /></a>
      <a class="item" href="/eat/notices"><${Icon} name="bell" /><span class="grow">${t('eat.notices')}</span><${Icon} name="chevron-right" class="flip" /></a>
    </nav>
    <${Button} kind="line" onPress=${leave}><${Icon} name="log-out" class="flip" />${t('kit.sign-out')}<//>
  </div>`;
}

/** Each language in its own words. */
function Language() {
  return html`<fieldset class="card pad stack"><legend class="card-title row"><${Icon} name="languages" />${t('kit.language')}</legend>
    <div class="seg">${LOCALES.map((one) => html`<label key=${one} class="chip"><input type="radio" class="visually-hidden" name="language" checked=${one === locale} onChange=${() => chooseLocale(one)} /><span lang=${one} translate="no">${nameOf(one)}</span></label>`)}</div>
  </fieldset>`;
}

/** @param {string} one */
function nameOf(one) {
  const name = new Intl.DisplayNames(one, { type: 'language' }).of(one) ?? one;
  return name[0].toLocaleUpperCase(one) + name.slice(1);
}

/** An order of theirs is on its way to the server: signing out forgets it here. */
function Warning() {
  const close = () => closeSheet(SHEET);
  const bar = html`<${Button} kind="bad big" onPress=${signOut}>${t('kit.sign-out')}<//>`;
  return html`<${Sheet} title=${t('eat.leave-waiting')} class="small" onClose=${close} bar=${bar}><p>${t('eat.leave-waiting-more')}</p><//>`;
}
