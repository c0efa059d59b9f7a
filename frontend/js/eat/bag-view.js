// @ts-check
/** What is in the bag: beside the menu on a desktop, in a sheet on a phone. */
import { effect, html, signal, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { listed, money, said, t } from '../i18n.js';
import { Busy, Button, Icon } from '../kit.js';
import { useLive } from '../live.js';
import { go, openSheet } from '../router.js';
import { account } from '../session.js';
import { Stepper } from '../sheet.js';
import { bag, changeBag, count } from './bag.js';
import { entryOf, MAX_QUANTITY, putBack, setQuantity, without } from './bag-rules.js';
import { priced } from './menu-rules.js';

/**
 * @typedef {import('./menu-rules.js').Line} Line
 * @typedef {{ id: string, name: string }} Restaurant
 */

/**
 * What was taken out last and can be put back, until something else is done; `last`: it left nothing behind.
 * @typedef {{ owner: string | undefined, restaurant: Restaurant, entry: import('./bag-rules.js').Entry, at: number, last: boolean }} Undo
 */
const removed = signal(/** @type {Undo | null} */ (null));

effect(() => {
  // A bag that is filled again was emptied by nothing.
  if (bag().restaurant && removed.peek()?.last) removed.value = null;
});

/** What left the bag empty, while it is. */
export function emptied() {
  const undo = removed.value;
  return undo?.last && undo.owner === account.value?.id && !bag().restaurant ? undo : null;
}

/** What a menu and a restaurant say of the bag. @param {Restaurant} restaurant */
export function useBag(restaurant) {
  const path = { restaurant_id: restaurant.id };
  const menu = useLive('get-menu', { path }, { poll: false });
  const shop = useLive('get-restaurant', { path }, { poll: false });
  const known = /** @type {import('../../types/app').Menu | null} */ (menu.data.value);
  const told = known && priced(bag(), known);
  const least = shop.data.value?.min_order ?? null;
  const missing = told && least ? Math.max(0, least.amount - told.sum) : null;
  return { menu, shop, currency: known?.currency ?? '', told, least, missing };
}

/** The dishes, or that there are none. @param {{ onMenu: boolean }} props `onMenu`: it stands beside its restaurant's menu */
export function Entries({ onMenu }) {
  const { restaurant } = bag();
  const undo = removed.value?.owner === account.value?.id ? removed.value : null;
  return html`<div class="bag">
    ${restaurant && !onMenu && html`<p class="bag-from"><${Icon} name="store" class="s" /><span><bdi><bdi translate="no">${restaurant.name}</bdi></bdi></span></p>`}
    ${undo && !restaurant && html`<${Removed} undo=${undo} />`}
    ${restaurant ? html`<${Filled} key=${restaurant.id} restaurant=${restaurant} undo=${undo} />` : html`<div class="bag-empty"><img src="/img/scene/bag.webp" alt="" width="72" height="72" /><p class="muted">${t('eat.bag-empty')}</p></div>`}
  </div>`;
}

/** @param {{ restaurant: Restaurant, undo: Undo | null }} props */
function Filled({ restaurant, undo }) {
  const { menu, currency, told } = useBag(restaurant);
  if (!told && menu.error.value) return html`<${Unpriced} error=${menu.error.value} retry=${menu.refresh} />`;
  if (!told) return html`<${Busy} rows=${2} />`;
  const rows = told.lines.map((line) => html`<${Row} key=${line.key} line=${line} currency=${currency} restaurant=${restaurant} />`);
  if (undo) rows.splice(undo.at, 0, html`<li key="removed"><${Removed} undo=${undo} /></li>`);
  const gone = told.troubled;
  return html`${gone.length > 0 && html`<div class="banner warn" role="status"><p>${t('eat.bag-troubled', { count: gone.length })}</p>
      <button type="button" class="btn small" onClick=${() => changeBag((now) => without(now, gone.map(({ key }) => key)))}>${t('eat.take-out', { count: gone.length })}</button></div>`}
    <ul class="list bag-lines">${rows}</ul>`;
}

/** @param {{ line: Line, currency: string, restaurant: Restaurant }} props */
function Row({ line, currency, restaurant }) {
  const { key, entry, item, trouble, about, total } = line;
  const name = item?.name ?? entry.name;
  const options = entry.options.map((one) => item?.option_groups.flatMap((group) => group.options).find(({ id }) => id === one.id)?.name ?? one.name);
  const step = (/** @type {number} */ quantity) => {
    const by = quantity - entry.quantity;
    const { entries } = bag();
    changeBag((now) => setQuantity(now, key, (entryOf(now, key)?.quantity ?? 0) + by));
    removed.value = quantity < 1 ? { owner: account.peek()?.id, restaurant, entry, at: entries.indexOf(entry), last: entries.length === 1 } : null;
  };
  const words = html`<b><bdi translate="no">${name}</bdi></b>
    ${options.length > 0 && html`<span class="muted small"><span translate="no">${listed(options)}</span></span>`}
    ${trouble ? html`<span class="tag warn bag-trouble"><${Icon} name="triangle-alert" /><span>${t(`eat.trouble-${trouble}`, { options: listed(about) })}</span></span>` : html`<span class="num bag-total" translate="no">${money({ amount: total, currency })}</span>`}`;
  return html`<li class=${`bag-line ${trouble ? 'off' : ''}`}>
    ${item && item.option_groups.length > 0 ? html`<button type="button" class="bag-name" aria-haspopup="dialog" title=${t('eat.change-dish', { name })} onClick=${() => openSheet('edit', key)}>${words}</button>` : html`<div class="bag-name">${words}</div>`}
    <${Stepper} value=${entry.quantity} min=${0} max=${MAX_QUANTITY} label=${t('eat.quantity-of', { name })} last=${{ icon: 'trash-2', label: t('eat.remove') }} onChange=${step} />
  </li>`;
}

/** What was just taken out; whoever did it by keyboard is here. @param {{ undo: Undo }} props */
export function Removed({ undo }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => {
    if (document.activeElement === document.body || document.activeElement instanceof HTMLDialogElement) button.current?.focus({ preventScroll: true });
  }, [undo]);
  const back = () => {
    changeBag((now) => putBack(now, undo.restaurant, undo.entry, undo.at));
    removed.value = null;
  };
  return html`<p class="bag-removed" role="status"><span class="muted small grow">${t('eat.removed', { name: undo.entry.name })}</span><button type="button" ref=${button} class="btn link" onClick=${back}>${t('eat.undo')}</button></p>`;
}

