// @ts-check
/** Giving money back: how much, and why. What is typed stays, whatever becomes of the payment meanwhile. */
import { html, signal, useEffect, useId, useRef } from '../../vendor/ui.js';
import { isOutcome } from '../actions.js';
import { ApiError } from '../api.js';
import { money, orderNumber, said, t } from '../i18n.js';
import { Busy, Button, Failure, Icon, toast } from '../kit.js';
import { hold } from '../page.js';
import Refunds from '../refunds.js';
import { Field, focusFault, Sheet } from '../sheet.js';
import { AmountField } from './amount-field.js';
import { customer, why } from './feed.js';
import { asForm, check, givesBack, left } from './refund-rules.js';
import { formOf, giveBack, giveUp, isUnsure, sentRefund, usePayment, write } from './refund-store.js';
import { useOrder } from './use-order.js';

/** As the server has it. */
const MOST_CHARACTERS = 500;
const REASONS = /** @type {const} */ (['missing', 'wrong', 'cold', 'late']);

/** More than is left. */
const EXCEEDS = 'refund-exceeds-captured';

/** The order for which it was tried: from then on what is wrong is told at its field. */
const tried = signal('');
/** What the server refused, and of which order. */
const refused = signal(/** @type {{ id: string, error: ApiError } | null} */ (null));

/**
 * @typedef {import('../../types/app').Schemas['Payment']} Payment
 * @typedef {import('../../types/app').Schemas['Refund']} Refund
 * @typedef {import('./refund-rules.js').Form} Refunding
 */

/** @param {{ id: string, restaurant: import('./restaurants.js').Restaurant, onClose: () => void }} props */
export default function RefundSheet({ id, restaurant, onClose }) {
  const { order, error, look } = useOrder(id);
  const paid = usePayment(id);
  const failed = order ? paid.error : error;
  const again = () => Promise.all([look(), paid.look()]);
  if (order && paid.payment) return html`<${Form} order=${order} payment=${paid.payment} look=${paid.look} zone=${restaurant.time_zone} onClose=${onClose} />`;
  return html`<${Sheet} title=${t('kitchen.refund')} onClose=${onClose}>${failed ? html`<${Failure} error=${failed} retry=${again} />` : html`<${Busy} />`}<//>`;
}

/** @param {{ order: import('../../types/app').Order, payment: Payment, look: () => Promise<Payment | null>, zone: string, onClose: () => void }} props */
function Form({ order, payment, look, zone, onClose }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => hold('a refund is being written'), []);
  const { id } = order;
  const [sent, unsure] = [sentRefund(id), isUnsure(id)];
  const form = sent ? asForm(JSON.parse(sent.body ?? '{}')) : formOf(id);
  const rest = left(payment);
  const { currency } = rest;
  const { body, faults, question } = check(form, currency);
  const possible = sent !== undefined || givesBack(payment);
  const error = refused.value?.id === id ? refused.value.error : null;
  const wrong = tried.value === id ? faults : {};
  const change = (/** @type {Partial<Refunding>} */ part) => {
    refused.value = null;
    write(id, part);
  };
  const press = async () => {
    tried.value = id;
    if (!sent && Object.keys(faults).length > 0) return focusFault(box.current);
    refused.value = null;
    try {
      const asked = await giveBack(id, payment.id, body);
      tried.value = '';
      const now = await look();
      onClose();
      tell(now?.refunds.find((refund) => refund.id === asked?.id) ?? asked);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      if (isOutcome(failure)) refused.value = { id, error: failure };
      // It may have been given back, or less is left than was shown.
      await look();
      focusFault(box.current);
    }
  };
  const amount = form.part ? body.amount : rest;
  const words = unsure ? t('kit.try-again') : amount ? t('kitchen.refund-amount', { amount: money(amount) }) : t('kitchen.refund');
  const bar = possible ? html`<${Button} kind="primary big" onPress=${press}>${words}<//>` : html`<${Button} kind="big" onPress=${onClose}>${t('kit.close')}<//>`;
  return html`<${Sheet} title=${t('kitchen.refund-title', { number: orderNumber(order.number) })} onClose=${onClose} bar=${bar}>
    <div class="stack loose" ref=${box}>
      ${!possible && html`<p class="banner warn" role="alert"><${Icon} name="info" /><span>${t('kitchen.refund-nothing')}</span></p>`}
      ${unsure && html`<div class="banner warn" role="alert"><${Icon} name="info" /><p>${t('kitchen.refund-unsure')}</p></div>`}
      ${possible && error && !atAmount(error, form) && !error.field('/reason') && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${said(error)}</span></p>`}
      <p class="muted">${t('kitchen.refund-more', { name: customer(order) })}</p>
      <fieldset class="stack loose" disabled=${sent !== undefined || !possible} aria-label=${t('kitchen.refund')}>
        <${HowMuch} form=${form} rest=${rest} question=${question} error=${wrong.amount ? t(`kitchen.fault-${wrong.amount}`, { currency }) : error && atAmount(error, form)} onChange=${change} />
        <${Why} reason=${form.reason} error=${wrong.reason ? t('problem.no-reason') : error?.field('/reason')} onChange=${(/** @type {string} */ reason) => change({ reason })} />
      </fieldset>
      ${unsure && html`<p class="row wrap"><button type="button" class="btn link" onClick=${() => giveUp(id)}>${t('kitchen.refund-give-up')}</button></p>`}
      <${Refunds} payment=${payment} zone=${zone} why=${(/** @type {string} */ reason) => why({ reason })} />
    </div>
  <//>`;
}

