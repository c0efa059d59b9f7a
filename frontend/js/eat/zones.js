// @ts-check
/** The time zones of restaurants, for lists of what comes from several: each is asked for once. */
import { signal } from '../../vendor/ui.js';
import { call } from '../api.js';

/** @type {Map<string, import('../../vendor/ui.js').Signal<string | null>>} */
const known = new Map();

/** The zone of a restaurant; null until it is known. @param {string} id */
export function zoneOf(id) {
  const zone = known.get(id) ?? ask(id);
  return zone.value;
}

/** @param {string} id */
function ask(id) {
  const zone = signal(/** @type {string | null} */ (null));
  known.set(id, zone);
  // One that is gone has none: its times are told in the reader's own.
  call('get-restaurant', { path: { restaurant_id: id } }).then(({ data }) => (zone.value = data.time_zone), () => {});
  return zone;
}
