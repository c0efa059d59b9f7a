// @ts-check
/**
 * The service worker. It keeps the files of one build's shell, so that pages open where nothing answers at all, and no reply of
 * the API, ever.
 *
 * A page and what it loads have to be of one build. Navigations go to the server, and `config.json` is asked beside them for
 * the server's build: as soon as it is another, what is kept goes before any of it meets a page of that build, and everything
 * comes from the server until the worker of that build is there. A server without a build has no worker: this one removes
 * itself, so that whoever next serves at this address is not shown our pages.
 */

/** Its scope and its events are of another world than the pages' types. @typedef {any} FetchEvent */
const worker = /** @type {any} */ (self);

/** The server fills these in; where nobody does, the worker does not start. */
const BUILD = '__BUILD__';
/** @type {string[]} */
const FILES = JSON.parse('__FILES__');

const PREFIX = 'tiffin-shell-';
const CACHE = PREFIX + BUILD;
/** The pages that can be shown without the server. */
const PAGES = ['eat', 'kitchen', 'ride'];
/** How long the server may take to say its build: a page that is there already waits for it. */
const ASK_MS = 3000;

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keep().then(() => worker.skipWaiting())));

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(forgetOthers()));

worker.addEventListener('fetch', (/** @type {FetchEvent} */ event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (mode === 'navigate') event.respondWith(navigate(event, pathname));
  else if (FILES.includes(pathname)) event.respondWith(file(event.request, pathname));
});

/** Keeps every file of the shell, all of this build or none. */
async function keep() {
  try {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((path) => new Request(path, { cache: 'no-cache' })));
    if ((await serverBuild()) !== BUILD) throw new Error('The server changed while its files came.');
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** Forgets what the workers of other builds kept. */
async function forgetOthers() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/**
 * What the server answers, whatever it is; the shell only where nothing answers.
 * @param {FetchEvent} event
 * @param {string} path
 */
async function navigate(event, path) {
  const compared = compareBuilds(event);
  try {
    const response = await fetch(event.request);
    await compared;
    return response;
  } catch {
    return shell(path);
  }
}

/** Acts on the server's build. @param {FetchEvent} event */
async function compareBuilds(event) {
  const build = await serverBuild();
  if (build === undefined) return;
  if (build === BUILD) {
    // It may have been another in between, and be this one again.
    if (!(await caches.has(CACHE))) event.waitUntil(keep().catch(() => {}));
    return;
  }
  await caches.delete(CACHE);
  if (build === null) await worker.registration.unregister();
}

/** The build that the server has: `null` where it has none or is not ours, `undefined` where it does not say. */
async function serverBuild() {
  try {
    const response = await fetch('/config.json', { cache: 'no-store', signal: AbortSignal.timeout(ASK_MS) });
    if (response.status >= 500) return undefined;
    const config = response.ok ? await response.json().catch(() => null) : null;
    return typeof config?.build === 'string' ? /** @type {string} */ (config.build) : null;
  } catch {
    return undefined;
  }
}

/** The page of an address as it was kept. @param {string} path */
async function shell(path) {
  const page = PAGES.find((name) => path === `/${name}` || path.startsWith(`/${name}/`));
  return (page && (await kept(`/${page}.html`))) || Response.error();
}

/** A file of this build. @param {Request} request @param {string} path */
async function file(request, path) {
  return (await kept(path)) || fetch(request);
}

/** @param {string} path */
function kept(path) {
  return caches.match(path, { cacheName: CACHE });
}
