// @ts-check
/** Times on the board: those of the restaurant's zone, and how long until them, in words. */
import { html, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { serverNow } from '../api.js';
import { number, t } from '../i18n.js';
import { clock } from '../times.js';
import { wholeMinutes } from './columns.js';

/** How often words are looked at, in milliseconds. */
const EVERY_MS = 1_000;

/** A moment, with its name. @param {{ name?: string, at: string, zone: string }} props `name`: the key of its words */
export function At({ name, at, zone }) {
  return html`<span class="at">${name && `${t(name)} `}<time class="num" datetime=${at} translate="no">${clock(at, zone)}</time></span>`;
}

/** How long until something has to be done; once it is late, that. @param {{ until: string, late?: string, due?: string, left?: string | null }} props keys of words; without `left`, nothing is said before */
export function Left({ until, late = 'kitchen.late', due = 'kitchen.due', left = 'kitchen.left' }) {
  return html`<${Changing} say=${(/** @type {number} */ now) => {
    const ms = Date.parse(until) - now;
    const minutes = wholeMinutes(ms);
    if (ms > 0) return { words: left ? t(left, { minutes }) : '', state: '' };
    return minutes === 0 ? { words: t(due), state: 'due' } : { words: t(late, { minutes }), state: 'late' };
  }} />`;
}

/** For how long something has been so. @param {{ since: string, words: string }} props */
export function Since({ since, words }) {
  return html`<${Changing} say=${(/** @type {number} */ now) => ({ words: t(words, { minutes: wholeMinutes(Math.min(-1, Date.parse(since) - now)) }), state: '' })} />`;
}

/** Minutes and seconds. @param {number} seconds */
export function digits(seconds) {
  return `${number(Math.floor(seconds / 60))}:${number(seconds % 60, { minimumIntegerDigits: 2 })}`;
}

/** Words that change with time, and the state by which they look; nothing is drawn anew. @param {{ say: (now: number) => { words: string, state: string } }} props */
function Changing({ say }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const write = () => {
      const { words, state } = say(serverNow());
      const own = place.current;
      if (!own || own.textContent === words) return;
      own.textContent = words;
      own.dataset.state = state;
      own.hidden = words === '';
    };
    write();
    const timer = setInterval(write, EVERY_MS);
    return () => clearInterval(timer);
  });
  return html`<b ref=${place} class="changing num" translate="no" hidden></b>`;
}
