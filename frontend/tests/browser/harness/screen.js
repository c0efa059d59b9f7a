// What a screen is like to whoever uses it: whether it stands still, whether everybody can use it, where focus and caret are.

import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';

/**
 * A screen of the pages. `see` brings a page there, by whatever it takes of what a test has, and waits until it shows it.
 * @typedef {object} Screen
 * @property {string} name its address, and what is special about it
 * @property {boolean} [again] its route has a more telling screen, or it is made of what another is made of: one of the long tier
 * @property {(world: {page: object, context: object, town: object, signIn: Function, keep: Function, guards: object, baseURL: string}) => Promise<unknown>} see
 *
 * @typedef {object} Named a screen that shows the name it is given, which is a strange one
 * @property {string} name
 * @property {(world: object, name: string) => Promise<unknown>} see
 */

/** Devices, and what they show. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
export const TABLET = { viewport: { width: 1180, height: 820 }, hasTouch: true };
export const DESKTOP = { viewport: { width: 1440, height: 900 } };

/** Every look that each route is tried in. */
export const LOOKS = [
  { name: 'phone, light', viewport: PHONE.viewport, colorScheme: 'light' },
  { name: 'phone, dark', viewport: PHONE.viewport, colorScheme: 'dark' },
  { name: 'desktop, light', viewport: DESKTOP.viewport, colorScheme: 'light' },
  { name: 'desktop, dark', viewport: DESKTOP.viewport, colorScheme: 'dark' },
];

/** WCAG 2.2 at AA, and what else axe holds to be good. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];
/** A transition is shorter than this; what runs longer is a countdown, or runs for ever. */
const TRANSITION_MS = 2_000;
/** How many frames nothing may change for a screen to stand still. */
const STILL_FRAMES = 3;

/**
 * Puts on a look.
 * @param {import('@playwright/test').Page} page
 */
export async function wear(page, { viewport, colorScheme }) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
}

/**
 * Waits until the screen stands still: fonts and pictures are there, transitions have ended, nothing has changed for some
 * frames. A countdown or a pulse is no movement; give a locator to look at a part of the page.
 * @param {import('@playwright/test').Page | import('@playwright/test').Locator} where
 */
export async function waitForStable(where) {
  const root = 'locator' in where && 'goto' in where ? where.locator('body') : where;
  await root.evaluate(standsStill, { frames: STILL_FRAMES, transitionMs: TRANSITION_MS });
}

/** Runs in the page. */
async function standsStill(root, { frames, transitionMs }) {
  await document.fonts.ready;
  const moving = () => root.getAnimations({ subtree: true }).some(({ playState, effect }) => {
    return playState === 'running' && Number(effect?.getComputedTiming().endTime) <= transitionMs;
  });
  const loading = () => [...root.querySelectorAll('img')].some((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return !image.complete && bottom >= 0 && top <= innerHeight;
  });
  const box = () => JSON.stringify(root.getBoundingClientRect());
  let still = 0;
  let last = '';
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ type }) => type === 'childList')) still = 0;
  });
  observer.observe(root, { childList: true, subtree: true });
  while (still < frames) {
    await new Promise(requestAnimationFrame);
    const now = box();
    still = moving() || loading() || now !== last ? 0 : still + 1;
    last = now;
  }
  observer.disconnect();
}

/**
 * Fails where axe finds anything, and says what and where. What stands in frames is a page of its own.
 * @param {import('@playwright/test').Page} page
 * @param {{ again?: boolean }} [how] `again`: a screen that was looked at in another colour scheme: only what colours decide
 */
export async function expectAccessible(page, how) {
  expect((await violations(page, how)).join('\n'), 'what axe finds').toBe('');
}

/**
 * What axe finds, and where. What stands in frames is a page of its own.
 * @param {import('@playwright/test').Page} page
 * @param {{ again?: boolean }} [how] as above
 */