/** @param {{ form: Refunding, rest: import('./refund-rules.js').Money, question?: number[], error: string | null, onChange: (part: Partial<Refunding>) => void }} props `rest`: all that is left */
function HowMuch({ form, rest, question, error, onChange }) {
  const name = useId();
  const { currency } = rest;
  const choice = (/** @type {boolean} */ part, /** @type {string} */ words, /** @type {any} */ more = null) => html`<label class="opt"><input type="radio" name=${name} checked=${form.part === part} onChange=${() => onChange({ part })} /><span>${words}</span>${more}</label>`;
  return html`<div class="list" role="radiogroup" aria-label=${t('kitchen.refund-how-much')}>
      ${choice(false, t('kitchen.refund-all'), html`<span class="num strong" translate="no">${money(rest)}</span>`)}
      ${choice(true, t('kitchen.refund-part'))}
    </div>
    ${form.part && html`<${AmountField} label=${t('kitchen.refund-in', { currency })} value=${form.amount} currency=${currency} question=${question} error=${error} onInput=${(/** @type {string} */ amount) => onChange({ amount })} />`}`;
}

/** @param {{ reason: string, error: string | null | undefined, onChange: (reason: string) => void }} props */
function Why({ reason, error, onChange }) {
  return html`<div class="stack">
    <div class="row wrap reasons">${REASONS.map((word) => {
      const words = t(`kitchen.refund-${word}`);
      return html`<button type="button" key=${word} class="chip" aria-pressed=${String(reason === words)} onClick=${() => onChange(words)}>${words}</button>`;
    })}</div>
    <${Field} label=${t('kitchen.reason')} value=${reason} onInput=${onChange} error=${error} hint=${t('kitchen.reason-hint')} maxlength=${MOST_CHARACTERS} autocomplete="off" />
  </div>`;
}

/** Says what has become of it by now. @param {Refund | null} refund */
function tell(refund) {
  if (refund) toast(t(`kit.refund-told-${refund.status}`, { amount: money(refund.amount) }), refund.status === 'failed' ? 'bad' : 'good');
}

/** What was refused of the amount, where one was typed. @param {ApiError} error @param {Refunding} form */
function atAmount(error, { part }) {
  if (!part) return null;
  return error.code === EXCEEDS ? said(error) : (error.field('/amount/amount') ?? error.field('/amount'));
}
