// @ts-check
/** Nothing moves under a finger: changes wait until no pointer is down, nor was a moment ago. */
import { signal } from '../vendor/ui.js';

/** How long after a touch things stay where they are, in milliseconds. */
export const HOLD_MS = 500;
/** The longest that things stay, should a pointer's end get lost. */
const LONGEST_MS = 30_000;
/** Who taps this soon after things moved aimed at what stood there before. */
const AIM_MS = 250;

/** Whether changes wait. */
export const holding = signal(false);

let down = false;
let touched = -Infinity;
let pointed = -Infinity;
/** What waits: only the newest counts. @type {(() => void) | null} */
let waiting = null;
let timer = 0;

/** Makes a change as soon as nobody points at anything; a newer one takes its place. @param {() => void} change */
export function whenCalm(change) {
  waiting = change;
  look();
}

function look() {
  clearTimeout(timer);
  const since = performance.now() - touched;
  const wait = down ? LONGEST_MS - since : HOLD_MS - since;
  if (wait > 0) {
    holding.value = waiting !== null;
    if (waiting) timer = Number(setTimeout(look, wait));
    return;
  }
  down = false;
  const change = waiting;
  waiting = null;
  change?.();
  holding.value = false;
}

/** Whether a click is meant for what stood there before things moved. @param {MouseEvent} event @param {number} movedAt by `performance.now()` */
function isMisled(event, movedAt) {
  // Of the keyboard: it is where its focus is.
  if (event.detail === 0) return false;
  const since = performance.now() - movedAt;
  const isMouse = /** @type {PointerEvent} */ (event).pointerType === 'mouse';
  return isMouse ? since < HOLD_MS && pointed < movedAt : since < AIM_MS;
}

/** Lets a click that is meant for what stood there before do nothing; heard as it is captured. @param {MouseEvent} event @param {number} movedAt by `performance.now()` */
export function stopMisled(event, movedAt) {
  if (!isMisled(event, movedAt)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {boolean} isDown */
function touch(isDown) {
  down = isDown;
  touched = performance.now();
  if (waiting) look();
}

const listening = { capture: true, passive: true };
// A finger that scrolls ends as a pointer, but not as a touch.
addEventListener('touchstart', () => touch(true), listening);
addEventListener('touchend', ({ touches }) => touch(touches.length > 0), listening);
addEventListener('touchcancel', ({ touches }) => touch(touches.length > 0), listening);
addEventListener('pointerdown', ({ pointerType }) => pointerType !== 'touch' && touch(true), listening);
addEventListener('pointerup', ({ pointerType }) => pointerType !== 'touch' && touch(false), listening);
addEventListener(
  'pointermove',
  ({ pointerType, buttons }) => {
    pointed = performance.now();
    // Let go outside of the page.
    if (pointerType === 'mouse' && buttons === 0 && down) touch(false);
  },
  listening,
);
addEventListener('blur', () => touch(false));
