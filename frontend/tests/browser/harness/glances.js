// Somebody who comes back to a page sees the present at once; whoever stays sees it at the next poll, some seconds later. A test
// that has changed something comes back, so that it need not wait; tests of how often pages ask, and of a network that fails,
// only look on.

/** When after a change: what follows from it comes by events, a moment later. */
const AFTER_MS = [60, 300, 900, 2_000];
/** Runs in a page: the tab was chosen again. */
const COME_BACK = `document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  for (const { contentDocument: inside } of document.querySelectorAll('iframe')) inside?.dispatchEvent(new Event('visibilitychange', { bubbles: true }));`;

/** Comes back to the pages of one test after each change. */
export class Glances {
  #contexts = new Set();
  /** @type {WeakMap<import('@playwright/test').Page, Promise<import('@playwright/test').CDPSession>>} */
  #sessions = new WeakMap();
  #timers = [];

  /** @param {boolean} wanted */
  constructor(wanted) {
    this.wanted = wanted;
  }

  /** From now on to the pages of this context, too; what they change themselves is a change as well. */
  watch(context) {
    if (!this.wanted) return;
    this.#contexts.add(context);
    context.on('response', (reply) => reply.request().method() !== 'GET' && reply.ok() && this.changed());
  }

  /** Something has changed. */
  changed() {
    this.stop();
    if (this.wanted) this.#timers = AFTER_MS.map((ms) => setTimeout(() => this.#comeBack(), ms));
  }

  stop() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #comeBack() {
    for (const context of this.#contexts) for (const page of context.pages()) void this.#tell(page);
  }

  /** By the browser's protocol: what Playwright runs in a page is a gesture. A page that is gone is told nothing. */
  async #tell(page) {
    try {
      if (!this.#sessions.has(page)) this.#sessions.set(page, page.context().newCDPSession(page));
      const session = await this.#sessions.get(page);
      await session.send('Runtime.evaluate', { expression: COME_BACK, userGesture: false });
    } catch {
      this.#sessions.delete(page);
    }
  }
}
