// @ts-check
/** What a courier has to be told about their deliveries, in whichever tab, until somebody has read it. */
import { html } from '../../vendor/ui.js';
import { has, orderNumber, t } from '../i18n.js';
import { Icon } from '../kit.js';
import { kept } from '../store.js';

/** @typedef {{ number: string, code: string, words: string | null }} Told `code`: of the refusal, or how it ended for them */

const CALLED_OFF = 'called-off';
const UNASSIGNED = 'unassigned';
/** What is not read in a day's work is not read any more. */
const MOST = 20;

const store = kept('told', {
  version: 1,
  empty: () => /** @type {Told[]} */ ([]),
  read: (found, _version, lost) => {
    if (Array.isArray(found) && found.every((one) => typeof one?.number === 'string' && typeof one.code === 'string')) return found;
    lost();
    return [];
  },
});

/** @param {string} owner @param {Told} one */
function tell(owner, one) {
  // One word an order: how it ended says why a step of it was refused, too.
  store.of(owner).update((now) => (now.some(hasEnded(one.number)) ? now : [...now.filter(({ number }) => number !== one.number), one].slice(-MOST)));
}

/** A step was refused. @param {string} owner @param {string} number @param {{ code: string, problem?: { detail?: string } | null }} error */
export function tellRefused(owner, number, { code, problem }) {
  tell(owner, { number, code, words: problem?.detail ?? null });
}

/** A delivery that was being carried has ended, and nobody here ended it. @param {string} owner @param {string} number */
export function tellCalledOff(owner, number) {
  tell(owner, { number, code: CALLED_OFF, words: null });
}

/** A delivery that was to be picked up goes to another courier. @param {string} owner @param {string} number */
export function tellUnassigned(owner, number) {
  tell(owner, { number, code: UNASSIGNED, words: null });
}

/** @param {string} number */
function hasEnded(number) {
  return (/** @type {Told} */ one) => one.number === number && [CALLED_OFF, UNASSIGNED].includes(one.code);
}

/** All of it. @param {{ owner: string }} props */
export function ToldList({ owner }) {
  const read = (/** @type {Told} */ one) => () => store.of(owner).update((now) => now.filter(({ number, code }) => number !== one.number || code !== one.code));
  return store.of(owner).value.value.map(
    (one) => html`<p class="banner bad" role="alert" key=${one.number + one.code}>
      <${Icon} name="triangle-alert" /><span class="grow">${sentence(one)}</span>
      <button type="button" class="btn link small" onClick=${read(one)}>${t('ride.understood')}</button>
    </p>`,
  );
}

/** @param {Told} told */
function sentence({ number, code, words }) {
  const order = orderNumber(number);
  if (code === CALLED_OFF || code === UNASSIGNED) return t(`ride.${code}`, { number: order });
  return `${t('ride.refused', { number: order })} ${has(`problem.${code}`) ? t(`problem.${code}`) : (words ?? t('problem.unexpected'))}`;
}
