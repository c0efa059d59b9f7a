// @ts-check
/** What was or will be paid, line by line: of a quote and of an order alike. Every amount is the server's. */
import { Fragment, html } from '../../vendor/ui.js';
import { decimals, has, listed, money, number, t } from '../i18n.js';

/**
 * @typedef {import('../../types/app').Money} Money
 * @typedef {import('../../types/app').Schemas['Line']} Line
 * @typedef {Record<'subtotal' | 'delivery_fee' | 'service_fee' | 'small_order_fee' | 'discount' | 'tax' | 'tip' | 'total', Money>} Priced
 */

/** An amount in a column that says its currency elsewhere. @param {Money} money */
export function plain({ amount, currency }) {
  const digits = decimals(currency);
  return number(amount / 10 ** digits, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The dishes. @param {{ lines: Line[] }} props */
export function Lines({ lines }) {
  return html`<ul class="lines">${lines.map(({ line, name, options, quantity, total }) => html`<li key=${line}>
    <span class="q" translate="no">${quantity}×</span>
    <span><bdi translate="no">${name}</bdi>${options.length > 0 && html`<span class="block muted small" translate="no">${listed(options.map((option) => option.name))}</span>`}</span>
    <span class="num strong" translate="no">${plain(total)}</span>
  </li>`)}</ul>`;
}

/** The sums: fees that are nothing are left out, but for delivery, which people look for. @param {{ of: Priced }} props */
export function Sums({ of }) {
  const rows = /** @type {[string, Money, boolean][]} */ ([
    ['eat.sum-dishes', of.subtotal, true],
    ['eat.sum-delivery', of.delivery_fee, true],
    ['eat.sum-service', of.service_fee, false],
    ['eat.sum-small-order', of.small_order_fee, false],
    ['eat.sum-discount', { ...of.discount, amount: -of.discount.amount }, false],
    ['eat.sum-tip', of.tip, false],
  ]);
  return html`<div class="receipt">
    <dl class="sums">
      ${rows.filter(([, { amount }, always]) => always || amount !== 0).map(([word, amount]) => html`<${Fragment} key=${word}><dt>${t(word)}</dt><dd translate="no">${plain(amount)}</dd><//>`)}
      <dt class="total">${t('eat.sum-total')}</dt><dd class="total" translate="no">${money(of.total)}</dd>
    </dl>
    ${of.tax.amount !== 0 && html`<p class="muted small">${t('eat.sum-tax', { tax: money(of.tax) })}</p>`}
  </div>`;
}

/** What a means of payment is called. @param {string} label */
export function payWords(label) {
  return has(`eat.pay-${label}`) ? t(`eat.pay-${label}`) : label;
}