/** Offline the bag is still what it is; only its prices are not known. @param {{ error: unknown, retry: () => unknown }} props */
function Unpriced({ error, retry }) {
  return html`<div class="banner warn" role="status"><${Icon} name="wifi-off" /><p>${said(error)}</p><${Button} kind="small" onPress=${retry}>${t('kit.try-again')}<//></div>
    <ul class="list bag-lines">${bag().entries.map((entry, at) => html`<li key=${at} class="bag-line"><span class="bag-name"><b><bdi translate="no">${entry.name}</bdi></b><span class="muted small"><span translate="no">${listed(entry.options.map(({ name }) => name))}</span></span></span><span class="q" translate="no">${entry.quantity}×</span></li>`)}</ul>`;
}

/** What the dishes come to, how much the restaurant wants at least, and the way on. @param {{ restaurant: Restaurant }} props */
export function Sum({ restaurant }) {
  const { currency, told, least, missing } = useBag(restaurant);
  const troubled = (told?.troubled.length ?? 0) > 0;
  const ready = told && missing === 0 && !troubled;
  const sum = told && money({ amount: told.sum, currency });
  const short = missing !== null && missing > 0 && !troubled && least;
  return html`<div class="bag-sum">
    ${short && html`<div class="bag-least"><progress max=${least.amount} value=${least.amount - missing} aria-label=${t('eat.minimum-progress')}></progress><p class="small">${t('eat.missing', { missing: money({ amount: missing, currency }), least: money(least) })}</p></div>`}
    <${Button} kind="primary big split" disabled=${!ready} onPress=${() => go('/eat/checkout')}><span>${t('eat.to-checkout', { count: count(bag()) })}</span><span class="num" translate="no">${!troubled && sum}</span><//>
    ${troubled && html`<p class="small muted">${t('eat.bag-blocked')}</p>`}
  </div>`;
}
