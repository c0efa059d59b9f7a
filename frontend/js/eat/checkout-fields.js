// @ts-check
/** What people type and choose in the checkout, each with what is wrong beside it. */
import { html, useId } from '../../vendor/ui.js';
import { config } from '../api.js';
import { MAX_NAME, PHONE_LENGTH } from '../form.js';
import { t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { Field } from '../sheet.js';
import { MAX_NOTES } from './draft.js';
import { payWords } from './receipt.js';

/** What the kitchen should know. @param {{ value: string, error: string | null, onChange: (value: string) => void }} props */
export function Notes({ value, error, onChange }) {
  return html`<section class="card pad"><${Field} label=${t('eat.notes')} name="notes" multiline optional autocomplete="off" maxlength=${MAX_NOTES} rows="1" placeholder=${t('eat.notes-hint')} value=${value} error=${error} onInput=${onChange} /></section>`;
}

/**
 * Whom the courier asks for. A guest is known by that alone, so both are asked for then.
 * @param {{ asked: boolean, name: string, phone: string, nameError: string | null, phoneError: string | null, onName: (value: string) => void, onPhone: (value: string) => void, onSignIn: () => unknown }} props
 * `asked`: nobody is signed in
 */
export function Contact({ asked, name, phone, nameError, phoneError, onName, onPhone, onSignIn }) {
  return html`<section class="card pad stack"><h2 class="card-title">${t('eat.contact')}</h2>
    ${asked && html`<p class="muted">${t('eat.no-account-needed')}</p>`}
    <div class="fields">
      <${Field} label=${t('kit.name')} name="name" autocomplete="name" maxlength=${MAX_NAME} value=${name} error=${nameError} onInput=${onName} />
      <${Field} label=${t('kit.phone')} name="phone" type="tel" inputmode="tel" autocomplete="tel" maxlength=${PHONE_LENGTH.most} optional=${!asked} value=${phone} error=${phoneError} onInput=${onPhone} />
    </div>
    ${asked && html`<p class="row wrap"><span class="muted">${t('kit.has-account')}</span><${Button} kind="link" onPress=${onSignIn}>${t('eat.sign-in-to-order')}<//></p>`}
  </section>`;
}

/** @param {{ methods: import('../../types/app').Config['payment_methods'], chosen: string | undefined, error: string | null, onChoose: (token: string) => void }} props */
export function Payment({ methods, chosen, error, onChoose }) {
  const name = useId();
  return html`<fieldset class="card pad checkout-pay">
    <legend class="card-title">${t('eat.payment')}</legend>
    ${config.payments_simulated && html`<p class="muted small">${t('eat.payment-simulated')}</p>`}
    <div class="list">${methods.map(({ token, label }) => html`<label key=${token} class="opt">
      <input type="radio" name=${name} value=${token} checked=${token === chosen} onChange=${() => onChoose(token)} />
      <span>${payWords(label)}${config.payments_simulated && html` <span class="muted small">${t('eat.simulated')}</span>`}</span><${Icon} name="credit-card" />
    </label>`)}</div>
    ${error && html`<p class="field-error" role="alert"><${Icon} name="triangle-alert" />${error}</p>`}
  </fieldset>`;
}
