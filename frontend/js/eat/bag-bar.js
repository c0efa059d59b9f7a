// @ts-check
/** The way to the bag, where the thumb is. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon } from '../kit.js';
import { openSheet } from '../router.js';
import { bag, count } from './bag.js';

/** @param {{ sum?: string | null }} props `sum`: what the dishes cost, where their menu is at hand; else whose they are is told */
export function BagBar({ sum = null }) {
  const held = bag();
  if (!held.restaurant) return null;
  return html`<div class="bar float bag-bar">
    <button type="button" class="btn primary big split" aria-haspopup="dialog" onClick=${() => openSheet('bag', 'open')}>
      <span class="row"><${Icon} name="shopping-bag" />${t('eat.view-bag', { count: count(held) })}</span>
      <bdi class="num bag-bar-end" translate="no">${sum ?? held.restaurant.name}</bdi>
    </button>
  </div>`;
}
