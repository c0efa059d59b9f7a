// @ts-check
/** What was ordered, as it is cooked. */
import { html, signal } from '../../vendor/ui.js';
import { listed, money, number, t } from '../i18n.js';

/** So many lines stand on a card; the others are shown when asked for, so that its buttons stay in reach. */
const ON_A_CARD = 10;

/** Orders of which all lines are shown. */
const whole = signal(/** @type {string[]} */ ([]));

/** @typedef {import('../../types/app').Order} Order */

/** @param {{ order: Order, brief?: boolean, priced?: boolean }} props `brief`: as a card has room for; `priced`: with what each costs */
export function Lines({ order, brief = false, priced = false }) {
  const cut = brief && order.lines.length > ON_A_CARD + 1 && !whole.value.includes(order.id);
  const lines = cut ? order.lines.slice(0, ON_A_CARD) : order.lines;
  const more = order.lines.length - lines.length;
  return html`<ul class="dishes">
    ${lines.map(
      (line) => html`<li key=${line.line}>
        <span class="q" translate="no">${number(line.quantity)}×</span>
        <span class="dish" translate="no"><bdi>${line.name}</bdi></span>
        ${priced && html`<span class="num end" translate="no">${money(line.total)}</span>`}
        ${line.options.length > 0 && html`<span class="options" translate="no">${listed(line.options.map(({ name }) => name), 'dot')}</span>`}
      </li>`,
    )}
    ${more > 0 && html`<li class="more"><button type="button" class="btn small" onClick=${() => (whole.value = [...whole.peek(), order.id])}>${t('kitchen.more-lines', { count: more })}</button></li>`}
  </ul>`;
}
