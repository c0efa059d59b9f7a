// @ts-check
/**
 * A page inside the theatre's frame: there a simulator plays its role until somebody does something by hand.
 *
 * The frames and the theatre talk by messages of one origin. To the theatre: `{ tiffin: 'here' }` once a frame listens,
 * `{ tiffin: 'by-hand', role }` as soon as a role was taken over, and `{ tiffin: 'ended' }` when its session has ended. To the
 * frames: `{ tiffin: 'plays', plays: { merchant: true, courier: false }, stand }` as they begin and whenever a switch was turned,
 * and `{ tiffin: 'go', path }` where one is to show something.
 */
import { effect, html, signal } from '../vendor/ui.js';
import { config, REQUEST_MS } from './api.js';
import { t } from './i18n.js';
import { Button, Icon } from './kit.js';
import { go } from './router.js';
import { account, ended } from './session.js';

/** @typedef {'merchant' | 'courier'} Played */

const isFramed = window.parent !== window;
/** Whom simulators play; null outside of the theatre. @type {import('../vendor/ui.js').Signal<Record<Played, boolean> | null>} */
const plays = signal(null);
/** Where the courier's phone is in the theatre, wherever the reader's own device may be; null outside of it. @type {import('../vendor/ui.js').Signal<import('../types/app').Place | null>} */
export const stand = signal(null);
/** Roles that a simulator has played here: who is at them now has taken over. @type {Set<Played>} */
const played = new Set();

/** Whether a simulator plays this role. @param {Played} role */
export function isPlayed(role) {
  return plays.value?.[role] === true;
}

/** Somebody acts by hand: the simulator leaves the role to them. Outside of the theatre nothing happens. @param {Played} role */
export async function byHand(role) {
  if (!config.demo || !isFramed || plays.peek()?.[role] === false) return;
  if (await turn(role, false)) window.parent.postMessage({ tiffin: 'by-hand', role }, location.origin);
}

/** Turns the switch of a role; whether that was heard. @param {Played} role @param {boolean} on */
async function turn(role, on) {
  const request = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
    signal: AbortSignal.timeout(REQUEST_MS),
  };
  const reply = await fetch(`/_tiffin/theatre/plays/${role}`, request).catch(() => null);
  // Not a theatre, or it did not hear: the next action tells it again.
  if (!reply?.ok) return false;
  take(await reply.json());
  return true;
}

/** @param {Record<Played, boolean>} now */
function take(now) {
  for (const role of /** @type {Played[]} */ (['merchant', 'courier'])) if (now[role]) played.add(role);
  plays.value = now;
}

addEventListener('message', ({ data, origin, source }) => {
  if (!isFramed || origin !== location.origin || source !== window.parent) return;
  if (data?.tiffin === 'plays') {
    take(data.plays);
    stand.value = data.stand ?? null;
  }
  if (data?.tiffin === 'go') go(data.path);
});
if (isFramed) {
  window.parent.postMessage({ tiffin: 'here' }, location.origin);
  effect(() => {
    if (ended.value) window.parent.postMessage({ tiffin: 'ended' }, location.origin);
  });
}

/** Says who plays here, and takes over; nothing outside of the theatre, nor where no simulator has played. @param {{ role: Played }} props */
export function WhoPlays({ role }) {
  const on = isPlayed(role);
  const name = account.value?.name.trim().split(/\s+/)[0] ?? '';
  if (!plays.value || !played.has(role)) return null;
  return html`<div class=${`banner who-plays ${on ? 'on' : ''}`}>
    <${Icon} name=${on ? 'play' : 'user'} /><p>${t(on ? 'kit.tiffin-plays' : 'kit.you-play', { name })}</p>
    ${on && html`<${Button} kind="small strong" onPress=${() => byHand(role)}>${t('kit.take-over')}<//>`}
  </div>`;
}
