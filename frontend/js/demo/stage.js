// @ts-check
/** The theatre's stage: three devices over the city, the one button that starts everything, and what happens along the bottom. */
import { html, useEffect } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { Later } from '../router.js';
import { Device } from './device.js';
import { dinner, ended, forgetOrders, isOutOfHands, next, underWay } from './dinner.js';
import { begun, isCast, lookAnew, signAllIn } from './people.js';
import { beginScene, bring, chosen, firstName, plays, ROLES, scene, trouble } from './scene.js';
import { beginTicker, Ticker } from './ticker.js';

const ICONS = { customer: 'utensils', merchant: 'chef-hat', courier: 'bike' };
/** The server's own machine is the only one that may play. */
const FORBIDDEN = 403;

let opened = false;
let ticking = false;

/** Opens the theatre, once in a page. */
function open() {
  if (opened) return;
  opened = true;
  const asking = beginScene(async (found) => {
    if (!isCast(found.people)) forgetOrders();
    await signAllIn(found);
    if (!ticking) beginTicker(() => void asking.now());
    ticking = true;
  }, lookAnew);
}

export default function Stage() {
  useEffect(open, []);
  return html`<${Later} load=${() => import('./backdrop.js')} />
    <${Trouble} />
    ${ROLES.map((role) => html`<button type="button" key=${role} class="skip" onClick=${() => enter(role)}>${t(`demo.skip-${role}`)}</button>`)}
    <${Dinner} />
    <${Ways} />
    <div class="devices" onScrollEnd=${choose}>${ROLES.map((role) => html`<${Device} key=${role} role=${role} />`)}</div>
    <${Ticker} />`;
}

/** In a row: the one in the middle is chosen. @param {Event} event */
function choose({ currentTarget }) {
  const row = /** @type {HTMLElement} */ (currentTarget);
  if (row.scrollWidth <= row.clientWidth) return;
  const far = (/** @type {Element} */ one) => {
    const { left, width } = one.getBoundingClientRect();
    return Math.abs(left + width / 2 - row.clientWidth / 2);
  };
  const distances = Array.from(row.children, far);
  // The outer ones never come to the middle: at either end they are meant.
  const nearest = Math.abs(row.scrollLeft) < 1 ? 0 : Math.abs(row.scrollLeft) + row.clientWidth > row.scrollWidth - 1 ? ROLES.length - 1 : distances.indexOf(Math.min(...distances));
  chosen.value = ROLES[nearest];
}

/** Goes into a screen by keyboard, past the others. @param {import('./scene.js').Role} role */
function enter(role) {
  bring(role);
  // Drawn first: a screen that is not shown takes no focus.
  requestAnimationFrame(() => document.getElementById(`frame-${role}`)?.focus({ preventScroll: true }));
}

/** The server can't be heard, or does not let this page play. */
function Trouble() {
  const error = /** @type {any} */ (trouble.value);
  if (!error) return null;
  const forbidden = error.status === FORBIDDEN;
  return html`<p class=${`banner trouble ${forbidden ? 'bad' : 'warn'}`} role="alert">
    <${Icon} name=${forbidden ? 'ban' : 'wifi-off'} />
    <span>${t(forbidden ? 'demo.only-here' : error.code === 'offline' ? 'demo.offline' : 'demo.gone')}</span>
  </p>`;
}

/** Where there is no room for all: which of the three is shown. */
function Ways() {
  const order = underWay.value;
  const turn = order && next(order).role;
  return html`<div class="ways" role="group" aria-label=${t('demo.screens')}>
    ${ROLES.map((role) => html`<button type="button" key=${role} aria-pressed=${String(chosen.value === role)} onClick=${() => bring(role)}>
      <${Icon} name=${ICONS[role]} /><span>${t(`demo.page-${role}`)}</span>${turn === role && html`<span class="dot"></span>`}
    </button>`)}
  </div>`;
}

/** The button that starts everything; while dinner is on its way it says what comes next. */
function Dinner() {
  const order = underWay.value;
  const busy = order !== null && !isOutOfHands(order);
  const waits = begun.value === null;
  return html`<div class="dinner">
    <${Button} kind=${`big ${busy ? 'strong' : 'primary'}`} onPress=${dinner} disabled=${waits} aria-describedby="dinner-more">${t(busy ? 'demo.on-its-way' : 'demo.order')}<//>
    <p id="dinner-more" class=${order ? 'busy' : ''}>${order ? html`<${Next} order=${order} />` : html`<${Before} />`}</p>
  </div>`;
}

/** @param {{ order: import('../../types/app').Order }} props */
function Next({ order }) {
  const { step, role, name } = next(order);
  const byHand = (role === 'merchant' || role === 'courier') && !plays.value[role];
  const who = name ?? (role && scene.value?.people[role].name) ?? '';
  return html`<b>${t('demo.next')}</b> ${t(`demo.next-${step}${byHand ? '-you' : ''}`, { name: firstName(who) })}`;
}

/** What there is to do while nothing is on its way. */
function Before() {
  const last = ended.value;
  if (!last) return t('demo.or-tap');
  return t(last.status === 'delivered' ? 'demo.was-delivered' : 'demo.was-not');
}
