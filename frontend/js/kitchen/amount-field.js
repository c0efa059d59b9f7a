// @ts-check
/** An amount, typed as people here write it; where it can be read in two ways, it is asked. */
import { html } from '../../vendor/ui.js';
import { typed } from '../amount.js';
import { money, t } from '../i18n.js';
import { Field } from '../sheet.js';

/** @param {{ label: string, value: string, currency: string, question?: number[], error: string | null, onInput: (value: string) => void, [more: string]: any }} props `question`: the amounts it may mean */
export function AmountField({ label, value, currency, question, error, onInput, ...more }) {
  return html`<div class="stack amount-field">
    <${Field} label=${label} value=${value} error=${error} onInput=${onInput} inputmode="decimal" autocomplete="off" dir="ltr" translate="no" ...${more} />
    ${question && html`<div class="row wrap" role="group" aria-label=${t('kitchen.which-amount')}><span class="small">${t('kitchen.which-amount')}</span>
      ${question.map((amount) => html`<button type="button" key=${amount} class="chip num" translate="no" onClick=${() => onInput(typed(amount, currency))}>${money({ amount, currency })}</button>`)}</div>`}
  </div>`;
}
