// Which requests something is done to on their way through the proxy, and what.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * What is done to a request that matches. All may be combined; without any, it is only counted.
 * @typedef {object} Effect
 * @property {number | number[]} [delay] milliseconds before the reply goes back; of a list, one a request, in turn
 * @property {boolean} [hold] the reply waits until the rule's `release()`
 * @property {boolean} [stall] the request reaches the program, and nothing ever comes back; the socket stays
 * @property {boolean} [swallow] the request reaches the program and is answered; then the socket is cut
 * @property {boolean} [refuse] the socket is cut before the request reaches the program
 * @property {{status: number, headers?: Record<string, string>, body?: object}} [answer] answered here, not by the program
 * @property {Record<string, string | null>} [requestHeaders] put in place of the request's; `null` takes one away
 * @property {Record<string, string | null>} [replyHeaders] the same, of the reply
 * @property {number} [times] how many requests it is done to; all by default
 */

/**
 * @typedef {object} Seen a request that came
 * @property {string} method
 * @property {string} path with its query
 * @property {Record<string, string>} headers
 * @property {Buffer} body as it was sent
 * @property {number} at milliseconds of `performance.now()`
 * @property {number} [status] of the reply, once there is one
 */

/** What is done to some requests; tells how many those were. */
export class Rule {
  #held = new Gate();
  #waiting = [];

  /** The requests that it was done to. @type {Seen[]} */
  seen = [];

  constructor(method, path, effect, remove) {
    this.method = method;
    this.path = path;
    this.effect = effect;
    this.remove = remove;
  }

  /** Whether it cuts connections. */
  get cuts() {
    return Boolean(this.effect.refuse || this.effect.swallow);
  }

  takes(seen) {
    return this.seen.length < (this.effect.times ?? Infinity) && matches(seen, this.method, this.path);
  }

  count(seen) {
    this.seen.push(seen);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits until so many requests have come. */
  async came(count = 1) {
    while (this.seen.length < count) await new Promise((wake) => this.#waiting.push(wake));
    return this.seen[count - 1];
  }

  /** Waits as long as the effect says. */
  async patience(seen) {
    const delays = [this.effect.delay ?? 0].flat();
    const delay = delays[Math.min(this.seen.indexOf(seen), delays.length - 1)];
    if (delay > 0) await pause(delay);
    if (this.effect.hold) await this.#held.passed;
  }

  /** Lets go of what it holds, now and from now on. */
  release() {
    this.#held.open();
  }
}

/** Something to wait at until it is opened. */
export class Gate {
  constructor() {
    this.passed = new Promise((open) => (this.open = open));
  }

  static opened() {
    const gate = new Gate();
    gate.open();
    return gate;
  }
}

/** Whether it is a request of that method to that path; queries do not count. */
export function matches(seen, method, path) {
  if (method !== '*' && method !== seen.method) return false;
  const asked = seen.path.split('?')[0];
  return typeof path === 'string' ? path === asked : path.test(asked);
}
