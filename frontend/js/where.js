// @ts-check
/** Where a place lies, in words. */
import { config } from './api.js';
import { direction, distance as metresBetween } from './city.js';
import { distance, t } from './i18n.js';

/** Nearer than this is in the middle, in metres. */
const MIDDLE_M = 60;

/** @param {import('../types/app').Place} place */
export function described(place) {
  const { area } = config;
  const far = metresBetween(area.centre, place);
  if (far < MIDDLE_M) return t('kit.pin-middle', { area: area.name });
  return t(`kit.pin-${direction(area.centre, place)}`, { area: area.name, distance: distance(far) });
}
