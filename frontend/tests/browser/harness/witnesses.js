// What a page does while nobody touches it, told by the page itself. Playwright's own looks count as a gesture for Chromium
// (a page may sound after them), so tests of sound and of key strokes look through these.

/**
 * Counts what a person does: keys that go down (not those held for others), presses of a pointer. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 */
export async function countStrokes(page) {
  const counted = { keys: 0, pointers: 0 };
  await page.exposeBinding('tiffinTestStroke', (_source, kind) => (counted[kind] += 1));
  await page.addInitScript(() => {
    const held = ['Shift', 'Control', 'Alt', 'Meta'];
    addEventListener('keydown', ({ isTrusted, key }) => {
      if (isTrusted && !held.includes(key)) globalThis.tiffinTestStroke('keys');
    }, true);
    addEventListener('pointerdown', ({ isTrusted }) => {
      if (isTrusted) globalThis.tiffinTestStroke('pointers');
    }, true);
  });
  return counted;
}

/**
 * Hears what a page sounds. Before the page is loaded.
 *
 * The page tells it to the browser's protocol: what a page tells Playwright is answered in the page, and that is a gesture.
 * @param {import('@playwright/test').Page} page
 */
export async function listen(page) {
  const ear = new Ear();
  const session = await page.context().newCDPSession(page);
  session.on('Runtime.bindingCalled', ({ name, payload }) => name === 'tiffinTestSound' && ear.take(JSON.parse(payload)));
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'tiffinTestSound' });
  await page.addInitScript(tellSounds);
  return ear;
}

/** What was heard of one page. */
class Ear {
  /** Each sound that was started, whether its audio context ran then, and until when it went on. @type {{kind: string, state: string, at: number, until: number}[]} */
  heard = [];
  /** The states of all audio contexts, as they are now. @type {string[]} */
  contexts = [];
  #going = new Map();

  take({ event, kind, index, state }) {
    if (event === 'loaded') this.#end(...this.#going.keys());
    if (event === 'loaded') this.contexts = [];
    if (event === 'context') this.contexts[index] = state;
    if (event === 'ended') this.#end(index);
    if (event !== 'started') return;
    const sound = { kind, state, at: performance.now(), until: Infinity };
    this.#going.set(index, sound);
    this.heard.push(sound);
  }

  #end(...sounds) {
    for (const one of sounds.filter((index) => this.#going.has(index))) {
      this.#going.get(one).until = performance.now();
      this.#going.delete(one);
    }
  }

  /** How many sounds go on: started, and not ended. */
  get sounding() {
    return this.#going.size;
  }

  /** The sounds that somebody in the room could hear. */
  get audible() {
    return this.heard.filter(({ state }) => state === 'running');
  }
}

/** Runs in the page. */
function tellSounds() {
  let contexts = 0;
  let sounds = 0;
  const tell = (what) => globalThis.tiffinTestSound(JSON.stringify(what));
  // Of the page before, nothing sounds any more.
  tell({ event: 'loaded' });
  globalThis.AudioContext = class extends AudioContext {
    constructor(...options) {
      super(...options);
      const index = contexts;
      contexts += 1;
      const told = () => tell({ event: 'context', index, state: this.state });
      this.addEventListener('statechange', told);
      told();
    }
  };
  const begins = (source, kind, state, ends) => {
    const index = `${performance.timeOrigin} ${sounds}`;
    sounds += 1;
    tell({ event: 'started', index, kind, state });
    const ended = () => tell({ event: 'ended', index });
    for (const end of ends) source.addEventListener(end, ended, { once: true });
    return ended;
  };
  for (const type of [OscillatorNode, AudioBufferSourceNode]) {
    const { start, stop } = type.prototype;
    const going = new WeakMap();
    type.prototype.start = function (...when) {
      going.set(this, begins(this, type.name, this.context.state, ['ended']));
      return start.apply(this, when);
    };
    type.prototype.stop = function (when = 0) {
      stop.call(this, when);
      // It is silent from now on; its event comes a while later.
      if (when <= this.context.currentTime) going.get(this)?.();
    };
  }
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    begins(this, 'HTMLMediaElement', navigator.userActivation.hasBeenActive ? 'running' : 'suspended', ['pause', 'ended']);
    return play.call(this);
  };
}

/**
 * Hears what a screen reader would say by itself: what appears or changes in live regions; when, by the page's own clock. Before
 * the page is loaded.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<{text: string, at: number}[]>} grows while the page is open
 */
export async function hearAnnouncements(page) {
  const said = [];
  await page.exposeBinding('tiffinTestSaid', (_source, one) => void said.push(one));
  await page.addInitScript(() => {
    const LIVE = '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]';
    const element = (node) => (node instanceof Element ? node : node.parentElement);
    const observer = new MutationObserver((changes) => {
      const regions = new Set(changes.map(({ target }) => element(target)?.closest(LIVE)).filter(Boolean));
      // A region that comes with its words is spoken only where it is an alert.
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (!(node instanceof Element)) continue;
          for (const alert of [node, ...node.querySelectorAll('*')]) if (alert.matches('[role=alert]')) regions.add(alert);
        }
      }
      for (const region of regions) {
        const text = region.textContent.trim();
        if (text) globalThis.tiffinTestSaid({ text, at: performance.now() });
      }
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
  return said;
}

/**
 * Asks a page without a gesture.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<(expression: string) => Promise<any>>}
 */
export async function asker(page) {
  const session = await page.context().newCDPSession(page);
  return async (expression) => {
    const asked = { expression, userGesture: false, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', asked);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
}

/**
 * Notes what an element says, each time that it says something else. Before the page is loaded.
 * @param {import('@playwright/test').Page} page
 * @param {string} selector in CSS; the first element of it
 * @returns {Promise<{text: string, at: number}[]>} grows while the page is open; `at` is by this machine's clock, whatever the page's is
 */
export async function readChanges(page, selector) {
  const read = [];
  const name = `tiffinTestRead${crypto.randomUUID().slice(0, 8)}`;
  await page.exposeBinding(name, (_source, change) => void read.push(change));
  await page.addInitScript(([wanted, tell]) => {
    let last = null;
    new MutationObserver(() => {
      const text = document.querySelector(wanted)?.textContent ?? null;
      if (text === last) return;
      last = text;
      if (text !== null) globalThis[tell]({ text, at: performance.timeOrigin + performance.now() });
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, [selector, name]);
  return read;
}
