// @ts-check
/** The menu as customers see it, and the way to another dish. */
import { html } from '../../vendor/ui.js';
import { contents, Diets } from '../eat/dish-words.js';
import { money, t } from '../i18n.js';
import { Busy, Empty, Failure, Icon, Picture, styled, toast } from '../kit.js';
import { useLive } from '../live.js';
import { closeSheet, Later, openSheet, sheet } from '../router.js';
import { Frame } from './frame.js';

/** @typedef {import('../../types/app').Item} Item */
/** @typedef {import('./restaurants.js').Restaurant} Restaurant */

await styled('kitchen-menu');

/** @param {{ restaurant_id: string }} props */
export default function Page({ restaurant_id }) {
  return html`<${Frame} restaurant_id=${restaurant_id} at="menu">${(/** @type {Restaurant} */ restaurant) => html`<${Menu} restaurant=${restaurant} />`}<//>`;
}

/** @param {{ restaurant: Restaurant }} props */
function Menu({ restaurant }) {
  const menu = useLive('get-menu', { path: { restaurant_id: restaurant.id } }, { poll: false });
  const sections = /** @type {import('../../types/app').Menu['sections'] | undefined} */ (menu.data.value?.sections);
  const add = html`<button type="button" class="btn primary" aria-haspopup="dialog" onClick=${() => openSheet('dish', 'new')}><${Icon} name="plus" />${t('kitchen.add-dish')}</button>`;
  const added = (/** @type {string} */ name) => {
    closeSheet('dish');
    toast(t('kitchen.dish-added', { name }), 'good');
    void menu.refresh();
  };
  return html`<div class="page menu-page">
    ${!sections && (menu.error.value ? html`<${Failure} error=${menu.error.value} retry=${menu.refresh} />` : html`<${Busy} rows=${4} />`)}
    ${sections?.length === 0 && html`<${Empty} scene="plate" title=${t('kitchen.no-dishes')} action=${add}>${t('kitchen.no-dishes-more')}<//>`}
    ${sections && sections.length > 0 && html`<div class="row between wrap menu-head"><p class="muted">${t('kitchen.dishes', { count: sections.reduce((sum, { items }) => sum + items.length, 0) })}</p>${add}</div>`}
    ${sections?.map(
      (section) => html`<section key=${section.name} class="stack">
        <h2 translate="no"><bdi>${section.name}</bdi></h2>
        <ul class="menu-dishes">${section.items.map((item) => html`<${Dish} key=${item.id} item=${item} />`)}</ul>
      </section>`,
    )}
    ${sections && sheet('dish') !== null && html`<${Later} load=${() => import('./dish-sheet.js')} restaurant=${restaurant} sections=${sections.map(({ name }) => name)} onAdded=${added} onUnsure=${menu.refresh} onClose=${() => closeSheet('dish')} />`}
  </div>`;
}

/** @param {{ item: Item & { picture?: string | null } }} props */
function Dish({ item }) {
  return html`<li class="card pad menu-dish">
    <div class="row top">
      <${Picture} name=${item.picture} id=${item.id} class="square" off=${!item.available} />
      <div class="grow stack tight">
        <h3 class="clamp" translate="no"><bdi>${item.name}</bdi></h3>
        <span class="num strong" translate="no">${money(item.price)}</span>
      </div>
    </div>
    ${item.description && html`<p class="muted small" translate="no"><bdi>${item.description}</bdi></p>`}
    <${Tags} item=${item} />
    ${item.option_groups.map(
      (group) => html`<div key=${group.id} class="menu-group small">
        <b translate="no"><bdi>${group.name}</bdi></b> <span class="muted">${range(group)}</span>
        <p class="muted" translate="no">${group.options.map((option) => html`<span key=${option.id}><bdi>${option.name}</bdi>${option.price.amount > 0 && html` <span class="num">+${money(option.price)}</span>`}</span>`)}</p>
      </div>`,
    )}
  </li>`;
}

/** @param {{ item: Item }} props */
function Tags({ item }) {
  const contains = contents(item);
  if (item.available && item.dietary.length === 0 && !contains) return null;
  return html`<p class="row wrap tags">
    ${!item.available && html`<span class="tag bad"><${Icon} name="ban" />${t('kitchen.unavailable')}</span>`}
    <${Diets} item=${item} />
    ${contains && html`<span class="muted small">${contains}</span>`}
  </p>`;
}

/** How many of a group are chosen. @param {{ min: number, max: number }} group */
export function range({ min, max }) {
  if (min === max) return t('kitchen.choose-exactly', { count: max });
  return min === 0 ? t('kitchen.choose-most', { count: max }) : t('kitchen.choose-between', { min, max });
}
