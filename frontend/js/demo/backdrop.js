// @ts-check
/** The city behind the devices: its restaurants, the theatre's own among them, and where its customer lives. */
import { html, signal, useEffect } from '../../vendor/ui.js';
import { call, config } from '../api.js';
import { metres, placeAt } from '../city.js';
import { t } from '../i18n.js';
import { look } from '../kit.js';
import { CityMap } from '../map.js';
import { scene } from './scene.js';

/** The most that the search gives, of restaurants and of metres. */
const MOST = 100;
const FAR_M = 15_000;
/** How much of the city is seen along the shorter side, in metres. */
const SPAN_M = 8_000;
/** Where the theatre's restaurant stands, from the middle of the window, in parts of the shorter side: below the tablet, or the row. */
const STANDS = { x: -0.3, y: 0.385 };
const STANDS_BELOW_ROW = { x: 0.2, y: 0.375 };
const row = matchMedia('(width < 1200px)');
const isRow = signal(row.matches);
row.addEventListener('change', () => (isRow.value = row.matches));

/** @typedef {{ id: string, place: import('../../types/app').Place, picture?: string | null }} Shown */

const restaurants = signal(/** @type {Shown[]} */ ([]));
const own = signal(/** @type {Shown | null} */ (null));

export default function Backdrop() {
  const { area } = config;
  const now = scene.value;
  useEffect(() => void (now && find(now.restaurant.id)), [now?.restaurant.id]);
  const others = restaurants.value.filter(({ id }) => id !== now?.restaurant.id);
  const markers = others.map((card) => marker(card, true));
  if (own.value) markers.push(marker(own.value, false));
  if (now) markers.push({ key: 'home', place: now.home.place, scene: 'house', size: 's' });
  return html`<${CityMap} class="backdrop" area=${area} label=${t('demo.map', { count: others.length + 1, area: area.name })} view=${view(area, now?.restaurant.place)} markers=${markers} />`;
}

/** @param {Shown} restaurant @param {boolean} dim @returns {import('../map.js').Marker} */
function marker({ id, place, picture }, dim) {
  return { key: id, place, food: look(picture, id).name, size: dim ? 's' : 'm', dim };
}

/** The part of the city in which the theatre's restaurant stands where no device covers it. @param {typeof config.area} area @param {import('../../types/app').Place | undefined} place */
function view(area, place) {
  if (!place) return { centre: area.centre, span: SPAN_M };
  const { x, y } = metres(area, place);
  const stands = isRow.value ? STANDS_BELOW_ROW : STANDS;
  return { centre: placeAt(area, { x: x - stands.x * SPAN_M, y: y - stands.y * SPAN_M }), span: SPAN_M };
}

/** What is not found leaves the city empty: nothing hangs on it. @param {string} restaurant_id the theatre's */
async function find(restaurant_id) {
  const { centre, radius_m } = config.area;
  const query = { ...centre, radius_m: Math.min(FAR_M, radius_m * 2), limit: MOST };
  const [around, theatre] = await Promise.allSettled([call('search-restaurants', { query }), call('get-restaurant', { path: { restaurant_id } })]);
  if (around.status === 'fulfilled') restaurants.value = around.value.data.items;
  if (theatre.status === 'fulfilled') own.value = theatre.value.data;
}
