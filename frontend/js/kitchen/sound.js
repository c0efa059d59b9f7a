// @ts-check
/** The sound of the alarm, and whether it can be heard: what the browser says, and nothing that was stored. */
import { signal } from '../../vendor/ui.js';

/** Whether it would be heard now. */
export const canSound = signal(false);
/** Whether somebody switched it off here; a tap anywhere does not switch it on again then. */
export const isMuted = signal(false);

/** The two notes, in hertz, each so long, and how often they follow each other. */
const NOTES = [880, 1318.5];
const NOTE_S = 0.14;
const TIMES = 3;
const LOUDNESS = 0.5;
/** How fast loudness changes: at once, but without a click. */
const EDGE_S = 0.01;

/** @type {AudioContext | null} */
let context = null;
/** What sounds now. @type {{ oscillator: OscillatorNode, loudness: GainNode } | null} */
let sounding = null;

/** Begins: the browser says whether sound is allowed already, and the first tap or key asks it to allow it. */
export function beginSound() {
  if (context || !('AudioContext' in globalThis)) return;
  context = new AudioContext();
  context.onstatechange = see;
  see();
  for (const event of ['pointerup', 'touchend', 'keydown']) addEventListener(event, () => wake(), { capture: true, passive: true });
}

/** Asks for sound where the browser may allow it by now. */
export function wake() {
  if (isMuted.peek() || !context || context.state === 'running') return;
  context.resume().then(see, () => {});
}

/** Switches it on or off, by hand. @param {boolean} on */
export async function switchSound(on) {
  isMuted.value = !on;
  if (on) wake();
  else await context?.suspend();
}

function see() {
  canSound.value = context?.state === 'running';
}

/** Sounds once. */
export function chime() {
  if (!context || sounding) return;
  const oscillator = new OscillatorNode(context, { type: 'triangle' });
  const loudness = new GainNode(context, { gain: 0 });
  const begin = context.currentTime + EDGE_S;
  const notes = Array.from({ length: TIMES }, () => NOTES).flat();
  notes.forEach((hertz, index) => {
    const at = begin + index * NOTE_S;
    oscillator.frequency.setValueAtTime(hertz, at);
    loudness.gain.setTargetAtTime(LOUDNESS, at, EDGE_S);
    loudness.gain.setTargetAtTime(0, at + NOTE_S * 0.75, EDGE_S * 2);
  });
  oscillator.connect(loudness).connect(context.destination);
  oscillator.onended = () => {
    if (sounding?.oscillator === oscillator) sounding = null;
  };
  oscillator.start(begin);
  oscillator.stop(begin + notes.length * NOTE_S);
  sounding = { oscillator, loudness };
}

/** Is silent, at once. */
export function silence() {
  sounding?.loudness.disconnect();
  sounding?.oscillator.stop();
  sounding = null;
}
