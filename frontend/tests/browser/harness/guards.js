// What no page may ever do, whatever a test is about: errors in the console, policies broken, requests to elsewhere, replies of
// the API in a cache. Every browser context is watched; what was found fails the test at its end.

/** How long a page may take to tell what it still knows. */
const LAST_WORDS_MS = 3_000;
const FAILED_STATUS = /Failed to load resource: the server responded with a status of (\d+)/;
const FAILED_NETWORK = /net::ERR_|Failed to load resource: net::|An unknown error occurred when fetching the script/;
/** What belongs to the API, or tells the present: never in a cache. */
const NEVER_CACHED = ['/v1/', '/_tiffin/', '/config.json'];

/** Watches contexts for one test. */
export class Guards {
  #origins = new Set();
  #allowed = [];
  /** @type {string[]} */
  #found = [];

  /** Requests to this origin are no fault. */
  trust(url) {
    this.#origins.add(new URL(url).origin);
  }

  /**
   * This test brings about replies of that status, to requests of that path where one is given; browsers call them errors.
   * @param {number} status
   * @param {string | RegExp} [path]
   */
  allowStatus(status, path = /.*/) {
    this.#allowed.push(({ kind, text, url }) => {
      const code = kind === 'console' && FAILED_STATUS.exec(text)?.[1];
      return Number(code) === status && fits(pathOf(url), path);
    });
  }

  /** This test cuts the network: requests that fail without a reply are no fault. */
  allowNetworkErrors() {
    this.#allowed.push(({ kind, text }) => kind === 'console' && FAILED_NETWORK.test(text) && !FAILED_STATUS.test(text));
  }

  /**
   * This test brings about an error that reads like this.
   * @param {RegExp} text
   */
  allowError(text) {
    this.#allowed.push((found) => found.kind !== 'request' && text.test(found.text));
  }

  /** Watches everything in this context from now on. */
  async watch(context) {
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'assert') return;
      this.#note({ kind: 'console', text: message.text(), url: message.location().url });
    });
    context.on('weberror', (error) => {
      const { stack, message } = error.error();
      this.#note({ kind: 'page error', text: stack ?? message, url: error.page()?.url() ?? '' });
    });
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (!protocol.startsWith('http') || this.#origins.has(origin)) return;
      this.#note({ kind: 'request', text: `${request.method()} to another origin`, url: request.url() });
    });
    await context.exposeBinding('tiffinTestBroken', (_source, text, url) => this.#note({ kind: 'policy', text, url }));
    await context.addInitScript(reportBrokenPolicies);
  }

  /** Looks at what a context holds before it is closed. */
  async inspect(context) {
    const pages = context.pages().filter((page) => this.#isOurs(page.url()));
    // What the console has said comes in order: once a page has answered this, everything before it is known.
    const looks = pages.map((page) => within(page.evaluate(cachedPaths), []));
    for (const path of (await Promise.all(looks)).flat()) {
      if (!NEVER_CACHED.some((start) => path.startsWith(start))) continue;
      this.#note({ kind: 'cache', text: 'a reply of the API lies in Cache Storage', url: path });
    }
  }

  /** What was found and not allowed. */
  get faults() {
    return this.#found.filter((found) => !this.#allowed.some((allows) => allows(found))).map(
      ({ kind, text, url }) => `${kind}: ${text} (${url})`,
    );
  }

  #note(found) {
    this.#found.push(found);
  }

  #isOurs(url) {
    return url.startsWith('http') && this.#origins.has(new URL(url).origin);
  }
}

/** Runs in every page and frame, before anything else. */
function reportBrokenPolicies() {
  addEventListener('securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI, sample, disposition } = event;
    globalThis.tiffinTestBroken(`${effectiveDirective} ${blockedURI} ${sample} (${disposition})`, location.href);
  });
  const observer = new ReportingObserver((reports) => {
    for (const { type, body } of reports) globalThis.tiffinTestBroken(`${type} ${JSON.stringify(body)}`, location.href);
  }, { types: ['csp-violation', 'coep', 'coop', 'permissions-policy-violation'], buffered: true });
  observer.observe();
}

/** Runs in a page: the paths of everything in its origin's Cache Storage. */
async function cachedPaths() {
  const paths = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) paths.push(new URL(request.url).pathname);
  }
  return paths;
}

/** A page that is stalled, frozen or gone tells nothing. */
async function within(promise, otherwise) {
  let timer;
  const late = new Promise((give) => (timer = setTimeout(give, LAST_WORDS_MS, otherwise)));
  try {
    return await Promise.race([promise, late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}

function fits(path, wanted) {
  return typeof wanted === 'string' ? path === wanted : wanted.test(path);
}

function pathOf(url) {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}
