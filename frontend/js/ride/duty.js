// @ts-check
/** Coming on duty at a place, moving, and going off duty. */
import { html, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { t } from '../i18n.js';
import { Button, Icon, toast } from '../kit.js';
import { locate } from '../locate.js';
import { closeSheet, Later, openSheet, sheet } from '../router.js';
import { byHand, stand } from '../theatre.js';

/** Why the device's place can't be had. */
const trouble = signal(/** @type {string | null} */ (null));
/** The name of the sheet in the address. */
const SHEET = 'place';

/** @typedef {{ profile: any, busy: boolean, onChanged: (profile: any) => void }} Props */

/** @param {Props} props */
export function OffDuty({ profile, busy, onChanged }) {
  const here = async () => {
    trouble.value = null;
    try {
      await set(profile, true, stand.peek() ?? (await locate()), onChanged);
    } catch (error) {
      const { code } = /** @type {any} */ (error);
      if (!code?.startsWith?.('location-')) throw error;
      trouble.value = code;
    }
  };
  return html`<section class="duty stack">
    <h2>${busy ? t('ride.off-busy') : t('ride.off-title')}</h2>
    <p class="muted">${t('ride.off-more')}</p>
    ${trouble.value && html`<p class="banner warn" role="status"><${Icon} name="navigation" /><span>${t(`ride.${trouble.value}`)}</span></p>`}
    <${Button} kind="primary big" onPress=${here}><${Icon} name="locate" />${t('ride.go-on-duty')}<//>
    <${Button} kind="big" onPress=${() => openSheet(SHEET, 'begin')}><${Icon} name="map-pin" />${t('ride.pick-place')}<//>
    ${sheet(SHEET) !== null && html`<${Place} profile=${profile} title=${t('ride.pick-title')} action=${t('ride.go-on-duty-here')} onChanged=${onChanged} />`}
  </section>`;
}

/**
 * `passed`: whether an offer went by. It is not made to them again until they come on duty anew, which those who are may do.
 * @param {Props & { passed: boolean, onAgain: () => void }} props
 */
export function OnDuty({ profile, busy, passed, onAgain, onChanged }) {
  const again = async () => {
    // Off duty, so that nothing is left of the offer; then anew.
    await put(profile, false, null);
    await set(profile, true, profile.place, onChanged);
    onAgain();
  };
  return html`<section class="duty stack">
    ${!busy && html`<div class="row"><span class="radar" aria-hidden="true"></span><h2>${t('ride.looking')}</h2></div>`}
    ${!busy && html`<p class="muted">${profile.place ? t('ride.looking-more') : t('ride.no-place')}</p>`}
    ${passed && html`<div class="banner"><p class="grow">${t('ride.passed')}</p><${Button} kind="small strong" onPress=${again}>${t('ride.ask-again')}<//></div>`}
    <div class="row wrap">
      <${Button} kind="line" onPress=${() => openSheet(SHEET, 'move')}><${Icon} name="map-pin" />${t('ride.move')}<//>
      <${Button} kind="line" onPress=${() => set(profile, false, null, onChanged)}>${t('ride.go-off-duty')}<//>
    </div>
    ${sheet(SHEET) !== null && html`<${Place} profile=${profile} title=${t('ride.move-title')} action=${t('ride.i-am-here')} onChanged=${onChanged} />`}
  </section>`;
}

/** @param {{ profile: any, title: string, action: string, onChanged: (profile: any) => void }} props */
function Place({ profile, title, action, onChanged }) {
  const take = async (/** @type {import('../../types/app').Place} */ place) => {
    await set(profile, true, place, onChanged);
    closeSheet(SHEET);
  };
  return html`<${Later} load=${() => import('./pick-place.js')} title=${title} action=${action} place=${profile.place} onPlace=${take} onClose=${() => closeSheet(SHEET)} />`;
}

/** @param {any} profile @param {boolean} online @param {import('../../types/app').Place | null} place @param {(profile: any) => void} onChanged */
async function set(profile, online, place, onChanged) {
  onChanged(await put(profile, online, place));
  trouble.value = null;
  void byHand('courier');
  toast(t(online ? 'ride.now-on-duty' : 'ride.now-off-duty'), 'good');
}

/** @param {any} profile @param {boolean} online @param {import('../../types/app').Place | null} place */
async function put(profile, online, place) {
  const body = place ? { online, place } : { online };
  const { data } = await call('set-courier-availability', { path: { courier_id: profile.id }, body });
  return data;
}
