// @ts-check
/** What somebody gives the courier: nothing, a usual amount, or one that they type. */
import { html, useId } from '../../vendor/ui.js';
import { readAmount, typed as asTyped } from '../amount.js';
import { decimals, money, number, t } from '../i18n.js';
import { Field } from '../sheet.js';
import { NO_TIP } from './draft.js';

/** @typedef {import('./draft.js').Tip} Tip */

/** Usual amounts in minor units, where they are not 1, 2 and 5 of the currency. */
const USUAL = /** @type {Record<string, number[]>} */ ({
  RON: [500, 1000], BGN: [200, 500], CZK: [2000, 5000], PLN: [500, 1000], SEK: [1000, 2000], NOK: [1000, 2000], DKK: [1000, 2000],
  HUF: [30000, 50000], TRY: [2000, 5000], INR: [2000, 5000], JPY: [200, 500], KRW: [1000, 2000], VND: [10000, 20000], KWD: [250, 500],
});

/** @param {string} currency */
function usual(currency) {
  return USUAL[currency] ?? [1, 2].map((units) => units * 10 ** decimals(currency));
}

/** An amount as short as it can be said: 5 rather than 5.00. @param {number} minor @param {string} currency */
function short(minor, currency) {
  const digits = decimals(currency);
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits, trailingZeroDisplay: 'stripIfInteger' };
  return number(minor / 10 ** digits, /** @type {any} */ (style));
}

/**
 * What a tip comes to in minor units, as it is typed; or what is unclear about it.
 * @param {Tip} tip @param {string} currency
 * @returns {{ minor: number } | { ask: number[] } | { wrong: string }}
 */
export function tipOf({ minor, typed }, currency) {
  if (typed === null) return { minor };
  const read = readAmount(typed, currency);
  return 'wrong' in read && read.wrong === 'empty' ? { minor: 0 } : read;
}

/** @param {{ tip: Tip, currency: string, error: string | null, onChange: (tip: Tip) => void }} props */
export function TipPicker({ tip, currency, error, onChange }) {
  const name = useId();
  const read = tipOf(tip, currency);
  const other = tip.typed !== null;
  const choice = (/** @type {boolean} */ chosen, /** @type {Tip} */ to, /** @type {string} */ words) => html`<label key=${words} class="chip">
    <input type="radio" class="visually-hidden" name=${name} checked=${chosen} onChange=${() => onChange(to)} /><span>${words}</span>
  </label>`;
  const wrong = 'wrong' in read ? t(`eat.tip-${read.wrong}`, { currency }) : 'ask' in read ? t('eat.tip-which') : null;
  return html`<fieldset class="card pad stack checkout-tip">
    <legend class="card-title">${t('eat.tip-title')}</legend>
    <div class="seg">
      ${choice(!other && tip.minor === 0, NO_TIP, t('eat.tip-none'))}
      ${usual(currency).map((amount) => choice(!other && tip.minor === amount, { minor: amount, typed: null }, short(amount, currency)))}
      ${choice(other, { minor: 0, typed: tip.minor ? asTyped(tip.minor, currency) : '' }, t('eat.tip-other'))}
    </div>
    ${other && html`<${Field} label=${t('eat.tip-amount', { currency })} name="tip" inputmode="decimal" autocomplete="off" value=${tip.typed ?? ''} error=${wrong ?? error}
      onInput=${(/** @type {string} */ typed) => onChange({ minor: 0, typed })} />`}
    ${'ask' in read && html`<div class="row wrap">${read.ask.map((amount) => html`<button key=${amount} type="button" class="chip" onClick=${() => onChange({ minor: 0, typed: asTyped(amount, currency) })}>${money({ amount, currency })}</button>`)}</div>`}
  </fieldset>`;
}
