// @ts-check
/** Which restaurants deliver to where somebody is. */
import { html, useEffect, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { config } from '../api.js';
import { distance, minutes, money, t } from '../i18n.js';
import { Button, Empty, Failure, Icon, Title } from '../kit.js';
import { Picture } from '../picture.js';
import { Later, openSheet } from '../router.js';
import { account } from '../session.js';
import { address } from './address.js';
import { BagBar } from './bag-bar.js';
import { around, cuisineLine } from './cards.js';

/** Of so many the picture is seen at once. */
const EAGER = 2;
/** How many places are held free while the first ones come. */
const WAITING = 6;
/** The next ones are asked for this far before their button is seen. */
const AHEAD = '600px';

export default function Discover() {
  const stop = address();
  return stop ? html`<${Near} key=${JSON.stringify(stop.place)} stop=${stop} />` : html`<${Later} load=${() => import('./gate.js')} />`;
}

/** @param {{ stop: import('../../types/app').Stop }} props */
function Near({ stop }) {
  const near = around(stop.place);
  const cards = near.cards.value;
  useEffect(near.look, [near]);
  return html`<div class="page eat-near">
    <${Title} name=${t('eat.discover')}>${account.value ? t('eat.hungry-name', { name: firstName(account.value.name) }) : t('eat.hungry')}<//>
    ${cards ? html`<${Found} near=${near} />` : near.first.error.value ? html`<${Failure} error=${near.first.error.value} retry=${near.first.refresh} />` : html`<${Waiting} />`}
    <${BagBar} />
  </div>`;
}

/** @param {{ near: import('./cards.js').Around }} props */
function Found({ near }) {
  const cards = near.cards.value ?? [];
  const all = near.next.value === null;
  if (cards.length === 0 && all) return html`<${Nobody} />`;
  return html`
    <div class="row between eat-near-head"><h2>${t('eat.near-you')}</h2><span class="muted small num">${t(all ? 'eat.restaurants' : 'eat.restaurants-more', { count: cards.length })}</span></div>
    ${near.first.error.value && html`<p class="banner warn" role="status"><${Icon} name="wifi-off" /><span>${t('eat.maybe-old')}</span></p>`}
    <ul class="eat-cards">${cards.map((card, index) => html`<${Card} key=${card.id} card=${card} eager=${index < EAGER} />`)}</ul>
    ${!all && html`<${More} near=${near} />`}`;
}

/** @param {{ card: import('../../types/app').Card, eager: boolean }} props */
function Card({ card, eager }) {
  return html`<li><a class="eat-card" href=${`/eat/restaurants/${card.id}`}>
    <div class="eat-card-top">
      <${Picture} name=${card.picture} id=${card.id} eager=${eager} />
      <span class="tag over num" translate="no">${distance(card.distance_m)}</span>
    </div>
    <h3 class="clamp"><bdi translate="no">${card.name}</bdi></h3>
    <span class="eat-eta num">${minutes(card.eta_minutes)}</span>
    <span class="muted small clamp">${cuisineLine(card.cuisines)}</span>
    <span class="muted small num end"><${Icon} name="bike" class="s" /><span class="visually-hidden">${t('eat.delivery')} </span><span translate="no">${money(card.delivery_fee)}</span></span>
    <span class="muted tiny num eat-from">${t('eat.from', { amount: money(card.min_order) })}</span>
  </a></li>`;
}

/** The next ones come by themselves as the end is neared, or by a press. @param {{ near: import('./cards.js').Around }} props */
function More({ near }) {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const failed = near.error.value !== null;
  useLayoutEffect(() => {
    if (failed || !end.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && void near.more(), { rootMargin: AHEAD });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [near, failed, near.next.value]);
  return html`<div ref=${end} class="eat-more">
    ${failed && html`<p class="muted" role="status">${t('eat.more-failed')}</p>`}
    <${Button} kind="line" onPress=${near.more}>${t('eat.show-more')}<//>
  </div>`;
}

function Nobody() {
  return html`<${Empty} scene="map" title=${t('eat.nobody')} action=${html`<${Button} kind="strong" onPress=${() => openSheet('address', 'change')}><${Icon} name="map-pin" />${t('eat.other-address')}<//>`}>${t('eat.nobody-more', { area: config.area.name })}<//>`;
}

function Waiting() {
  return html`<div class="eat-near-head"><div class="skeleton title"></div></div>
    <div class="eat-cards" role="status" aria-label=${t('kit.loading')}>${Array.from({ length: WAITING }, (_, at) => html`<div key=${at} class="eat-card"><div class="pic skeleton"></div><div class="skeleton line"></div></div>`)}</div>`;
}

/** How somebody is spoken to. @param {string} name */
function firstName(name) {
  return name.trim().split(/\s+/)[0];
}
