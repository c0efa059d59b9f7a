// @ts-check
/** What says on every page of a restaurant that orders wait for an answer, and that nobody would hear them. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon } from '../kit.js';
import { isPlayed } from '../theatre.js';
import { isRinging } from './alarm.js';
import { asking } from './feed.js';
import { canSound, isMuted, switchSound } from './sound.js';

/** Away from the board: that orders wait there. @param {{ board: string }} props */
export function Asks({ board }) {
  const waiting = asking.value.length;
  if (waiting === 0) return null;
  return html`<a class=${`banner asks ${isRinging.value ? 'ringing' : ''}`} href=${board}><${Icon} name="bell-ring" /><span>${t('kitchen.new-orders', { count: waiting })}</span><b class="btn small strong">${t('kitchen.to-board')}</b></a>`;
}

/** Stands as long as nobody would hear the alarm; where a simulator answers, nobody has to. */
export function SoundIsOff() {
  if (canSound.value || isPlayed('merchant')) return null;
  return html`<button type="button" class="banner warn sound-is-off" onClick=${() => switchSound(true)}>
    <${Icon} name="volume-x" /><span>${t(isMuted.value ? 'kitchen.sound-muted' : 'kitchen.sound-is-off')}</span>
  </button>`;
}

/** A page's name for its tab: how many orders wait, while some do, and `otherwise`. @param {string} name @param {string} [otherwise] */
export function tabName(name, otherwise = name) {
  const waiting = asking.value.length;
  return waiting > 0 ? `${t('kitchen.title-new', { count: waiting })} · ${name}` : otherwise;
}
