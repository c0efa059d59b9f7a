// @ts-check
/** The alarm for orders that wait for an answer: one sound, however many orders, tabs and restaurants there are. */
import { serverNow } from '../api.js';
import { timers } from '../live.js';
import { account } from '../session.js';
import { computed, effect, signal } from '../../vendor/ui.js';
import { asking } from './feed.js';
import { beginSound, canSound, chime, silence, wake } from './sound.js';

/** From one chime to the next, in milliseconds. */
const EVERY_MS = 2_500;
/** Whose turn it is to sound, over all tabs. */
const LOCK = 'tiffin:alarm';

/** Grows whenever a time to answer has run out. */
const ranOut = signal(0);
/** Whether orders wait whose time to answer is not over: what happens to the others is the server's to say. */
export const isRinging = computed(() => {
  void ranOut.value;
  return account.value !== null && asking.value.some(({ deadline }) => Date.parse(deadline ?? '') > serverNow());
});

let begun = false;

/** Begins to listen for orders. */
export function beginAlarm() {
  if (begun) return;
  begun = true;
  beginSound();
  effect(() => {
    const ends = asking.value.map(({ deadline }) => Date.parse(deadline ?? '') - serverNow()).filter((ms) => ms > 0);
    if (ends.length === 0) return;
    const timer = timers.later(() => (ranOut.value += 1), Math.min(...ends));
    return () => timers.cancel(timer);
  });
  effect(() => {
    // A press elsewhere, as in the theatre around this page, may have allowed it.
    if (isRinging.value && navigator.userActivation?.hasBeenActive) wake();
  });
  effect(() => {
    if (!isRinging.value || !canSound.value) return;
    const ending = new AbortController();
    void alone(ending.signal, ring);
    return () => {
      ending.abort();
      silence();
    };
  });
}

/** Sounds again and again until it is told to end. @param {AbortSignal} ending @returns {Promise<void>} */
function ring(ending) {
  return new Promise((resolve) => {
    if (ending.aborted) return resolve();
    let timer = 0;
    const again = () => {
      chime();
      timer = timers.later(again, EVERY_MS);
    };
    again();
    ending.addEventListener('abort', () => {
      timers.cancel(timer);
      resolve();
    });
  });
}

/** Only one tab at a time; the next one begins when this one ends. @param {AbortSignal} signal @param {(signal: AbortSignal) => Promise<void>} work */
async function alone(signal, work) {
  if (!navigator.locks) return work(signal);
  try {
    await navigator.locks.request(LOCK, { signal }, () => work(signal));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
