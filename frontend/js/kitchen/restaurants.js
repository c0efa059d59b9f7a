// @ts-check
/** The restaurants of whoever is signed in. */
import { useLive } from '../live.js';
import { account } from '../session.js';

/** More than anybody has. */
const LIMIT = 100;

/** @typedef {import('../../types/app').Restaurant & { picture?: string | null }} Restaurant */

/** Their restaurants, asked for once and whenever the page comes back. @returns {import('../live.js').Live<{ items: Restaurant[] }>} */
export function useRestaurants() {
  return useLive('list-own-restaurants', { path: { merchant_id: account.value?.id ?? '' }, query: { limit: LIMIT } }, { poll: false });
}
