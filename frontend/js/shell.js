// @ts-check
/**
 * The page and its build: the service worker that keeps the shell, and a page that is older than its server. Comes by
 * `import()`: nothing of it is needed to draw.
 */
import { config } from './api.js';
import { tab } from './store.js';

/** Where it stands that this tab loaded itself anew, and for which build. */
const RENEWED = 'tiffin:renewed';
const SCRIPTS = ['/sw.js', '/js/timer-worker.js'];

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('tiffin', {
  createScriptURL: (/** @type {string} */ url) => {
    if (SCRIPTS.includes(url)) return url;
    throw new TypeError(`no script of ours: ${url}`);
  },
});

/** One of our own scripts, as Trusted Types wants it. @param {string} url */
export function trusted(url) {
  return policy ? policy.createScriptURL(url) : url;
}

/** Keeps the shell for when nothing answers; where the server has no build there is no worker, and one of before goes. */
export async function keepShell() {
  if (!('serviceWorker' in navigator)) return;
  if (config.build) {
    await navigator.serviceWorker.register(trusted('/sw.js'), { scope: '/', updateViaCache: 'none' });
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
  const response = await fetch('/config.json', { cache: 'no-store' }).catch(() => null);
  if (!response?.ok) return false;
  const { build } = await response.json();
  if (!build || build === config.build || tab.getItem(RENEWED) === build) return false;
  if (holds.size > 0 || touched()) return false;
  tab.setItem(RENEWED, build);
  location.reload();
  return true;
}
