// @ts-check
/** What an order's end means, and what can be done now. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { Later } from '../router.js';
import { moneySaid } from './order-words.js';

/** @param {{ order: import('./order-words.js').Order, payment: import('./order-words.js').Payment | null }} props */
export function Ended({ order, payment }) {
  const money = moneySaid(order, payment);
  const again = async () => (await import('./reorder.js')).orderAgain(order);
  return html`<div class="stack order-end">
    ${money && html`<p class="banner good"><${Icon} name="hand-coins" /><span>${money}</span></p>`}
    ${order.status === 'payment_failed' ? html`<${Later} load=${() => import('./another-card.js')} order=${order} method=${payment?.method} />` : html`<div class="row wrap">
      <${Button} kind=${order.status === 'delivered' ? 'strong' : 'line'} onPress=${again}><${Icon} name="repeat" />${t('eat.again')}<//>
      ${order.status !== 'delivered' && html`<a class="btn strong" href="/eat">${t('eat.other-restaurant')}</a>`}
    </div>`}
  </div>`;
}
