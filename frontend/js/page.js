// @ts-check
/**
 * How a page begins: configuration and words, then the app, which is drawn anew where something else changed its nodes (a
 * browser that translates moves text away under it). And the page and its build: the service worker that keeps the shell, and a
 * page that is older than its server.
 */
import { effect, Fragment, html, options, render, useErrorBoundary, useState } from '../vendor/ui.js';
import { config, loadConfig, REQUEST_MS } from './api.js';
import { loadWords, t } from './i18n.js';
import { Failure, loadIcons, toast, Voices } from './kit.js';
import { Later, sheet, urlOf } from './router.js';
import { deleted, ended } from './session.js';
import { tab } from './store.js';

/** Where it stands that this tab loaded itself anew, and for which build. */
const RENEWED = 'tiffin:renewed';
/** What keeps the page waits until what shows it has come, so long at least, in milliseconds. */
const REST_MS = 3_000;
const SCRIPTS = ['/sw.js', '/js/timer-worker.js'];

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('tiffin', {
  createScriptURL: (/** @type {string} */ url) => {
    if (SCRIPTS.includes(url)) return url;
    throw new TypeError(`no script of ours: ${url}`);
  },
});

// Preact sets `translate` as a property, for which the word "no" is as good as true: the page would be translated all over.
const made = /** @type {any} */ (options).vnode;
/** @type {any} */ (options).vnode = (/** @type {any} */ vnode) => {
  if (vnode.props.translate === 'no' && typeof vnode.type === 'string') vnode.props.translate = false;
  // A link that is opened in another tab is asked of the server.
  if (vnode.type === 'a' && typeof vnode.props.href === 'string') vnode.props.href = urlOf(vnode.props.href);
  made?.(vnode);
};

/** @type {(() => void) | null} */
let redraw = null;
/** Whether somebody else's elements stand in the page since it was drawn. */
let foreign = false;
/** Whether a finger is down, and the page is to be drawn anew once it is up. */
let pressed = false;
let late = false;

/** Begins a page. @param {() => any} App */
export async function start(App) {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  const isFramed = window.parent !== window;
  document.documentElement.classList.toggle('framed', isFramed);
  addEventListener('keydown', pressOnce);
  loadIcons();
  try {
    await Promise.all([loadConfig(), loadWords()]);
  } catch (error) {
    // Without its words the page can only say this one thing, in English.
    root.textContent = navigator.onLine ? 'Tiffin does not answer. Please load the page again.' : 'You are offline. Please load the page again once you are connected.';
    throw error;
  }
  root.textContent = '';
  render(html`<${Root} App=${App} />`, root);
  watchForeign(root);
  effect(tellDeleted);
  if (isFramed) void import('./theatre.js');
  setTimeout(keepShell, REST_MS);
}

/** Whoever was here is there no more: deleted on another device, or by those who run Tiffin. */
function tellDeleted() {
  if (!deleted.value) return;
  queueMicrotask(() => {
    deleted.value = false;
    toast(t('kit.deleted-elsewhere'));
  });
}

/** A key that is held is one press: it does not press what comes under the focus after it. @param {KeyboardEvent} event */
function pressOnce(event) {
  if (event.key === 'Enter' && event.repeat && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
}

/** @param {{ App: () => any }} props */
function Root({ App }) {
  const [drawing, draw] = useState(0);
  redraw = () => draw((last) => last + 1);
  return html`<${Fragment} key=${drawing}><${Guarded} App=${App} /></>`;
}

/** @param {{ App: () => any }} props */
function Guarded({ App }) {
  const [error, reset] = useErrorBoundary((failure) => {
    if (!foreign) console.error(failure);
  });
  if (error && foreign) {
    queueMicrotask(drawAnew);
    return null;
  }
  if (error) return html`<main class="page"><${Failure} error=${{ code: 'unexpected' }} retry=${reset} /></main>`;
  return html`<a class="skip" href="#main">${t('kit.skip')}</a><${App} /><${SignInOver} /><${Voices} />`;
}

/** The sign-in sheet, over any page; it comes by itself once a session has ended. */
function SignInOver() {
  const wanted = ended.value || sheet('sign-in') !== null;
  return wanted && html`<${Later} load=${() => import('./sign-in.js')} />`;
}

/**
 * Translators wrap text in elements of their own and take ours away. The page is right as it stands then; at the next change of
 * anything it is drawn anew as a whole, once, from state that lies outside of its nodes; but not under a finger.
 * @param {HTMLElement} root
 */
function watchForeign(root) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.nodeName === 'FONT') foreign = true;
    }
  }).observe(root, { childList: true, subtree: true });
  const before = /** @type {any} */ (options).__r;
  /** @type {any} */ (options).__r = (/** @type {any} */ vnode) => {
    before?.(vnode);
    if (foreign && vnode.type !== Root) queueMicrotask(drawAnew);
  };
  addEventListener('pointerdown', () => (pressed = true), true);
  for (const end of ['pointerup', 'pointercancel']) {
    // The click comes right after it.
    addEventListener(end, () => setTimeout(lift), true);
  }
}

function lift() {
  pressed = false;
  if (late) drawAnew();
}

function drawAnew() {
  late = foreign && pressed;
  if (!foreign || late) return;
  foreign = false;
  redraw?.();
}

/** One of our own scripts, as Trusted Types wants it. @param {string} url */
export function trusted(url) {
  return policy ? policy.createScriptURL(url) : url;
}

/** Keeps the shell for when nothing answers; where the server has no build there is no worker, and one of before goes. */
async function keepShell() {
  if (!('serviceWorker' in navigator)) return;
  if (config.build) {
    // The server may be gone at this moment: the next page tries again.
    await navigator.serviceWorker.register(trusted('/sw.js'), { scope: '/', updateViaCache: 'none' }).catch(() => {});
    return;
  }
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
}

/** Things under way that a reload would lose: a form that is touched, an action without its outcome. */
const holds = new Set();

/** Keeps the page from loading itself anew until what is returned is called. @param {string} why */
export function hold(why) {
  const one = { why };
  holds.add(one);
  return () => holds.delete(one);
}

/** Whether a form of this page has been touched. */
function touched() {
  return Array.from(document.querySelectorAll('input, textarea, select')).some((field) => {
    if (field instanceof HTMLSelectElement) return false;
    const one = /** @type {HTMLInputElement} */ (field);
    return one.type !== 'search' && one.value !== one.defaultValue && one.value !== '';
  });
}

/** Loads the page anew if the server has another build than it: once for each build, never while something would be lost. */
export async function renew() {
  const response = await fetch('/config.json', { cache: 'no-store', signal: AbortSignal.timeout(REQUEST_MS) }).catch(() => null);
  if (!response?.ok) return false;
  const { build } = await response.json();
  if (!build || build === config.build || tab.getItem(RENEWED) === build) return false;
  if (holds.size > 0 || touched()) return false;
  tab.setItem(RENEWED, build);
  location.reload();
  return true;
}
