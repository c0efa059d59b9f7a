// @ts-check
/** One dish: what is in it, how somebody wants it, and how many. Opened from the menu, or from the bag to be changed. */
import { html, signal, useRef } from '../../vendor/ui.js';
import { money, t } from '../i18n.js';
import { announce, Icon, Picture } from '../kit.js';
import { account } from '../session.js';
import { Sheet, Stepper } from '../sheet.js';
import { bag, changeBag, count } from './bag.js';
import { add, EMPTY, entryOf, keyOf, MAX_LINES, MAX_QUANTITY, replace } from './bag-rules.js';
import { Allergens, Diets } from './dish-words.js';
import { lacking, preselected, unitPrice } from './menu-rules.js';
import { OptionGroup } from './option-group.js';

/**
 * @typedef {import('../../types/app').Item} Item
 * @typedef {import('./bag-rules.js').Entry} Entry
 * @typedef {{ quantity: number, chosen: string[] }} Choice
 * @typedef {{ of: string, choice: Choice, tried: boolean, asks: boolean }} Draft `tried`: what is missing is marked; `asks`: another restaurant's bag stands in the way
 * @typedef {{ item: Item, currency: string, restaurant: { id: string, name: string }, edited?: string, onClose: () => void }} Props `edited`: the key of the entry that is changed
 */

/** What is chosen lies here, so that a page which is drawn anew does not lose it. */
const draft = signal(/** @type {Draft | null} */ (null));

/** @param {Props} props */
export function ItemSheet({ item, currency, restaurant, edited, onClose }) {
  const of = JSON.stringify([account.value?.id, edited ?? item.id]);
  const entry = edited === undefined ? null : entryOf(bag(), edited);
  const left = edited !== undefined && !entry;
  const { choice, tried, asks } = draft.value?.of === of ? draft.value : { choice: begun(item, entry), tried: false, asks: false };
  const set = (/** @type {Partial<Omit<Draft, 'of'>>} */ by) => (draft.value = { of, choice, tried, asks, ...by });
  const close = () => {
    draft.value = null;
    onClose();
  };

  const wanted = made(item, choice);
  const most = entry ? MAX_QUANTITY : room(restaurant.id, wanted);
  const taken = useRef(false);
  const take = (/** @type {boolean} */ anew) => {
    // The sheet takes a moment to go: a double click is one.
    if (taken.current) return undefined;
    const full = most < choice.quantity;
    if (lacks(item, choice) || full) return set({ tried: true });
    const other = bag().restaurant;
    if (!anew && !entry && other && other.id !== restaurant.id) return set({ asks: true });
    taken.current = true;
    changeBag((now) => (entry ? replace(now, keyOf(entry), wanted) : add(anew ? EMPTY : now, restaurant, wanted) ?? now));
    close();
    announce(t(entry ? 'eat.changed' : 'eat.added', { name: item.name, count: count(bag()) }));
    return undefined;
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    take(false);
    if (lacks(item, choice)) focusLacking(/** @type {HTMLFormElement} */ (event.currentTarget));
  };

  const id = 'item-form';
  const price = money({ amount: unitPrice(item, choice.chosen) * choice.quantity, currency });
  const bar = asks ? html`<${Question} old=${bag().restaurant?.name ?? ''} onYes=${() => take(true)} onNo=${() => set({ asks: false })} />`
    : item.available ? html`<${Stepper} class="big" value=${choice.quantity} min=${1} max=${Math.max(1, most)} label=${t('eat.quantity')} onChange=${(/** @type {number} */ quantity) => set({ choice: { ...choice, quantity } })} />
      <button class="btn primary big split" form=${id}><span>${t(entry ? 'eat.save' : 'eat.add', { count: choice.quantity })}</span><span class="num" translate="no">${price}</span></button>`
      : html`<p class="btn big" aria-disabled="true">${t('eat.sold-out')}</p>`;
  return html`<${Sheet} title=${html`<bdi translate="no">${item.name}</bdi>`} class="item-sheet" onClose=${close} bar=${bar} head=${html`<${Picture} name=${item.picture} id=${item.id} eager off=${!item.available} />`}>
    <form id=${id} class="stack loose" novalidate onSubmit=${submit}>
      <div class="stack item-about">
        ${item.description && html`<p class="muted item-words"><bdi translate="no">${item.description}</bdi></p>`}
        <p class="row wrap"><span class="visually-hidden">${t('eat.price')}</span><b class="num" translate="no">${money(item.price)}</b><${Diets} item=${item} /></p>
        ${item.allergens.length > 0 && html`<div class="row wrap item-allergens"><span class="small muted">${t('eat.allergens')}</span><${Allergens} item=${item} /></div>`}
      </div>
      ${left && html`<p class="banner warn" role="status"><${Icon} name="info" /><span>${t('eat.left-bag')}</span></p>`}
      ${tried && most < choice.quantity && html`<p class="banner warn" role="alert"><${Icon} name="info" /><span>${t('eat.bag-full', { most: MAX_QUANTITY, lines: MAX_LINES })}</span></p>`}
      ${item.option_groups.filter(({ max }) => max > 0).map((group) => html`<${OptionGroup} key=${group.id} group=${group} chosen=${choice.chosen} tried=${tried} onChange=${(/** @type {string[]} */ chosen) => set({ choice: { ...choice, chosen } })} />`)}
    </form>
  <//>`;
}

