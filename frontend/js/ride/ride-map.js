// @ts-check
/** The area with the courier in it, and the way to where they are to go next. */
import { html } from '../../vendor/ui.js';
import { config } from '../api.js';
import { routeOf } from '../city.js';
import { t } from '../i18n.js';
import { CityMap } from '../map.js';
import { account } from '../session.js';

/** What the pills above the map and the panel's edge below it cover, in pixels. */
const INSET = { top: 104, bottom: 64, left: 44, right: 44 };

/** @param {{ place: import('../../types/app').Place | null, vehicle: string, delivery: import('../../types/app').Delivery | null, away: boolean }} props `away`: the food is with them already */
export function RideMap({ place, vehicle, delivery, away }) {
  const from = delivery?.pick_up.place ?? null;
  const to = delivery?.deliver_to?.place ?? null;
  const markers = [
    from && { key: 'from', place: from, food: 'bento', dim: away },
    to && { key: 'to', place: to, scene: 'house' },
    place && { key: 'me', place: away && from ? from : place, scene: vehicle, moves: true },
  ].filter((one) => one !== null);
  const ways = [
    !away && place && from && { key: 'first', places: routeOf(config.area, place, from), kind: /** @type {const} */ ('done') },
    from && to && { key: 'second', places: routeOf(config.area, from, to), kind: away ? /** @type {const} */ ('done') : /** @type {const} */ ('later') },
  ].filter((one) => !!one);
  const places = markers.filter(({ dim }) => !dim).map((one) => one.place);
  return html`<section class="ride-map" aria-label=${t('ride.map-title')}><${CityMap} area=${config.area} label=${t('ride.map')} places=${places} inset=${INSET} markers=${markers} ways=${ways} key=${account.value?.id} /></section>`;
}
