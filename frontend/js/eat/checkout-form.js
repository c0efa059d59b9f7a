// @ts-check
/** What is filled in and read before an order is placed. There is no form: Enter pays nothing. */
import { html, signal, useEffect, useRef } from '../../vendor/ui.js';
import { ApiError } from '../api.js';
import { isPhone } from '../form.js';
import { addressLine, locale, minutes, money, t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { useLive } from '../live.js';
import { openSheet } from '../router.js';
import { account, ended, signUp } from '../session.js';
import { Ticking, times } from '../times.js';
import { address } from './address.js';
import { Entries, useBag } from './bag-view.js';
import { Contact, Notes, Payment } from './checkout-fields.js';
import { draftFor, write } from './draft.js';
import { place, refusal as notPlaced, sending } from './placing.js';
import { Sums } from './receipt.js';
import { refusal } from './refusals.js';
import { TipPicker, tipOf } from './tip.js';

/** Whether they tried to order: from then on what is wrong is told at its field. */
const tried = signal(false);
/** What was on the screen when the button was pressed, while it is on its way. */
const pressed = signal(/** @type {import('./quoting.js').Quote | null} */ (null));
/** Of these the menu tells more. */
const DISHES = ['item-unavailable', 'option-invalid'];
/** After these the price is asked for anew. */
const LAPSED = ['quote-expired', 'quote-invalid', 'quote-used', 'not-placed'];

/**
 * @param {{ restaurant: { id: string, name: string }, quotes: import('./quoting.js').Quoting, methods: import('../../types/app').Config['payment_methods'] }} props
 */
export function CheckoutForm({ restaurant, quotes, methods }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const { menu, shop } = useBag(restaurant);
  const zone = shop.data.value?.time_zone;
  const currency = shop.data.value?.currency ?? null;
  const draft = draftFor(restaurant.id);
  const { user, isKnown } = useUser();
  const quote = pressed.value ?? quotes.quote.value;
  const refused = notPlaced.value ?? quotes.error.value;
  const told = refused && refused.status !== 401 ? refusal(refused, zone) : null;
  const at = (/** @type {string} */ where) => (told?.where === where ? told.words : null);
  const nobody = !account.value;
  const name = draft.name ?? account.value?.name ?? '';
  const phone = draft.phone ?? user?.phone ?? '';
  const need = tried.value ? missing(name, phone, nobody) : {};
  const method = methods.find(({ token }) => token === draft.method) ?? methods[0];
  const change = (/** @type {Partial<import('./draft.js').Draft>} */ what) => {
    notPlaced.value = null;
    write(restaurant.id, what);
  };

  useEffect(() => {
    // What can't be had is seen on the menu as it is now.
    if (DISHES.includes(refused?.code)) void menu.refresh();
  }, [refused]);

  /** The first thing that is in the way takes the focus. */
  const show = () => requestAnimationFrame(() => {
    const first = /** @type {HTMLElement | null | undefined} */ (box.current?.closest('.checkout')?.querySelector('[aria-invalid="true"], [role="alert"]'));
    if (first?.role === 'alert') first.tabIndex = -1;
    first?.scrollIntoView({ block: 'center' });
    first?.focus({ preventScroll: true });
  });

  const press = async () => {
    tried.value = true;
    const now = quotes.quote.peek();
    if (!now || !('minor' in tipOf(draft.tip, now.total.currency)) || Object.keys(missing(name, phone, false)).length > 0 || !method) return show();
    const contact = { ...(draft.name?.trim() && { name: draft.name.trim() }), ...(phone.trim() && { phone: phone.trim() }) };
    const how = { payment_method: method.token, ...(draft.notes.trim() && { notes: draft.notes.trim() }), ...(Object.keys(contact).length > 0 && { contact }) };
    pressed.value = now;
    try {
      await place(now, how);
    } finally {
      pressed.value = null;
    }
    if (!notPlaced.peek()) return undefined;
    if (LAPSED.includes(notPlaced.peek()?.code ?? '')) quotes.anew();
    return show();
  };

  /** Who gives name and phone alone is a guest from here on; what it costs comes next, then they pay. */
  const enter = async () => {
    tried.value = true;
    if (Object.keys(missing(name, phone, true)).length > 0) return show();
    try {
      await signUp({ name: name.trim(), phone: phone.trim(), locale });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notPlaced.value = error;
      return show();
    }
    tried.value = false;
    return requestAnimationFrame(() => document.getElementById('total')?.focus());
  };

  return html`<a class="skip" href="#total">${t('eat.skip-to-total')}</a>
    <div ref=${box} class="stack checkout-main" inert=${sending.value}>
      <${Where} quote=${quote} zone=${zone} error=${at('address')} />
      <section class="card pad stack tight checkout-dishes" aria-label=${t('eat.your-dishes')}>
        <${Entries} onMenu=${false} />
        ${at('dishes') && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${at('dishes')}</span></p>`}
        <a class="btn link" href=${`/eat/restaurants/${restaurant.id}`}><${Icon} name="plus" class="s" />${t('eat.add-more')}</a>
      </section>
      <${Notes} value=${draft.notes} error=${at('notes')} onChange=${(/** @type {string} */ notes) => change({ notes })} />
      ${currency && html`<${TipPicker} tip=${draft.tip} currency=${currency} error=${at('tip')} onChange=${(/** @type {import('./draft.js').Tip} */ tip) => change({ tip })} />`}
      <${Payment} methods=${methods} chosen=${method?.token} error=${at('payment')} onChoose=${(/** @type {string} */ token) => change({ method: token })} />
      <${Contact} asked=${nobody} name=${name} phone=${phone} nameError=${at('name') ?? need.name} phoneError=${at('phone') ?? need.phone} onSignIn=${signIn}
        onName=${(/** @type {string} */ name) => change({ name })} onPhone=${(/** @type {string} */ written) => change({ phone: written })} />
    </div>
    <aside class="checkout-side">
      <section class="card pad stack checkout-sums">
        <h2 class="card-title" id="total" tabindex="-1">${t('eat.summary')}</h2>
        <${Summary} quote=${quote} quotes=${quotes} error=${at('sums')} waiting=${!refused} />
      </section>
      <div class="bar"><${Go} quote=${quote} refused=${refused} waiting=${!isKnown} onPress=${press} onGuest=${enter} /></div>
    </aside>`;
}

/** What is wrong with whom the courier is to ask for; a guest is known by both. @param {string} name @param {string} phone @param {boolean} nobody @returns {{ name?: string, phone?: string }} */
function missing(name, phone, nobody) {
  return {
    ...(nobody && !name.trim() && { name: t('kit.need-name') }),
    ...(nobody && !phone.trim() && { phone: t('kit.need-phone') }),
    ...(!isPhone(phone) && { phone: t('kit.short-phone') }),
  };
}

function signIn() {
  return import('../sign-in.js').then(({ askToSignIn }) => askToSignIn());
}

/** Their own phone, to begin with, once it is known or can't be. Nobody has none; the form is another one for each account. */
function useUser() {
  const own = account.value;
  if (!own) return { user: null, isKnown: true };
  const { data, error } = useLive('get-user', { path: { user_id: own.id } }, { poll: false });
  return { user: data.value, isKnown: Boolean(data.value ?? error.value) };
}

/** @param {{ quote: import('./quoting.js').Quote | null, zone: string | undefined, error: string | null }} props */
function Where({ quote, zone, error }) {
  const stop = address();
  const minute = 60_000;
  const arrival = (/** @type {number} */ now) => {
    const { min = 0, max = 0 } = quote?.eta_minutes ?? {};
    return times({ from: new Date(now + min * minute).toISOString(), to: new Date(now + max * minute).toISOString() }, zone);
  };
  return html`<section class="card pad stack tight checkout-where" aria-label=${t('eat.deliver-to')}>
    <div class="row top">
      <${Icon} name="map-pin" />
      <div class="grow">${stop ? html`<p class="strong" translate="no">${addressLine(stop.address.street, stop.address.city)}</p>` : html`<p class="strong">${t('eat.where-to')}</p>`}
        ${stop?.notes && html`<p class="muted small said" translate="no"><bdi>${stop.notes}</bdi></p>`}</div>
      <button type="button" class="btn link" aria-haspopup="dialog" onClick=${() => openSheet('address', 'change')}>${t(stop ? 'eat.change' : 'eat.choose-address')}</button>
    </div>
    ${quote && html`<p class="row wrap"><span class="tag good"><${Icon} name="clock" />${t('eat.arrival')} <${Ticking} every=${5000} say=${arrival} /></span><span class="muted small num">${minutes(quote.eta_minutes)}</span></p>`}
    ${error && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${error}</span></p>`}
  </section>`;
}

/** @param {{ quote: import('./quoting.js').Quote | null, quotes: import('./quoting.js').Quoting, error: string | null, waiting: boolean }} props */
function Summary({ quote, quotes, error, waiting }) {
  const before = quotes.before.value;
  const left = (/** @type {number} */ now) => clock(Math.max(0, Date.parse(quote?.expires_at ?? '') - now));
  const refused = error && html`<p class="banner bad" role="alert"><${Icon} name="triangle-alert" /><span>${error}</span>${!notPlaced.value && html`<${Button} kind="small" onPress=${quotes.anew}>${t('kit.try-again')}<//>`}</p>`;
  if (!account.value) return html`${refused}<p class="muted">${t('eat.fees-later')}</p>`;
  return html`${refused}
    ${before && quote && html`<p class="banner warn" role="status"><span>${t('eat.price-changed', { before: money(before.total), now: money(quote.total) })}</span></p>`}
    ${quote && html`<${Sums} of=${quote} />`}
    ${!quote && waiting && html`<div class="stack" role="status" aria-label=${t('eat.pricing')}>${[1, 2, 3].map((row) => html`<div key=${row} class="skeleton line"></div>`)}<div class="skeleton title"></div></div>`}
    ${!quote && !waiting && !error && html`<p class="muted">${t('eat.no-price')}</p>`}
    ${quote && html`<p class="muted small row checkout-life"><${Icon} name="timer" class="s" /><span>${t('eat.price-holds')} <${Ticking} say=${left} /></span></p>`}`;
}

/** The one button. It says what it does next, and is never dead. @param {{ quote: import('./quoting.js').Quote | null, refused: unknown, waiting: boolean, onPress: () => unknown, onGuest: () => unknown }} props */
function Go({ quote, refused, waiting, onPress, onGuest }) {
  if (ended.value) return html`<${Button} kind="primary big" onPress=${signIn}>${t('eat.sign-in-to-order')}<//>`;
  if (!address()) return html`<${Button} kind="primary big" onPress=${() => openSheet('address', 'change')}>${t('eat.choose-address')}<//>`;
  if (!account.value) return html`<${Button} kind="primary big" onPress=${onGuest}>${t('eat.order-as-guest')}<//>`;
  const busy = sending.value || waiting || (!quote && !refused);
  return html`<${Button} kind="primary big split" waits=${busy} onPress=${onPress}><span>${t(sending.value ? 'eat.placing' : 'eat.place-order')}</span><span class="num" translate="no">${quote ? money(quote.total) : ''}</span><//>`;
}

/** @param {number} ms */
function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
