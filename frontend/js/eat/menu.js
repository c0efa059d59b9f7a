// @ts-check
/** A menu: its sections, which stay in sight and say where one is, and its dishes. */
import { html, useLayoutEffect, useRef, useState } from '../../vendor/ui.js';
import { money, t } from '../i18n.js';
import { Icon, Picture } from '../kit.js';
import { openSheet } from '../router.js';
import { bag } from './bag.js';
import { countOf } from './bag-rules.js';
import { contents, Diets } from './dish-words.js';

/** A section is where somebody is once it has come up to here: under what sticks above it. */
const READING = '-128px 0px -70% 0px';
const SCROLLING = ['wheel', 'touchmove', 'keydown'];

/** @param {{ menu: import('../../types/app').Menu }} props */
export function Menu({ menu }) {
  const { sections } = menu;
  if (sections.length === 0) return html`<p class="muted menu-empty">${t('eat.no-dishes')}</p>`;
  return html`<div class="menu">
    ${sections.length > 1 && html`<${Sections} names=${sections.map(({ name }) => name)} />`}
    ${sections.map(({ name, items }, at) => html`<section key=${name} class="menu-section" aria-labelledby=${idOf(at)}>
      <h2 id=${idOf(at)} tabindex="-1"><bdi translate="no">${name}</bdi></h2>
      <ul class="menu-dishes">${items.map((item) => html`<${Dish} key=${item.id} item=${item} />`)}</ul>
    </section>`)}
  </div>`;
}

/** @param {{ item: import('../../types/app').Item }} props */
function Dish({ item }) {
  const many = countOf(bag(), item.id);
  const inside = contents(item);
  return html`<li><button type="button" class=${`dish ${item.available ? '' : 'off'}`} aria-haspopup="dialog" onClick=${() => openSheet('item', item.id)}>
    <span class="dish-words">
      <b class="dish-name"><bdi translate="no">${item.name}</bdi></b>
      ${item.description && html`<span class="muted small clamp"><bdi translate="no">${item.description}</bdi></span>`}
      <span class="dish-price num" translate="no">${money(item.price)}</span>
      ${(item.dietary.length > 0 || !item.available) && html`<span class="row wrap dish-tags">${!item.available && html`<span class="tag">${t('eat.sold-out')}</span>`}<${Diets} item=${item} /></span>`}
      ${inside && html`<span class="tiny muted dish-inside"><${Icon} name="info" class="s" /><span>${inside}</span></span>`}
    </span>
    <span class="dish-picture">
      <${Picture} name=${item.picture} id=${item.id} class="square" off=${!item.available} />
      ${many > 0 ? html`<span class="dish-count on num"><span class="visually-hidden">${t('eat.in-bag')} </span><span translate="no">${many}</span></span>` : item.available && html`<span class="dish-count" aria-hidden="true"><${Icon} name="plus" /></span>`}
    </span>
  </button></li>`;
}

/** The sections: one stop of the Tab key, arrows go along them. @param {{ names: string[] }} props */
function Sections({ names }) {
  const [current, setCurrent] = useState(0);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  /** Whether a section was chosen by its link: it is the current one until somebody scrolls, though it may be too short to come up. */
  const chosen = useRef(false);
  const choose = (/** @type {number} */ at) => {
    chosen.current = true;
    setCurrent(at);
  };
  useLayoutEffect(() => {
    const scrolls = () => (chosen.current = false);
    for (const event of SCROLLING) addEventListener(event, scrolls, { passive: true });
    return () => {
      for (const event of SCROLLING) removeEventListener(event, scrolls);
    };
  }, []);
  useLayoutEffect(() => {
    const headings = names.map((_, at) => document.getElementById(idOf(at))?.parentElement);
    const inSight = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) inSight[isIntersecting ? 'add' : 'delete'](target);
      const first = headings.findIndex((heading) => inSight.has(heading));
      if (first >= 0 && !chosen.current) setCurrent(first);
    }, { rootMargin: READING });
    for (const heading of headings) if (heading) observer.observe(heading);
    return () => observer.disconnect();
  }, [names.join()]);
  useLayoutEffect(() => showWithin(list.current, current), [current]);
  const arrow = (/** @type {KeyboardEvent} */ event) => {
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = document.documentElement.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const to = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || !links[to]) return;
    event.preventDefault();
    links[to].focus();
  };
  return html`<nav ref=${list} class="sections scroll-x" aria-label=${t('eat.sections')} onKeyDown=${arrow}>
    ${names.map((name, at) => html`<a key=${name} href=${`#${idOf(at)}`} onClick=${() => choose(at)} tabindex=${at === current ? 0 : -1} aria-current=${at === current ? 'true' : undefined}><bdi translate="no">${name}</bdi></a>`)}
  </nav>`;
}

/** Scrolls the row of sections, and nothing else, until the current one is seen. @param {HTMLElement | null} list @param {number} at */
function showWithin(list, at) {
  const link = list?.children[at];
  if (!list || !(link instanceof HTMLElement)) return;
  const row = list.getBoundingClientRect();
  const own = link.getBoundingClientRect();
  if (own.left >= row.left && own.right <= row.right) return;
  list.scrollBy({ left: own.left - row.left - (row.width - own.width) / 2 });
}

/** @param {number} at */
function idOf(at) {
  return `section-${at + 1}`;
}
