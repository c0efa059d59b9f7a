// @ts-check
/**
 * How a page begins: configuration and words, then the app, which is drawn anew where something else changed its nodes (a
 * browser that translates moves text away under it).
 */
import { Fragment, html, options, render, useErrorBoundary, useState } from '../vendor/ui.js';
import { loadConfig } from './api.js';
import { loadWords, t } from './i18n.js';
import { Failure, Voices } from './kit.js';
import { Later, sheet } from './router.js';
import { ended } from './session.js';

/** Whether this page is one of the theatre's frames. */
const isFramed = window.parent !== window;

/** @type {(() => void) | null} */
let redraw = null;
/** Whether somebody else's elements stand in the page since it was drawn. */
let foreign = false;

// A key that is held is one press: it does not press what comes under the focus after it.
addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.repeat && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
});

/** Begins a page. @param {() => any} App */
export async function start(App) {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  document.documentElement.classList.toggle('framed', isFramed);
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
  if (isFramed) void import('./theatre.js');
  import('./shell.js').then(({ keepShell }) => keepShell());
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
    foreign = false;
    queueMicrotask(() => redraw?.());
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
 * anything it is drawn anew as a whole, once, from state that lies outside of its nodes.
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
    if (!foreign || vnode.type === Root) return;
    foreign = false;
    queueMicrotask(() => redraw?.());
  };
}
