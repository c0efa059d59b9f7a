// @ts-check
/** Calling an order off, while that is possible: why, and whether it really is to be. */
import { html, signal, useId } from '../../vendor/ui.js';
import { ApiError, call, newKey } from '../api.js';
import { isOutcome } from '../actions.js';
import { said, t } from '../i18n.js';
import { Button, Icon, toast } from '../kit.js';
import { closeSheet } from '../router.js';
import { Field, Sheet } from '../sheet.js';
import { isOver } from './order-words.js';

/** As the server has it. */
const MAX_REASON = 500;
const REASONS = ['mind', 'mistake', 'slow', 'address'];
const OTHER = 'other';

/** What is chosen and typed lies here: a page that is drawn anew finds it. */
const chosen = signal(REASONS[0]);
const typed = signal('');
const refused = signal(/** @type {unknown} */ (null));
/** The request whose outcome is not known: sent again it is the same. @type {{ order: string, reason: string, key: string } | null} */
let unsure = null;

/** @param {{ live: import('../live.js').Live<import('../../types/app').Order> }} props */
export default function Cancel({ live }) {
  const group = useId();
  const order = live.data.value;
  if (!order) return null;
  const possible = order.allowed_actions.includes('cancel');
  const close = () => {
    refused.value = null;
    closeSheet('cancel');
  };
  const reason = chosen.value === OTHER ? typed.value.trim() : t(`eat.cancel-${chosen.value}`);
  const go = async () => {
    if (!reason) return void (refused.value = new ApiError({ code: 'no-reason' }));
    const key = unsure?.order === order.id && unsure.reason === reason ? unsure.key : newKey();
    unsure = { order: order.id, reason, key };
    refused.value = null;
    try {
      const { data } = await call('cancel-order', { path: { order_id: order.id }, body: { reason }, key });
      unsure = null;
      live.tell(data);
      close();
      toast(t('eat.cancelled'), 'good');
    } catch (error) {
      if (isOutcome(error)) unsure = null;
      refused.value = error;
      void live.refresh();
    }
  };
  // The order may move on meanwhile: then the sheet says so, and what was typed stays to be copied.
  const words = order.status === 'cancelled' ? t('eat.cancelled') : isOver(order) ? t('eat.cancel-over') : t('eat.cancel-too-late', { restaurant: order.restaurant.name });
  const bar = possible ? html`<${Button} kind="bad big" onPress=${go}>${t('eat.cancel')}<//>` : html`<${Button} kind="big" onPress=${close}>${t('kit.close')}<//>`;
  const option = (/** @type {string} */ name) => html`<label key=${name} class="opt"><input type="radio" name=${group} checked=${chosen.value === name} onChange=${() => (chosen.value = name)} /><span>${t(`eat.cancel-${name}`)}</span></label>`;
  return html`<${Sheet} title=${t('eat.cancel-title')} class="small" onClose=${close} bar=${bar}>
    <div class="stack">
      ${!possible && html`<p class="banner warn" role="alert"><${Icon} name="triangle-alert" /><span>${words}</span></p>`}
      ${possible && refused.value && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${unsure ? t('eat.cancel-unsure') : said(refused.value)}</span></p>`}
      ${possible && html`<p class="muted">${t('eat.cancel-free')}</p>`}
      <fieldset class="list"><legend class="visually-hidden">${t('eat.cancel-why')}</legend>${[...REASONS, OTHER].map(option)}</fieldset>
      ${chosen.value === OTHER && html`<${Field} label=${t('eat.cancel-words')} name="reason" autocomplete="off" maxlength=${MAX_REASON} value=${typed.value} readonly=${!possible}
        onInput=${(/** @type {string} */ words) => ((typed.value = words), (refused.value = null))} />`}
    </div>
  <//>`;
}
