// @ts-check
/** The checkout: where to, what, for how much, and one button. Nobody pays for anything but what they see. */
import { computed, effect, html, signal, useEffect } from '../../vendor/ui.js';
import { config, serverNow } from '../api.js';
import { orderNumber, t } from '../i18n.js';
import { Busy, Button, Empty, Icon, styled, Title } from '../kit.js';
import { useLive } from '../live.js';
import { back, route } from '../router.js';
import { account, ended } from '../session.js';
import { address } from './address.js';
import { bag, quoteItems } from './bag.js';
import { emptied, Removed, useBag } from './bag-view.js';
import { CheckoutForm } from './checkout-form.js';
import { draftFor } from './draft.js';
import { isOver } from './order-words.js';
import { justPlaced, lastPlaced } from './placed.js';
import { doubt, goOn, keepPlacing, refusal, sending, underWay } from './placing.js';
import { quoting } from './quoting.js';
import { tipOf } from './tip.js';

await styled('eat-order');

/** The currency of the bag's restaurant, once it is known: the tip is in it. */
const currency = signal(/** @type {{ of: string, code: string } | null} */ (null));

/** What a quote is asked of: the bag, where to, and the tip; nothing while somebody else's turn it is. */
const wish = computed(() => {
  const { restaurant } = bag();
  const [who, stop] = [account.value, address()];
  if (route.value.path !== '/eat/checkout' || !restaurant || !who || !stop || ended.value || underWay()) return null;
  const { tip } = draftFor(restaurant.id);
  const code = currency.value?.of === restaurant.id ? currency.value.code : null;
  const read = code ? tipOf(tip, code) : { minor: 0 };
  const amount = 'minor' in read ? read.minor : 0;
  // A tip of a currency that is not known yet waits for it.
  if (!code && (tip.minor > 0 || tip.typed)) return null;
  return {
    who: who.id,
    // A quote is for one order: the same bag again wants another.
    after: lastPlaced()?.order_id,
    restaurant_id: restaurant.id,
    body: { items: quoteItems(bag()), deliver_to: stop, ...(amount > 0 && { tip: { amount, currency: code } }) },
  };
});

// It lives as long as the page: drawn anew, the checkout finds its quote.
const quotes = quoting(/** @type {any} */ (wish));

// Whoever has signed in again is shown the price of then.
let waited = false;
effect(() => {
  if (waited && !ended.value) quotes.anew();
  waited = ended.value;
});

// What was refused of another bag is over.
let wished = '';
effect(() => {
  if (!wish.value) return;
  const now = JSON.stringify(wish.value);
  if (wished && now !== wished && !sending.peek()) refusal.value = null;
  wished = now;
});

export default function Checkout() {
  useEffect(keepPlacing, []);
  const { restaurant } = bag();
  const action = underWay();
  if (action && (doubt.value || !sending.value || !restaurant)) return html`<${InDoubt} />`;
  if (!restaurant) return html`<${Over} />`;
  return html`<${OfRestaurant} key=${`${restaurant.id} ${account.value?.id}`} restaurant=${restaurant} />`;
}

/** @param {{ restaurant: { id: string, name: string } }} props */
function OfRestaurant({ restaurant }) {
  const code = useBag(restaurant).shop.data.value?.currency;
  useEffect(() => {
    if (code) currency.value = { of: restaurant.id, code };
  }, [code]);
  return html`<div class="page with-aside checkout">
    <header class="checkout-head row"><${Leave} to=${`/eat/restaurants/${restaurant.id}`} /><${Title}>${t('eat.checkout')}<//></header>
    <${CheckoutForm} restaurant=${restaurant} quotes=${quotes} methods=${config.payment_methods} />
  </div>`;
}

/** @param {{ to: string }} props */
function Leave({ to }) {
  return html`<button type="button" class="icon-btn" aria-label=${t('eat.back')} title=${t('eat.back')} onClick=${() => back(to)}><${Icon} name="arrow-left" class="flip" /></button>`;
}

/** It was sent, and nobody knows yet what became of it. */
function InDoubt() {
  const ask = html`<${Button} kind="strong" waits=${sending.value} onPress=${goOn}><${Icon} name="refresh-cw" />${t('eat.ask-again')}<//>`;
  return html`<div class="page narrow checkout-doubt"><${Title} class="visually-hidden">${t('eat.checkout')}<//>
    <${Empty} scene="mailbox" title=${t('eat.doubt')} action=${doubt.value && ask}>${t('eat.doubt-more')}<//></div>`;
}

/** Nothing is in the bag: the last thing was taken out, it was ordered just now, or never filled. */
function Over() {
  const placed = emptied() ? null : justPlaced(serverNow());
  return placed ? html`<${Ordered} key=${placed.order_id} placed=${placed} />` : html`<${Nothing} />`;
}

/** What was ordered just now, as long as it is not over: what became of it then, its own page tells. @param {{ placed: import('./placed.js').Placed }} props */
function Ordered({ placed }) {
  const { data, error } = useLive('get-order', { path: { order_id: placed.order_id } }, { until: isOver });
  if (!data.value && !error.value) return html`<div class="page narrow"><${Busy} rows=${4} /></div>`;
  if (error.value?.status === 404 || (data.value && isOver(data.value))) return html`<${Nothing} />`;
  const more = html`<div class="row wrap"><${Way} to=${`/eat/orders/${placed.order_id}`} kind="primary">${t('eat.follow-order')}<//><${Way} to="/eat" kind="line">${t('eat.to-restaurants')}<//></div>`;
  return html`<div class="page narrow"><${Title} class="visually-hidden">${t('eat.checkout')}<//>
    <${Empty} scene="party" title=${t('eat.order-placed', { number: orderNumber(placed.number) })} action=${more}>${t('eat.order-placed-more')}<//></div>`;
}

function Nothing() {
  const undo = emptied();
  return html`<div class="page narrow"><${Title} class="visually-hidden">${t('eat.checkout')}<//>
    ${undo && html`<div class="card pad"><${Removed} undo=${undo} /></div>`}
    <${Empty} scene="bag" title=${t('eat.nothing')} action=${html`<${Way} to="/eat" kind="strong">${t('eat.to-restaurants')}<//>`}>${t('eat.nothing-more')}<//></div>`;
}

/** @param {{ to: string, kind: string, children?: any }} props */
function Way({ to, kind, children }) {
  return html`<a class=${`btn ${kind}`} href=${to}>${children}</a>`;
}
