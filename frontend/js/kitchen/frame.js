// @ts-check
/** What stands around each page of a restaurant: its name, how fresh things are, the sound, and the ways to everything else. */
import { effect, html, useEffect } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import DeadEnd from '../dead-end.js';
import { Busy, Failure, Icon, Title, toast } from '../kit.js';
import { Unread } from '../live.js';
import { closeSheet, go, Later, openSheet, sheet } from '../router.js';
import { account } from '../session.js';
import { lost } from '../store.js';
import { WhoPlays } from '../theatre.js';
import { Freshness, otherZone } from '../times.js';
import { beginAlarm, isRinging } from './alarm.js';
import { Asks, SoundIsOff, tabName } from './asks.js';
import { asking, live } from './feed.js';
import { useRestaurants } from './restaurants.js';
import { canSound, switchSound } from './sound.js';

/** @typedef {import('./restaurants.js').Restaurant} Restaurant */

beginAlarm();

/**
 * @param {{ restaurant_id: string, at: 'board' | 'menu', children: (restaurant: Restaurant) => any }} props `at`: which page this is
 */
export function Frame({ restaurant_id, at, children }) {
  const own = useRestaurants();
  useEffect(() => effect(tellLost), []);
  const all = own.data.value?.items;
  const restaurant = all?.find(({ id }) => id === restaurant_id);
  if (!all) {
    return html`<main id="main" class="page narrow">${own.error.value ? html`<${Failure} page error=${own.error.value} retry=${own.refresh} />` : html`<${Busy} />`}</main>`;
  }
  if (!restaurant) {
    return html`<main id="main"><${DeadEnd} scene="closed" title=${t('kitchen.not-yours')} href="/kitchen" way=${t('kitchen.back')} /></main>`;
  }
  return html`<div class=${`kitchen ${at} ${isRinging.value ? 'ringing' : ''}`}>
    <${Top} restaurant=${restaurant} at=${at} several=${all.length > 1} />
    <${WhoPlays} role="merchant" />
    <${SoundIsOff} />
    <main id="main" class="kitchen-main" tabindex="-1">
      ${at !== 'board' && html`<${Asks} board=${`/kitchen/${restaurant.id}`} />`}
      ${children(restaurant)}
    </main>
    ${sheet('account') !== null && html`<${Later} load=${() => import('../account-sheet.js')} onClose=${() => closeSheet('account')} />`}
    ${sheet('notices') !== null && html`<${Later} load=${() => import('../notices-sheet.js')} zone=${restaurant.time_zone} onOrder=${(/** @type {string} */ order) => go(`/kitchen/${restaurant.id}?order=${order}`, { replace: true })} onClose=${() => closeSheet('notices')} />`}
  </div>`;
}

/** @param {{ restaurant: Restaurant, at: string, several: boolean }} props */
function Top({ restaurant, at, several }) {
  const board = `/kitchen/${restaurant.id}`;
  const waiting = asking.value.length;
  const title = tabName(restaurant.name, at === 'menu' ? t('kitchen.menu-of', { name: restaurant.name }) : restaurant.name);
  return html`<header class="topbar flat kitchen-top">
    <div class="row grow name">
      <${Title} name=${title} class="clamp"><span class="visually-hidden">${t(`kitchen.${at}`)} · </span><bdi translate="no">${restaurant.name}</bdi><//>
      ${several && html`<a class="icon-btn plain" href="/kitchen" aria-label=${t('kitchen.others')} title=${t('kitchen.others')}><${Icon} name="repeat" /></a>`}
      <${Zone} zone=${restaurant.time_zone} />
      ${live.value && html`<${Freshness} live=${live.value} />`}
    </div>
    <${Sound} />
    <nav class="tabs" aria-label=${t('kitchen.pages')}>
      <a href=${board} aria-current=${at === 'board' ? 'page' : undefined}><${Icon} name="list" />${t('kitchen.board')}${waiting > 0 && html`<span class="count accent num" translate="no">${waiting}</span>`}</a>
      <a href=${`${board}/menu`} aria-current=${at === 'menu' ? 'page' : undefined}><${Icon} name="utensils" />${t('kitchen.menu')}</a>
    </nav>
    <${Bell} />
    <button type="button" class="icon-btn plain" aria-haspopup="dialog" aria-label=${t('kitchen.account-of', { name: account.value?.name ?? '' })} onClick=${() => openSheet('account', 'open')}><${Icon} name="user" /></button>
  </header>`;
}

/** Which zone's times these are, where it is not this device's. @param {{ zone: string }} props */
function Zone({ zone }) {
  const name = otherZone(zone);
  return name && html`<span class="tag zone"><${Icon} name="clock" />${t('kit.zone', { zone: name })}</span>`;
}

/** Whether the alarm can be heard, and the switch. */
function Sound() {
  const on = canSound.value;
  const words = t(on ? 'kitchen.sound-on' : 'kitchen.sound-off');
  return html`<button type="button" class="btn quiet sound" aria-pressed=${String(on)} aria-label=${words} onClick=${() => switchSound(!on)}>
    <${Icon} name=${on ? 'volume-2' : 'volume-x'} /><span>${words}</span>
  </button>`;
}

/** The way to the notices, with how many are unread. */
function Bell() {
  return html`<button type="button" class="icon-btn plain" aria-haspopup="dialog" title=${t('kit.notices')} onClick=${() => openSheet('notices', 'open')}>
    <${Icon} name="bell" /><span class="visually-hidden">${t('kit.notices')}</span><${Unread} />
  </button>`;
}

/** What was kept here and could not be read is told once. */
function tellLost() {
  if (lost.value.length === 0) return;
  queueMicrotask(() => {
    lost.value = [];
    toast(t('kit.lost'));
  });
}
