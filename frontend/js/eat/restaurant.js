// @ts-check
/** A restaurant: what it is, its menu, and the bag beside it. */
import { html, useEffect, useMemo, useState } from '../../vendor/ui.js';
import { minutes, money, t } from '../i18n.js';
import { Button, Failure, Icon, IconButton, Picture, Title } from '../kit.js';
import { useLive } from '../live.js';
import { back, Later, openSheet, sheet } from '../router.js';
import { address } from './address.js';
import { bag } from './bag.js';
import { around, cuisineLine } from './discover.js';
import { Menu } from './menu.js';

/** A description longer than this does not stand in full, in characters. */
const LONG_WORDS = 180;
/** Where there is room for the bag beside the menu. */
const WIDE = '(width >= 1000px)';
/** What is not seen at first comes this long after the menu, in milliseconds: who presses sooner waits for it. */
const REST_MS = 1_500;

const dish = () => import('./dish.js');
const aside = () => import('./bag-aside.js');

/** @param {{ id: string }} props */
export default function Restaurant({ id }) {
  const path = { restaurant_id: id };
  const shop = useLive('get-restaurant', { path }, { poll: false });
  const menu = useLive('get-menu', { path }, { poll: false });
  const restaurant = shop.data.value;
  const error = shop.error.value ?? menu.error.value;
  const isWide = useWide();
  if (shop.error.value?.status === 404) return html`<${Later} load=${() => import('../dead-end.js')} scene="sad" title=${t('eat.no-restaurant')} href="/eat" way=${t('eat.to-restaurants')} />`;
  if (!restaurant) return html`<div class="page">${error ? html`<${Failure} page error=${error} retry=${shop.refresh} />` : html`<${Waiting} id=${id} />`}</div>`;
  const dishes = menu.data.value;
  return html`<div class="page with-aside eat-restaurant">
    <${Head} restaurant=${restaurant} old=${error !== null && dishes !== null} />
    ${(isWide || bag().restaurant) && html`<${Later} load=${aside} id=${id} />`}
    ${dishes ? html`<${Menu} menu=${dishes} />` : menu.error.value ? html`<${Failure} error=${menu.error.value} retry=${menu.refresh} />` : html`<${WaitingMenu} />`}
    ${dishes && sheet('item') !== null && html`<${Later} load=${dish} menu=${dishes} restaurant=${restaurant} id=${sheet('item') ?? ''} />`}
  </div>`;
}

/** @param {{ restaurant: import('../../types/app').Restaurant, old: boolean }} props */
function Head({ restaurant, old }) {
  return html`<header class="restaurant-head">
    <div class="restaurant-picture">
      <${Picture} name=${restaurant.picture} id=${restaurant.id} eager />
      <${IconButton} icon="arrow-left" label=${t('eat.back')} onPress=${() => back('/eat')} />
    </div>
    <${Title} name=${restaurant.name}><span><bdi><bdi translate="no">${restaurant.name}</bdi></bdi></span><//>
    <p class="muted">${cuisineLine(restaurant.cuisines)}</p>
    <${Words} text=${restaurant.description} />
    ${old && html`<p class="banner warn" role="status"><${Icon} name="wifi-off" /><span>${t('eat.maybe-old')}</span></p>`}
    <${Facts} restaurant=${restaurant} />
  </header>`;
}

/** What it says of itself; at first not so much that the menu is out of sight. @param {{ text: string }} props */
function Words({ text }) {
  const [whole, setWhole] = useState(text.length <= LONG_WORDS);
  return html`<div class="restaurant-words">
    <p class=${whole ? '' : 'clamp'}><bdi translate="no">${text}</bdi></p>
    ${!whole && html`<button type="button" class="btn link small" onClick=${() => setWhole(true)}>${t('eat.read-more')}</button>`}
  </div>`;
}

/** What bringing it would take, as the server reckons it for the address. @param {{ restaurant: import('../../types/app').Restaurant }} props */
function Facts({ restaurant }) {
  const stop = address();
  const near = useMemo(() => (stop ? around(stop.place) : null), [stop]);
  const cards = near?.cards.value ?? null;
  const card = cards?.find(({ id }) => id === restaurant.id) ?? null;
  useEffect(() => void near?.seek(restaurant.id), [near, cards === null]);
  const away = stop && near?.next.value === null && !card;
  const wait = html`<span class="skeleton line"></span>`;
  const least = html`<div><b class="num" translate="no">${money(restaurant.min_order)}</b><span class="tiny muted">${t('eat.minimum')}</span></div>`;
  return html`
    ${stop && !away && html`<div class="card facts">
      <div><b class="num">${card ? minutes(card.eta_minutes) : wait}</b><span class="tiny muted">${t('eat.arrives')}</span></div>
      <div><b class="num" translate="no">${card ? money(card.delivery_fee) : wait}</b><span class="tiny muted">${t('eat.delivery')}</span></div>
      ${least}
    </div>`}
    ${away && html`<div class="banner warn" role="status"><${Icon} name="map-pin" /><p>${t('eat.too-far', { street: stop.address.street })}</p><${AddressButton} words=${t('eat.other-address')} /></div>`}
    ${!stop && html`<div class="banner"><${Icon} name="map-pin" /><p>${t('eat.address-for-facts')}</p><${AddressButton} words=${t('eat.choose-address')} /></div>`}`;
}

/** @param {{ words: string }} props */
function AddressButton({ words }) {
  return html`<${Button} kind="strong small" onPress=${() => openSheet('address', 'change')}>${words}<//>`;
}

/** Whether there is room for the bag; and what is not seen at first is fetched. */
function useWide() {
  const room = useMemo(() => matchMedia(WIDE), []);
  const [isWide, set] = useState(room.matches);
  useEffect(() => {
    const change = () => set(room.matches);
    room.addEventListener('change', change);
    // Where they do not come, whoever wants them is told.
    const rest = setTimeout(() => Promise.all([dish(), aside()]).catch(() => {}), REST_MS);
    return () => {
      room.removeEventListener('change', change);
      clearTimeout(rest);
    };
  }, []);
  return isWide;
}

/** @param {{ id: string }} props */
function Waiting({ id }) {
  return html`<div class="eat-restaurant" role="status" aria-label=${t('kit.loading')}>
    <div class="restaurant-picture"><${Picture} id=${id} name=${null} eager /></div>
    <div class="stack"><div class="skeleton title"></div><div class="skeleton line"></div></div>
    <${WaitingMenu} />
  </div>`;
}

function WaitingMenu() {
  return html`<div class="skeletons" role="status" aria-label=${t('kit.loading')}>${[0, 1, 2, 3].map((row) => html`<div class="skeleton" key=${row}></div>`)}</div>`;
}
