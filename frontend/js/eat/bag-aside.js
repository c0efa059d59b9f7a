// @ts-check
/** The bag on its restaurant's page, or another's: beside the menu where there is room, else the way to it. */
import { html } from '../../vendor/ui.js';
import { money, t } from '../i18n.js';
import { BagBar } from './bag-bar.js';
import { bag } from './bag.js';
import { Entries, Sum, useBag } from './bag-view.js';

/** It stands before the menu for those who come by keyboard. @param {{ id: string }} props `id`: whose menu stands beside it */
export default function Aside({ id }) {
  const { restaurant } = bag();
  return html`<aside role="region" aria-label=${t('eat.your-bag')} class="card pad bag-aside">
      <h2>${t('eat.your-bag')}</h2>
      <${Entries} onMenu=${restaurant?.id === id} />
      ${restaurant && html`<${Sum} key=${restaurant.id} restaurant=${restaurant} />`}
    </aside>
    ${restaurant && html`<${Below} key=${restaurant.id} restaurant=${restaurant} own=${restaurant.id === id} />`}`;
}

/** @param {{ restaurant: { id: string, name: string }, own: boolean }} props */
function Below({ restaurant, own }) {
  const { told, currency } = useBag(restaurant);
  return html`<${BagBar} sum=${own && told ? money({ amount: told.sum, currency }) : null} />`;
}
