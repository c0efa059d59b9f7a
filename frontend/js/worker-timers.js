// @ts-check
/** Timers that a worker runs, for pages whose own must not be slowed while they are hidden. */
import { trusted } from './page.js';

/** Where their numbers begin: a browser's own never get there. */
const FIRST = 2 ** 31;

/** The like of `timers` in live.js; what runs already goes on. */
export function timersInWorker() {
  const worker = new Worker(/** @type {any} */ (trusted('/js/timer-worker.js')), { type: 'module' });
  /** @type {Map<number, () => void>} */
  const waiting = new Map();
  let last = FIRST;
  worker.onmessage = ({ data: id }) => {
    const work = waiting.get(id);
    waiting.delete(id);
    work?.();
  };
  return {
    /** @param {() => void} work @param {number} ms */
    later(work, ms) {
      last += 1;
      waiting.set(last, work);
      worker.postMessage({ id: last, ms });
      return last;
    },
    /** @param {number} id */
    cancel(id) {
      if (waiting.delete(id)) worker.postMessage({ id, ms: null });
      else if (id < FIRST) clearTimeout(id);
    },
  };
}