export async function violations(page, { again = false } = {}) {
  await waitForStable(page);
  // In the page itself: a blank page for each look, as axe has it otherwise, takes longer than the look.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ iframes: false });
  const { violations: found } = await (again ? axe.withRules(RULES_OF_COLOUR) : axe.withTags(RULES)).analyze();
  return found.map(({ id, help, nodes }) => {
    const where = nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`);
    return `${id} (${help}):\n  ${where.join('\n  ')}`;
  });
}

/** A desktop at 400 %. */
export const NARROW = { width: 320, height: 568 };

/**
 * Fails where the page, or a sheet, scrolls sideways, where words or controls lie beyond its edges, or words beyond their ground.
 * @param {import('@playwright/test').Page} page
 */
export async function expectFits(page) {
  await waitForStable(page);
  expect(await page.evaluate(beyondEdges), 'what lies beyond the edges').toEqual([]);
}

/** Runs in the page. A row that is made to be scrolled sideways holds what it likes. */
function beyondEdges() {
  const wide = document.documentElement.clientWidth;
  const scrolls = (value) => value === 'auto' || value === 'scroll';
  const told = (element) => `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 40)}`;
  const sideways = [...document.querySelectorAll('*')].filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const page = element === document.documentElement || element === document.body;
    return element.scrollWidth > element.clientWidth + 1 && (page || (scrolls(overflowX) && scrolls(overflowY)));
  });
  const held = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const { overflowX, clip, clipPath } = getComputedStyle(one);
      if (overflowX !== 'visible' && overflowX !== 'clip' && one.scrollWidth > one.clientWidth && one !== document.body) return true;
      if (clip !== 'auto' || clipPath !== 'none') return true;
    }
    return false;
  };
  const outside = [...document.querySelectorAll('a, button, input, textarea, h1, h2, h3, p, b, span, label, time, output, li')].filter((element) => {
    const { left, right, width, height } = element.getBoundingClientRect();
    if (width < 2 || height < 2 || element.closest('.map, .skip') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    return (left < -1 || right > wide + 1) && !held(element);
  });
  // What has a ground of its own, and words that stand below it.
  const spilling = [...document.querySelectorAll('p, a, button, section, li, div, span')].filter((element) => {
    const { backgroundColor, overflowY, display } = getComputedStyle(element);
    if (backgroundColor === 'rgba(0, 0, 0, 0)' || overflowY !== 'visible' || display === 'inline' || element.closest('.map')) return false;
    return element.clientHeight > 0 && element.scrollHeight > element.clientHeight + 2;
  });
  return [...spilling.map((element) => `spills: ${told(element)}`), ...sideways.map((element) => `scrolls: ${told(element)}`), ...outside.map((element) => `outside: ${told(element)}`)];
}

/**
 * Fails where something moves without end for somebody who asked for less of that.
 * @param {import('@playwright/test').Page} page
 */
export async function expectCalmMotion(page) {
  const moving = await page.evaluate(() => document.getAnimations().filter(({ playState, effect }) => {
    return playState === 'running' && effect?.getComputedTiming().iterations === Infinity;
  }).map(({ animationName, effect }) => `${animationName} ${effect.target?.className}`));
  expect(moving, 'what moves without end').toEqual([]);
}

/**
 * Notes where somebody is: focus, caret, text, scroll, dialog.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<void>>} fails where any of it is another
 */
export async function holdPlace(page) {
  const before = await page.evaluate(place, { mark: true });
  return async () => {
    const now = await page.evaluate(place, { mark: false });
    expect(now, 'where somebody was: focus, caret, text, scroll, dialog').toEqual(before);
  };
}

/** Runs in the page. The element in focus is held, so that one made anew in its place is another. */
function place({ mark }) {
  const focused = document.activeElement;
  if (mark) globalThis.tiffinTestFocused = focused;
  const scrolled = [...document.querySelectorAll('*')].filter(({ scrollTop, scrollLeft }) => scrollTop || scrollLeft);
  const textual = focused instanceof HTMLTextAreaElement || focused instanceof HTMLInputElement;
  return {
    sameElement: focused === globalThis.tiffinTestFocused,
    element: focused?.outerHTML.split('>')[0],
    text: textual ? focused.value : null,
    caret: textual ? [focused.selectionStart, focused.selectionEnd] : null,
    scroll: scrolled.map(({ tagName, className, scrollTop, scrollLeft }) => `${tagName}.${className} ${scrollLeft},${scrollTop}`),
    dialogs: [...document.querySelectorAll('dialog[open], [popover]:popover-open')].map(({ id, className }) => `${id}.${className}`),
  };
}
