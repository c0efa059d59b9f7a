// @ts-check
/**
 * Pictures of food: a gradient of two hues made from the id, one emoji large, two small ones cropped at the corners. The same id
 * always looks the same. They say nothing that the words beside them don't, so a screen reader passes them by.
 */
import { html } from '../vendor/ui.js';

/** The bundled set: the names in img/food, which the API takes as `picture`. */
export const FOOD = [
  'avocado', 'bacon', 'baguette', 'beans', 'beer', 'bento', 'bread', 'bubble-tea', 'burger', 'burrito', 'cake', 'cheese', 'chicken',
  'chocolate', 'cocktail', 'coconut', 'coffee', 'cookie', 'corn', 'crab', 'croissant', 'cupcake', 'curry', 'custard', 'doughnut',
  'dumplings', 'egg', 'falafel', 'fish', 'fries', 'fruit', 'grill', 'hotdog', 'ice-cream', 'juice', 'lobster', 'mango', 'milk',
  'mushroom', 'noodles', 'olives', 'oyster', 'pancakes', 'peas', 'pepper', 'pie', 'pizza', 'pretzel', 'ramen', 'rice', 'rice-ball',
  'salad', 'sandwich', 'shawarma', 'shrimp', 'skewer', 'soda', 'soup', 'spaghetti', 'steak', 'stew', 'sushi', 'taco', 'tea',
  'tomato', 'waffle', 'wine',
];

/** What is in img/small.webp, six a row: two rows of cuisines, then what lies at corners: savoury, then sweet. */
export const SMALL = [
  'pizza', 'burger', 'sushi', 'curry', 'salad', 'ramen',
  'grill', 'shawarma', 'dumplings', 'cake', 'croissant', 'coffee',
  'whole-tomato', 'herb', 'garlic', 'olive', 'carrot', 'bell-pepper',
  'lettuce', 'lemon', 'orange', 'strawberry', 'cherries', 'blueberries',
];
const COLUMNS = 6;
const SAVOURY = SMALL.slice(12, 20);
const SWEET = SMALL.slice(19);

/** What is drawn where nobody has chosen: meals, so that no restaurant becomes a glass of milk. */
const MEALS = ['bento', 'bread', 'burger', 'chicken', 'curry', 'dumplings', 'grill', 'noodles', 'pizza', 'ramen', 'rice', 'salad', 'sandwich', 'soup', 'spaghetti', 'stew', 'taco'];
/** Hues that food looks good on: none of the blue-violets. */
const HUES = [4, 16, 28, 38, 46, 56, 72, 96, 132, 160, 176, 196, 332, 348];
const DESSERTS_AND_DRINKS = new Set([
  'beer', 'bubble-tea', 'cake', 'chocolate', 'cocktail', 'coconut', 'coffee', 'cookie', 'croissant', 'cupcake', 'custard', 'doughnut', 'fruit',
  'ice-cream', 'juice', 'mango', 'milk', 'pancakes', 'pie', 'soda', 'tea', 'waffle', 'wine',
]);

/**
 * What a picture looks like.
 * @param {string | null | undefined} name of the set; null where nobody has chosen
 * @param {string} id of what it shows
 * @returns {{ name: string, hue: number, corners: [string, string] }}
 */
export function look(name, id) {
  const hash = fnv(id);
  const main = name && FOOD.includes(name) ? name : MEALS[hash % MEALS.length];
  const around = (DESSERTS_AND_DRINKS.has(main) ? SWEET : SAVOURY).filter((one) => !one.includes(main) && !main.startsWith(one));
  const first = (hash >>> 8) % around.length;
  // Never the same twice: the second is some steps further on.
  const second = (first + 1 + ((hash >>> 16) % (around.length - 1))) % around.length;
  return { name: main, hue: HUES[(hash >>> 4) % HUES.length], corners: [around[first], around[second]] };
}

/**
 * @param {{ name: string | null | undefined, id: string, class?: string, eager?: boolean, off?: boolean }} props
 * `eager` for what is seen first; `off` for what can't be had now
 */
export function Picture({ name, id, class: more = '', eager = false, off = false }) {
  const { name: main, hue, corners } = look(name, id);
  return html`<div class=${`pic ${off ? 'off' : ''} ${more}`} style=${{ '--h': String(hue) }} aria-hidden="true">
    <img src=${`/img/food/${main}.webp`} alt="" width="256" height="256" loading=${eager ? 'eager' : 'lazy'} decoding="async" />
    <${SmallPicture} name=${corners[0]} class="b" /><${SmallPicture} name=${corners[1]} class="c" />
  </div>`;
}

/** A small one, all of which come in one request; another of the set comes by itself. @param {{ name: string, class?: string }} props */
export function SmallPicture({ name, class: more = '' }) {
  const at = SMALL.indexOf(name);
  if (at < 0) return html`<img class=${`small-pic plain ${more}`} src=${`/img/food/${name}.webp`} alt="" width="42" height="42" loading="lazy" />`;
  const place = { '--x': String(at % COLUMNS), '--y': String(Math.floor(at / COLUMNS)) };
  return html`<span class=${`small-pic ${more}`} style=${place} aria-hidden="true"></span>`;
}

/** FNV-1a, 32 bits: spreads even ids that differ in their last digit. @param {string} text */
export function fnv(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // FNV's low bits are weak for short tails: fold the high ones in.
  return (hash ^ (hash >>> 15)) >>> 0;
}
