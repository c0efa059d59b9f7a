// Every screen of every role.

import { ACCOUNTS } from './account-screens.js';
import { EAT } from './eat-screens.js';
import { KITCHEN_MENU } from './kitchen-menu-screens.js';
import { KITCHEN } from './kitchen-screens.js';
import { EAT_ORDERS } from './order-screens.js';
import { RIDE } from './ride-screens.js';
import { THEATRE } from './theatre-screens.js';

/** @type {import('./screen.js').Screen[]} */
export const SCREENS = [...EAT, ...EAT_ORDERS, ...ACCOUNTS, ...KITCHEN, ...KITCHEN_MENU, ...RIDE, ...THEATRE];
