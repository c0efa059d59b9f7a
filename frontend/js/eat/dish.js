// @ts-check
/** The sheet of one of a menu's dishes, whether it is still there or not. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Empty } from '../kit.js';
import { closeSheet } from '../router.js';
import { Sheet } from '../sheet.js';
import { ItemSheet } from './item-sheet.js';
import { itemOf } from './menu-rules.js';

/** @param {{ menu: import('../../types/app').Menu, restaurant: import('../../types/app').Restaurant, id: string }} props */
export default function Dish({ menu, restaurant, id }) {
  const item = itemOf(menu, id);
  const close = () => closeSheet('item');
  if (!item) return html`<${Sheet} title=${t('eat.dish')} class="small" onClose=${close}><${Empty} scene="plate" title=${t('eat.not-on-menu')} /><//>`;
  return html`<${ItemSheet} key=${id} item=${item} currency=${menu.currency} restaurant=${restaurant} onClose=${close} />`;
}