/** Whether to begin a new bag, naming the one there is. @param {{ old: string, onYes: () => void, onNo: () => void }} props */
function Question({ old, onYes, onNo }) {
  return html`<div class="item-question stack" role="alertdialog" aria-label=${t('eat.new-bag')}>
    <p><b>${t('eat.new-bag')}</b><br />${t('eat.new-bag-more', { old })}</p>
    <div class="row wrap">
      <button type="button" class="btn strong grow" onClick=${onYes}>${t('eat.new-bag-yes')}</button>
      <button type="button" class="btn grow" ref=${focusOnce} onClick=${onNo}>${t('eat.new-bag-no')}</button>
    </div>
  </div>`;
}

/** @param {HTMLElement | null} button */
function focusOnce(button) {
  button?.focus();
}

/** @param {Item} item @param {Entry | null} entry @returns {Choice} */
function begun(item, entry) {
  if (!entry) return { quantity: 1, chosen: preselected(item) };
  const there = item.option_groups.flatMap((group) => group.options).filter(({ available }) => available).map(({ id }) => id);
  return { quantity: entry.quantity, chosen: entry.options.map(({ id }) => id).filter((id) => there.includes(id)) };
}

/** The entry that a choice makes. @param {Item} item @param {Choice} choice @returns {Entry} */
function made(item, { quantity, chosen }) {
  const options = item.option_groups.flatMap((group) => group.options).filter(({ id }) => chosen.includes(id));
  return { item_id: item.id, name: item.name, quantity, options: options.map(({ id, name }) => ({ id, name })) };
}

/** How many more of this fit into the bag. @param {string} restaurantId @param {Entry} wanted */
function room(restaurantId, wanted) {
  const held = bag();
  if (held.restaurant?.id !== restaurantId) return MAX_QUANTITY;
  const same = entryOf(held, keyOf(wanted));
  if (!same) return held.entries.length < MAX_LINES ? MAX_QUANTITY : 0;
  return MAX_QUANTITY - same.quantity;
}

/** @param {Item} item @param {Choice} choice */
function lacks(item, { chosen }) {
  return item.option_groups.some((group) => lacking(group, chosen) > 0);
}

/** The first group that wants more takes the focus, as soon as it is marked. @param {HTMLFormElement} form */
function focusLacking(form) {
  requestAnimationFrame(() => {
    const field = /** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid="true"] input:enabled'));
    field?.focus();
  });
}
