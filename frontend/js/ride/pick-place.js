// @ts-check
/** A sheet to choose a place on the map. */
import { html, signal, useEffect } from '../../vendor/ui.js';
import { config } from '../api.js';
import { t } from '../i18n.js';
import { Button } from '../kit.js';
import { described, PickMap } from '../map.js';
import { Sheet } from '../sheet.js';

/** Where the pin is. @type {import('../../vendor/ui.js').Signal<import('../../types/app').Place | null>} */
const pin = signal(null);

/** @param {{ title: string, action: string, place: import('../../types/app').Place | null, onPlace: (place: import('../../types/app').Place) => unknown, onClose: () => void }} props */
export default function PickPlace({ title, action, place, onPlace, onClose }) {
  useEffect(() => () => {
    pin.value = null;
  }, []);
  const at = pin.value ?? place ?? config.area.centre;
  const words = { nearer: t('kit.nearer'), farther: t('kit.farther') };
  return html`<${Sheet} title=${title} onClose=${onClose} bar=${html`<${Button} kind="primary big" onPress=${() => onPlace(at)}>${action}<//>`}>
    <${PickMap} area=${config.area} place=${at} onPick=${(/** @type {import('../../types/app').Place} */ picked) => (pin.value = picked)} label=${t('ride.pick-map')} words=${words} describe=${described(at)} />
    <p class="small muted">${described(at)}</p>
  <//>`;
}
