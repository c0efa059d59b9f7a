// @ts-check
/**
 * Addresses and history. A route's module comes by `import()`; each sheet is one entry of the history, so that Back closes one
 * layer at a time; the place scrolled to is kept with its entry. The theatre's frames share one history.
 */
import { html, signal, useEffect, useState } from '../vendor/ui.js';
import { ApiError, unanswered } from './api.js';
import { Busy, Failure } from './kit.js';
import { tab } from './store.js';

/** Where we are: the path, its parameters, the query. */
export const route = signal(/** @type {Route} */ ({ path: '', params: {}, query: new URLSearchParams(), view: null }));
/** Whether the next title that is drawn takes the focus, for a reader to know that the page is another. */
let focusTitle = false;
/** Where it stands how many entries the tab's pages have made up to the present one: each has its number. */
const MADE = 'tiffin:made';
/** The number of this page's present entry. */
let present = 0;
/** The sheet that a step back on its way closes: however often it is told to, that is one step. @type {string | null} */
let closing = null;
/** What waits until it has. @type {(() => void) | null} */
let gone = null;
/**
 * Whether this is a server of files alone, which knows nothing of what lies below a page's address: that stands in the query
 * there, `/eat/?at=/eat/orders/…`. Whoever lays the pages out for one (shared/pages/src/folder.rs) says so in them.
 */
let inQuery = false;
const AT = 'at';

/**
 * @typedef {{ path: string, params: Record<string, string>, query: URLSearchParams, view: View | null }} Route
 * @typedef {() => Promise<{ default: (props: any) => any }>} View
 */

/** @type {[RegExp, View][]} */
let table = [];

