// Every screen of every role.

import { EAT } from './eat-screens.js';
import { EAT_ORDERS } from './order-screens.js';
import { RIDE } from './ride-screens.js';

/** @type {import('./screen.js').Screen[]} */
export const SCREENS = [...EAT, ...EAT_ORDERS, ...RIDE];
