// @ts-check
/** Why an order is not taken on, or is called off after all. What was typed stays, whatever becomes of the order meanwhile. */
import { html, signal } from '../../vendor/ui.js';
import { ApiError } from '../api.js';
import { orderNumber, said, t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { Field, Sheet } from '../sheet.js';
import { give, typedReasons } from './answer.js';
import { became, customer, known } from './feed.js';

/** As the server has it. */
const MOST_CHARACTERS = 500;
const REASONS = /** @type {const} */ (['busy', 'missing', 'closing', 'cannot']);

/** What the server refused, and of which order. */
const refused = signal(/** @type {{ id: string, error: ApiError } | null} */ (null));

/** @param {{ id: string, onClose: () => void }} props */
export default function EndSheet({ id, onClose }) {
  const order = known.value?.get(id);
  if (!order) return null;
  const answer = /** @type {const} */ (['reject', 'cancel']).find((word) => order.allowed_actions.includes(word));
  const reason = typedReasons.value[id] ?? '';
  const error = refused.value?.id === id ? refused.value.error : null;
  const type = (/** @type {string} */ text) => {
    refused.value = null;
    typedReasons.value = { ...typedReasons.peek(), [id]: text };
  };
  const end = async () => {
    if (!answer) return;
    try {
      if (await give(order, answer, { reason: reason.trim() })) onClose();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      refused.value = { id, error: failure };
    }
  };
  const kind = answer ?? 'reject';
  const bar = answer && html`<${Button} kind="bad big" disabled=${reason.trim() === ''} onPress=${end}>${t(`kitchen.${kind}-number`, { number: orderNumber(order.number) })}<//>`;
  return html`<${Sheet} title=${t(`kitchen.${kind}-title`, { number: orderNumber(order.number) })} onClose=${onClose} bar=${bar}>
    <div class="stack loose">
      ${!answer && html`<p class="banner warn over" role="alert"><${Icon} name="info" /><span>${t('kitchen.over', { what: became(order) })}</span></p>`}
      ${error && !error.field('/reason') && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${said(error)}</span></p>`}
      <p class="muted">${t(`kitchen.${kind}-more`, { name: customer(order) })}</p>
      <div class="row wrap reasons">${REASONS.map((word) => {
        const words = t(`kitchen.reason-${word}`);
        return html`<button type="button" key=${word} class="chip" aria-pressed=${String(reason === words)} onClick=${() => type(words)}>${words}</button>`;
      })}</div>
      <${Field} label=${t('kitchen.reason')} value=${reason} onInput=${type} error=${error?.field('/reason')} hint=${t('kitchen.reason-hint')} maxlength=${MOST_CHARACTERS} autocomplete="off" />
    </div>
  <//>`;
}