/** Begins to route. `routes` maps paths with `{parameters}` to modules; the first that fits counts. @param {Record<string, View>} routes */
export function begin(routes) {
  table = Object.entries(routes).map(([path, view]) => [new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`), view]);
  inQuery = document.documentElement.dataset.addresses === 'query';
  history.scrollRestoration = 'manual';
  present = history.state?.made ?? 0;
  read();
  // Its module comes while the page's words do; whether it came is the outlet's to say.
  route.peek().view?.().catch(() => {});
  restore();
  addEventListener('popstate', () => {
    const before = route.peek().path;
    closing = null;
    recount();
    read();
    if (route.peek().path !== before) focusTitle = true;
    restore();
    gone?.();
    gone = null;
  });
  addEventListener('click', follow);
  addEventListener('scrollend', remember);
  addEventListener('pagehide', remember);
}

function read() {
  const { path, query } = addressOf(location);
  for (const [pattern, view] of table) {
    const match = pattern.exec(path);
    if (!match) continue;
    const params = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]));
    route.value = { path, params, query, view };
    return;
  }
  route.value = { path, params: {}, query, view: null };
}

/** The address that a URL is of. @param {{ pathname: string, search: string }} url */
function addressOf({ pathname, search }) {
  const query = new URLSearchParams(search);
  const below = inQuery ? query.get(AT) : null;
  if (inQuery) query.delete(AT);
  return { path: (below ?? pathname).replace(/(?<=.)\/$/, ''), query };
}

/** The URL at which an address of this page is found; that of another page, or of anything else, as it is. @param {string} address */
export function urlOf(address) {
  if (!inQuery || !address.startsWith('/')) return address;
  const { pathname, search, hash } = new URL(address, location.origin);
  if (!isOwn(pathname)) return address;
  const [, page, ...below] = pathname.split('/');
  const at = below.join('') ? [`${AT}=${encodeURIComponent(pathname).replaceAll('%2F', '/')}`] : [];
  const query = [...at, ...(search ? [search.slice(1)] : [])].join('&');
  return `/${page}/${query && `?${query}`}${hash}`;
}

/** @param {string} path */
function isOwn(path) {
  return table.some(([pattern]) => pattern.test(path));
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Goes to an address of this page. @param {string} path @param {{ replace?: boolean }} [how] */
export function go(path, { replace = false } = {}) {
  remember();
  const before = route.peek().path;
  if (replace) history.replaceState({ depth: depth(), inside: inside(), from: history.state?.from, made: history.state?.made }, '', urlOf(path));
  else history.pushState({ depth: 0, inside: true, from: whence(), made: nextMade() }, '', urlOf(path));
  read();
  if (route.peek().path !== before) {
    focusTitle = true;
    scrollTo(0, 0);
  }
}

/** Where we are, to be kept in the entry that comes next: nothing that tells what somebody has looked at outlives their session. */
function whence() {
  const { path, params } = route.peek();
  return Object.keys(params).length === 0 ? path : null;
}

/** Goes back to where we came from in this page, or else to `path`. @param {string} path @param {string[]} [among] only where we came from one of these */
export function back(path, among) {
  if (inside() && isNewest() && (!among || among.includes(history.state.from))) history.back();
  else go(path, { replace: true });
}

/** Opens a sheet over the page: `?name=value`, an entry of its own. @param {string} name @param {string} value */
export function openSheet(name, value) {
  // Pressed again: what shows it is on its way, or goes just now and is to come again.
  if (sheet(name) === value) {
    if (closing === name) gone = () => openSheet(name, value);
    return;
  }
  remember();
  const query = new URLSearchParams(location.search);
  query.set(name, value);
  history.pushState({ depth: depth() + 1, inside: true, from: whence(), made: nextMade(), y: scrollY }, '', `${location.pathname}?${query}`);
  read();
}

/** Closes it: the entry goes, so that the next Back is not an empty step. @param {string} name */
export function closeSheet(name) {
  if (closing === name || !route.peek().query.has(name)) return;
  if (depth() > 0 && isNewest()) {
    closing = name;
    history.back();
    return;
  }
  const query = new URLSearchParams(location.search);
  query.delete(name);
  history.replaceState({ ...history.state, depth: Math.max(0, depth() - 1) }, '', location.pathname + (query.size ? `?${query}` : ''));
  read();
}

/** The value of the sheet of this name, while it is open. @param {string} name */
export function sheet(name) {
  return route.value.query.get(name);
}

function depth() {
  return history.state?.depth ?? 0;
}

function inside() {
  return history.state?.inside === true;
}

/** Whether a step back leads to this page's entry before: another frame of the theatre may have made one since. */
function isNewest() {
  return window.parent === window || present === made();
}

function made() {
  return Number(tab.getItem(MADE) ?? 0);
}

function nextMade() {
  present = made() + 1;
  tab.setItem(MADE, String(present));
  return present;
}

/** After a step back or forward: how many entries there are now. */
function recount() {
  const before = present;
  present = history.state?.made ?? 0;
  if (present < before) tab.setItem(MADE, String(Math.min(made(), before - 1)));
  if (present > before) tab.setItem(MADE, String(Math.max(made(), present)));
}

function remember() {
  history.replaceState({ ...history.state, y: scrollY }, '');
}

/** Scrolls to where this entry was left, as soon as the page is tall enough; not against somebody who scrolls. */
function restore() {
  const y = history.state?.y ?? 0;
  if (scrollY === y) return;
  const observer = new ResizeObserver(() => {
    if (document.documentElement.scrollHeight < y + innerHeight) return;
    stop();
    scrollTo(0, y);
  });
  const stop = () => {
    observer.disconnect();
    for (const event of ['wheel', 'touchmove', 'keydown']) removeEventListener(event, stop);
  };
  for (const event of ['wheel', 'touchmove', 'keydown']) addEventListener(event, stop, { once: true, passive: true });
  observer.observe(document.body);
}

/** Links within the page's own addresses do not load it anew. @param {MouseEvent} event */
function follow(event) {
  const link = /** @type {Element} */ (event.target).closest?.('a[href]');
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.download || link.origin !== location.origin) return;
  const { path, query } = addressOf(link);
  if (!isOwn(path)) return;
  event.preventDefault();
  if (link.hash && link.pathname === location.pathname && link.search === location.search) {
    // Within the page: a place of it, not an entry of the history.
    const place = document.getElementById(link.hash.slice(1));
    place?.scrollIntoView();
    place?.focus({ preventScroll: true });
    return;
  }
  go(path + (query.size ? `?${query}` : ''));
}

/** What stands at this address. @param {{ missing: any }} props `missing`: what is shown where there is nothing */
export function Outlet({ missing }) {
  const { view, params, path } = route.value;
  const [shown, show] = useState(/** @type {{ view: View, Page: any } | { view: View, error: unknown } | null} */ (null));
  const [attempt, again] = useState(0);
  useEffect(() => {
    if (!view) return;
    let wanted = true;
    view().then(
      (module) => wanted && show({ view, Page: module.default }),
      (error) => void (wanted && lookAnew(() => wanted && show({ view, error: away(error) }))),
    );
    // What did not come for want of a network is fetched as soon as there is one.
    const anew = () => again((last) => last + 1);
    addEventListener('online', anew);
    return () => {
      wanted = false;
      removeEventListener('online', anew);
    };
  }, [view, attempt]);
  if (!view) return missing;
  if (shown?.view !== view) return html`<${Busy} />`;
  if ('error' in shown) return html`<${Failure} error=${shown.error} retry=${() => lookAnew(() => again(attempt + 1))} />`;
  return html`<${shown.Page} key=${path} ...${params} />`;
}

/** A module that could not be fetched, as any request that nothing answered. @param {unknown} error */
function away(error) {
  return error instanceof TypeError ? new ApiError({ code: unanswered() }) : error;
}

/** A component that comes by `import()`, once it is wanted; nothing until then. @param {{ load: View, [more: string]: any }} props */
export function Later({ load, ...props }) {
  const [Part, show] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const failed = (/** @type {unknown} */ error) => () => html`<${Failure} error=${away(error)} retry=${() => lookAnew(() => location.reload())} />`;
    load().then((module) => show(() => module.default), (error) => lookAnew(() => show(() => failed(error))));
  }, []);
  return Part && html`<${Part} ...${props} />`;
}

/** A module that does not come may be one of a build that is gone: then the page is loaded anew, once. @param {() => unknown} otherwise */
async function lookAnew(otherwise) {
  const { renew } = await import('./page.js');
  if (!(await renew())) otherwise();
}

/** Whether a title that is drawn now takes the focus; asked once. A frame of the theatre takes none that it does not have. */
export function takesFocus() {
  const takes = focusTitle;
  focusTitle = false;
  return takes && (window.parent === window || document.hasFocus());
}
