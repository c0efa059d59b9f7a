// @ts-check
/** An order on paper, 80 mm wide. It is printed once, as soon as it is there. */
import { html, useEffect } from '../../vendor/ui.js';
import { money, number, orderNumber, t } from '../i18n.js';
import { Busy, Failure, Icon, Title } from '../kit.js';
import { useLive } from '../live.js';
import { back } from '../router.js';
import { when } from '../times.js';
import { beginAlarm } from './alarm.js';
import { Asks, SoundIsOff, tabName } from './asks.js';
import { customer, items } from './feed.js';

/** @typedef {import('../../types/app').Order} Order */

beginAlarm();

/** What was printed since the page was loaded: drawn anew, it is not printed again. @type {Set<string>} */
const printed = new Set();

/** @param {{ restaurant_id: string, order_id: string }} props */
export default function Page({ restaurant_id, order_id }) {
  const found = useLive('get-order', { path: { order_id } }, { poll: false });
  const place = useLive('get-restaurant', { path: { restaurant_id } }, { poll: false });
  const order = /** @type {Order | null} */ (found.data.value);
  const zone = place.data.value?.time_zone;
  const error = found.error.value ?? place.error.value;
  const board = `/kitchen/${restaurant_id}`;
  return html`<main id="main" class="page ticket-page">
    <${SoundIsOff} />
    <${Asks} board=${board} />
    <div class="row between no-print">
      <button type="button" class="btn" onClick=${() => back(board)}><${Icon} name="arrow-left" class="flip" />${t('kitchen.to-board')}</button>
      ${order && zone && html`<button type="button" class="btn strong" onClick=${() => window.print()}><${Icon} name="printer" />${t('kitchen.print')}</button>`}
    </div>
    ${order && zone ? html`<${Ticket} key=${order.id} order=${order} zone=${zone} />` : error ? html`<${Failure} page error=${error} retry=${() => Promise.all([found.refresh(), place.refresh()])} />` : html`<${Busy} />`}
  </main>`;
}

/** @param {{ order: Order, zone: string }} props */
function Ticket({ order, zone }) {
  useEffect(() => {
    void print(order.id);
  }, []);
  return html`<article class="ticket">
    <header>
      <${Title} name=${tabName(t('kitchen.ticket-of', { number: orderNumber(order.number) }))} class="ticket-number"><span translate="no">${orderNumber(order.number)}</span><//>
      <p class="ticket-who"><bdi translate="no">${customer(order)}</bdi></p>
      <p>${t('kitchen.items', { count: items(order) })} · <span translate="no">${money(order.total)}</span></p>
    </header>
    ${order.notes && html`<p class="ticket-note" translate="no">${order.notes}</p>`}
    <ul class="ticket-lines" translate="no">
      ${order.lines.map(
        (line) => html`<li key=${line.line}>
          <span class="ticket-q">${number(line.quantity)}×</span>
          <b>${line.name}</b>
          ${line.options.length > 0 && html`<ul>${line.options.map((option) => html`<li key=${option.option_id}><bdi>${option.name}</bdi></li>`)}</ul>`}
        </li>`,
      )}
    </ul>
    <footer>
      <p>${t('kitchen.time-placed_at')}: <span translate="no">${when(order.placed_at, zone)}</span></p>
      ${order.ready_by && html`<p><b>${t('kitchen.time-ready_by')}: <span translate="no">${when(order.ready_by, zone)}</span></b></p>`}
      <p>${t('kitchen.time-promised_at')}: <span translate="no">${when(order.promised_at, zone)}</span></p>
      <p translate="no">${order.restaurant.name}</p>
    </footer>
  </article>`;
}

/** @param {string} id */
async function print(id) {
  if (printed.has(id)) return;
  printed.add(id);
  await document.fonts.ready;
  // Drawn first: what is printed is what stands there.
  requestAnimationFrame(() => setTimeout(() => window.print()));
}
