// What a page may meet: a device whose clock is off, a tab that nobody sees, a place that is not told.

/**
 * Puts the device's clock off by so much; `Date` only, for everything else goes by time that passes. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 * @param {number} ms
 * @returns {Promise<(ms: number) => Promise<void>>} sets it again while the page is open
 */
export async function shiftClock(page, ms) {
  await page.addInitScript((first) => {
    const Real = Date;
    let shift = first;
    globalThis.tiffinTestShift = (by) => (shift = by);
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length > 0) super(...given);
        else super(Real.now() + shift);
      }

      static now() {
        return Real.now() + shift;
      }
    };
  }, ms);
  return (by) => page.evaluate((shift) => globalThis.tiffinTestShift(shift), by);
}

/**
 * Lets a test hide a page and show it again; under Playwright every page is always visible. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 */
export async function hideable(page) {
  await page.addInitScript(() => {
    let state = 'visible';
    Object.defineProperty(Document.prototype, 'visibilityState', { get: () => state });
    Object.defineProperty(Document.prototype, 'hidden', { get: () => state === 'hidden' });
    globalThis.tiffinTestVisibility = (next) => {
      state = next;
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    };
  });
  const set = (state) => page.evaluate((next) => globalThis.tiffinTestVisibility(next), state);
  return { hide: () => set('hidden'), show: () => set('visible') };
}

/**
 * Freezes a page, as a browser does with tabs long unseen: nothing in it runs until it is woken. A debugger does it, for browsers
 * freeze none that is visible. Something must run in the page now and then, or it is stopped nowhere.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<void>>} wakes it
 */
export async function freeze(page) {
  const session = await page.context().newCDPSession(page);
  const stopped = new Promise((done) => session.once('Debugger.paused', done));
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  await stopped;
  return async () => {
    await session.send('Debugger.resume');
    await session.detach();
  };
}

/**
 * Tells pages of this browser where they are, and that they may know.
 * @param {import('@playwright/test').BrowserContext} context
 * @param {{lat: number, lon: number}} place
 */
export async function locate(context, { lat, lon }) {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: lat, longitude: lon, accuracy: 10 });
}

/** The codes of a `GeolocationPositionError`. */
export const GEOLOCATION = { denied: 1, unavailable: 2, timeout: 3 };

/**
 * Plays the Geolocation API, for what a real one does on bad days. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<{fail: (code: number) => Promise<void>, fix: (place: object, ageMs?: number) => Promise<void>, calls: string[]}>}
 *   `fail` and `fix` say what each question, and each watch, is told from now on; `calls`: what the page asked for
 */
export async function playGeolocation(page) {
  const calls = [];
  await page.exposeBinding('tiffinTestAsked', (_source, call) => void calls.push(call));
  await page.addInitScript(playsGeolocation);
  const tell = (what) => page.evaluate((next) => globalThis.tiffinTestPosition(next), what);
  return {
    calls,
    fail: (code) => tell({ code }),
    fix: ({ lat, lon }, ageMs = 0) => tell({ lat, lon, ageMs }),
  };
}

/** Runs in the page; as long as nothing was said, questions wait. */
function playsGeolocation() {
  const watches = new Map();
  let asking = [];
  let known = null;
  const position = ({ lat, lon, ageMs }) => {
    const coords = { latitude: lat, longitude: lon, accuracy: 10, altitude: null, altitudeAccuracy: null, heading: null, speed: null };
    return { coords, timestamp: Date.now() - ageMs };
  };
  const answer = ({ found, failed }) => {
    if (known.code) failed?.({ code: known.code, message: '', PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 });
    else found(position(known));
  };
  globalThis.tiffinTestPosition = (next) => {
    known = next;
    for (const one of [...asking.splice(0), ...watches.values()]) answer(one);
  };
  const ask = (one) => {
    if (known) queueMicrotask(() => answer(one));
    return one;
  };
  const geolocation = {
    getCurrentPosition(found, failed) {
      globalThis.tiffinTestAsked('getCurrentPosition');
      if (known) ask({ found, failed });
      else asking.push({ found, failed });
    },
    watchPosition(found, failed) {
      globalThis.tiffinTestAsked('watchPosition');
      const id = watches.size + 1;
      watches.set(id, ask({ found, failed }));
      return id;
    },
    clearWatch(id) {
      globalThis.tiffinTestAsked('clearWatch');
      watches.delete(id);
    },
  };
  Object.defineProperty(navigator, 'geolocation', { value: geolocation });
}

/**
 * Translates a page as browsers do: every text is moved into elements that are not the page's. What is said not to be
 * translated stays, as with them.
 * @param {import('@playwright/test').Page} page
 */
export function translate(page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts.filter((one) => one.data.trim() && !one.parentElement.closest('[translate=no], script, style'))) {
      const outer = document.createElement('font');
      const inner = document.createElement('font');
      text.replaceWith(outer);
      inner.append(text.data);
      outer.append(inner);
    }
  });
}
