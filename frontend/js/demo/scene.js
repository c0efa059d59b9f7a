// @ts-check
/** What is on: what the server says of the theatre, whom simulators play in it, and what its frames say. */
import { batch, signal } from '../../vendor/ui.js';
import { announce } from '../kit.js';
import { t } from '../i18n.js';
import { control, repeat } from './control.js';

/** How often the server is asked for everything, which also tells it that somebody looks: it forgets after 90 s. */
const SEEN_MS = 15_000;
const HIDDEN_MS = 40_000;

/**
 * @typedef {import('../../types/app').Role} Role
 * @typedef {'merchant' | 'courier'} Played
 * @typedef {import('../../types/app').Place} Place
 * @typedef {object} Scene
 * @property {{ id: string, name: string, place: Place }} restaurant
 * @property {Record<Role, { user_id: string, name: string }>} people
 * @property {import('../../types/app').Stop} home where the customer has food brought
 * @property {Place} stand where the courier waits
 * @property {Record<Played, boolean>} plays the switches
 * @property {{ restaurants: number, couriers_online: number }} counts
 * @property {{ item_id: string, quantity: number, options: string[] }} dish what is ordered for the customer
 */

/** @type {readonly Role[]} */
export const ROLES = ['customer', 'merchant', 'courier'];

/** What the server says; null until it has. */
export const scene = signal(/** @type {Scene | null} */ (null));
/** Whom simulators play. */
export const plays = signal(/** @type {Record<Played, boolean>} */ ({ merchant: false, courier: false }));
/** Why the server can't be heard; null where it can. */
export const trouble = signal(/** @type {unknown} */ (null));
/** Which of the three is shown where there is room for one. */
export const chosen = signal(/** @type {Role} */ ('customer'));

/** The frames that are there. @type {Map<Role, HTMLIFrameElement>} */
const frames = new Map();
/** Where a frame is to go as soon as it listens. @type {Map<Role, string>} */
const wanted = new Map();

/**
 * Begins to ask.
 * @param {(scene: Scene) => Promise<void>} cast what is to be done with each answer before it is shown
 * @param {() => Promise<void>} seatAnew what is to be done where a frame's session has ended
 */
export function beginScene(cast, seatAnew) {
  addEventListener('message', (message) => {
    if (hear(message) === 'ended') void seatAnew().catch(told);
  });
  return repeat(
    async () => {
      const found = /** @type {Scene} */ (await control('/theatre'));
      await cast(found);
      batch(() => {
        scene.value = found;
        put(found.plays);
      });
    },
    { seenMs: SEEN_MS, hiddenMs: HIDDEN_MS, told },
  );
}

/** @param {unknown} error */
export function told(error) {
  trouble.value = error;
}

/** Turns a switch. @param {Played} role @param {boolean} on */
export async function turn(role, on) {
  put(await control(`/theatre/plays/${role}`, { method: 'PUT', body: { on } }));
  announce(saidOf(role));
}

/** Who does it, in a sentence: whoever is played, or the reader. @param {Role} role */
export function saidOf(role) {
  const { restaurant, people } = /** @type {Scene} */ (scene.value);
  if (role === 'customer') return t('demo.orders', { name: firstName(people.customer.name) });
  const who = plays.value[role] ? '' : 'you-';
  if (role === 'merchant') return t(`demo.${who}cook`, { restaurant: restaurant.name });
  return t(`demo.${who}deliver`, { name: firstName(people.courier.name) });
}

/** How somebody is called. @param {string} name */
export function firstName(name) {
  return name.trim().split(/\s+/)[0];
}

/** @param {Record<Played, boolean>} now */
function put(now) {
  const before = plays.peek();
  if (now.merchant === before.merchant && now.courier === before.courier) return;
  plays.value = now;
  for (const frame of frames.values()) tellPlays(frame);
}

/** Keeps a frame, to talk to. @param {Role} role @param {HTMLIFrameElement | null} frame */
export function keepFrame(role, frame) {
  if (frame) frames.set(role, frame);
  else frames.delete(role);
}

/** Brings a screen into sight. @param {Role} role */
export function bring(role) {
  chosen.value = role;
  document.getElementById(`device-${role}`)?.scrollIntoView({ inline: 'center', block: 'nearest' });
}

/** Has a frame go to an address of its page, as if it had been pressed there. @param {Role} role @param {string} path */
export function show(role, path) {
  bring(role);
  const frame = frames.get(role);
  wanted.set(role, path);
  if (frame && listening.has(frame)) send(role, frame);
}

/** Those that have said that they listen. @type {WeakSet<HTMLIFrameElement>} */
const listening = new WeakSet();

/** What a frame says. @param {MessageEvent} message @returns {string | null} */
function hear({ data, origin, source }) {
  const [role, frame] = Array.from(frames).find(([, one]) => one.contentWindow === source) ?? [];
  if (origin !== location.origin || !role || !frame) return null;
  if (data?.tiffin === 'here') {
    listening.add(frame);
    tellPlays(frame);
    send(role, frame);
  }
  if (data?.tiffin === 'by-hand' && (data.role === 'merchant' || data.role === 'courier')) {
    put({ ...plays.peek(), [data.role]: false });
    announce(saidOf(data.role));
  }
  return data?.tiffin ?? null;
}

/** @param {Role} role @param {HTMLIFrameElement} frame */
function send(role, frame) {
  const path = wanted.get(role);
  wanted.delete(role);
  if (path) tell(frame, { tiffin: 'go', path });
}

/** @param {HTMLIFrameElement} frame */
function tellPlays(frame) {
  tell(frame, { tiffin: 'plays', plays: plays.peek(), stand: scene.peek()?.stand });
}

/** @param {HTMLIFrameElement} frame @param {object} message */
function tell(frame, message) {
  frame.contentWindow?.postMessage(message, location.origin);
}
