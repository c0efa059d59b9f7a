// @ts-check
/** The control routes of a local process, which are no part of the API; and what is asked of them again and again. */
import { ApiError, read, REQUEST_MS, unanswered } from '../api.js';

/** A wait is up to this part longer or shorter. */
const JITTER = 0.2;
/** The first wait after a failure; each further one doubles it. */
const FIRST_WAIT_MS = 1_500;
const LONGEST_WAIT_MS = 10_000;

/** Calls one. @param {string} path below `/_tiffin` @param {{ method?: string, body?: unknown }} [asked] @returns {Promise<any>} */
export async function control(path, { method = 'GET', body } = {}) {
  const timeout = AbortSignal.timeout(REQUEST_MS);
  /** @type {RequestInit} */
  const init = { method, signal: timeout, cache: 'no-store', credentials: 'omit', redirect: 'error' };
  if (body !== undefined) Object.assign(init, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  try {
    return await read(await fetch(`/_tiffin${path}`, init));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError({ code: timeout.aborted ? 'timeout' : unanswered() });
  }
}

/**
 * Does something again and again, and at once when the page is seen again or is back on the network. After a failure it waits
 * longer each time; `told` hears of each.
 * @param {() => Promise<void>} work
 * @param {{ seenMs: number, hiddenMs: number, told: (error: unknown) => void }} how `told`: null where it went well
 */
export function repeat(work, { seenMs, hiddenMs, told }) {
  let timer = 0;
  let failures = 0;
  let going = false;

  async function now() {
    clearTimeout(timer);
    if (going) return;
    going = true;
    try {
      await work();
      failures = 0;
      told(null);
    } catch (error) {
      failures += 1;
      told(error);
    } finally {
      going = false;
    }
    timer = Number(setTimeout(now, wait()));
  }

  function wait() {
    const calm = document.visibilityState === 'visible' ? seenMs : hiddenMs;
    const longer = failures === 0 ? calm : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    return longer * (1 + JITTER * (2 * Math.random() - 1));
  }

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void now();
  });
  addEventListener('online', () => void now());
  addEventListener('pageshow', (event) => void (event.persisted && now()));
  void now();
  return { now };
}
