// @ts-check
/** The board: every order of today in the column of what is to be done with it. */
import { html, useEffect, useLayoutEffect, useRef } from '../../vendor/ui.js';
import { number, t } from '../i18n.js';
import { Failure, Icon } from '../kit.js';
import { closeSheet, Later, sheet } from '../router.js';
import { holding, stopMisled } from '../calm.js';
import { Card } from './card.js';
import { COLUMNS } from './columns.js';
import { drawn, live, movedAt, refresh, shown, unseen } from './feed.js';
import { Frame } from './frame.js';

/** @param {{ restaurant_id: string }} props */
export default function Page({ restaurant_id }) {
  return html`<${Frame} restaurant_id=${restaurant_id} at="board">${(/** @type {any} */ restaurant) => html`<${Board} restaurant=${restaurant} />`}<//>`;
}

/** @param {{ restaurant: import('./restaurants.js').Restaurant }} props */
function Board({ restaurant }) {
  const board = useRef(/** @type {HTMLElement | null} */ (null));
  const columns = shown.value;
  const error = live.value?.error.value;
  const holdsNone = !columns || COLUMNS.every((column) => columns[column].length === 0);
  if (!columns && error) return html`<${Failure} error=${error} retry=${refresh} />`;
  return html`<${Ways} board=${board} />
    ${columns && error && html`<p class="banner warn stale-board" role="status"><${Icon} name="wifi-off" /><span>${t('kitchen.stale')}</span></p>`}
    <div class="board" ref=${board} role="group" aria-label=${t('kitchen.board')} tabindex=${holdsNone ? '0' : undefined}>${COLUMNS.map((column) => html`<${Column} key=${column} column=${column} orders=${columns?.[column] ?? null} restaurant=${restaurant} />`)}</div>
    ${sheet('order') !== null && html`<${Later} key=${sheet('order')} load=${() => import('./order-sheet.js')} id=${sheet('order')} restaurant=${restaurant} onClose=${() => closeSheet('order')} />`}
    ${sheet('refund') !== null && html`<${Later} key=${`refund-${sheet('refund')}`} load=${() => import('./refund-sheet.js')} id=${sheet('refund')} restaurant=${restaurant} onClose=${() => closeSheet('refund')} />`}
    ${sheet('end') !== null && html`<${Later} key=${`end-${sheet('end')}`} load=${() => import('./end-sheet.js')} id=${sheet('end')} onClose=${() => closeSheet('end')} />`}`;
}

/** @param {{ column: import('./columns.js').Column, orders: import('../../types/app').Order[] | null, restaurant: any }} props `orders`: null while they are not known */
function Column({ column, orders, restaurant }) {
  useLayoutEffect(() => drawn(column));
  const guard = (/** @type {MouseEvent} */ event) => stopMisled(event, movedAt.get(column) ?? -Infinity);
  const hot = column === 'new' && orders !== null && orders.length > 0;
  const more = column === 'new' && holding.value ? unseen.value : 0;
  return html`<section class=${`column ${column}`} id=${`column-${column}`} aria-labelledby=${`title-${column}`} onClickCapture=${guard}>
    <h2 id=${`title-${column}`} tabindex="-1">${t(`kitchen.column-${column}`)} ${orders && html`<span class=${`count ${hot ? 'accent' : ''}`} translate="no">${number(orders.length)}</span>`}
      ${more > 0 && html`<span class="tag accent more-new">${t('kitchen.more-new', { count: more })}</span>`}</h2>
    <ul class="cards" tabindex=${orders && orders.length > 0 ? '0' : undefined} aria-labelledby=${`title-${column}`}>
      ${orders === null && html`<li class="skeleton"></li>`}
      ${orders?.length === 0 && html`<li class="nothing">${t(`kitchen.nothing-${column}`)}</li>`}
      ${orders?.map((order) => html`<${Card} key=${order.id} order=${order} restaurant=${restaurant} />`)}
    </ul>
  </section>`;
}

/** On narrow screens: the way to each column. @param {{ board: { current: HTMLElement | null } }} props */
function Ways({ board }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const own = board.current;
    if (!own) return;
    // What is in sight is marked here by hand: scrolling draws nothing anew.
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const way = bar.current?.querySelector(`[data-column="${target.id}"]`);
          if (isIntersecting) way?.setAttribute('aria-current', 'true');
          else way?.removeAttribute('aria-current');
        }
      },
      { root: own, threshold: 0.6 },
    );
    for (const column of own.children) observer.observe(column);
    return () => observer.disconnect();
  }, [shown.value === null]);
  const to = (/** @type {string} */ column) => () => document.getElementById(`column-${column}`)?.scrollIntoView({ inline: 'start', block: 'nearest', behavior: 'smooth' });
  return html`<div class="ways" ref=${bar} role="group" aria-label=${t('kitchen.columns')}>
    ${COLUMNS.map((column) => html`<button type="button" key=${column} class="chip" data-column=${`column-${column}`} onClick=${to(column)}>${t(`kitchen.column-${column}`)} <span class="num" translate="no">${number(shown.value?.[column].length ?? 0)}</span></button>`)}
  </div>`;
}
