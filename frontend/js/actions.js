// @ts-check
/**
 * Actions whose outcome is not known yet. Each keeps its key, its very bytes and its time under its account until the outcome is
 * known: sent again, after a reload or in another tab, it is the same request.
 */
import { ApiError, call, newKey, serverNow, OPERATIONS } from './api.js';
import { kept } from './store.js';
import { signal } from '../vendor/ui.js';

/** An action is not sent again after this long: what became of it is looked up instead. */
export const KEEP_MS = 24 * 60 * 60 * 1000;

/** @type {import('../types/app').Action[]} */
const NONE = [];

const shape = {
  version: 1,
  empty: () => NONE,
  /** @param {any} found @param {number} _version @param {() => void} lost */
  read(found, _version, lost) {
    if (!Array.isArray(found)) return lost(), NONE;
    const whole = found.filter(isWhole);
    if (whole.length < found.length) lost();
    return whole;
  },
};

/** @param {any} action */
function isWhole(action) {
  const words = typeof action?.key === 'string' && action.operation in OPERATIONS && Number.isFinite(action.at);
  return words && (action.body === null || typeof action.body === 'string') && typeof action.path === 'object' && action.path !== null && typeof action.about === 'object';
}

/** A list of actions, of one kind (`placing`, `queue`). @param {string} name */
export function actions(name) {
  const store = kept(name, shape);
  /** The keys of those that are on their way from this page. */
  const going = signal(/** @type {string[]} */ ([]));
  return {
    /** Those of an account, oldest first. @param {string} owner */
    of: (owner) => store.of(owner).value.value,

    /** Those that were on their way, and nobody knows whether they arrived. @param {string} owner */
    unsure: (owner) => store.of(owner).value.value.filter(({ key }) => !going.value.includes(key)),

    /** The same, as they are at this moment: another tab may just have sent one. @param {string} owner */
    look: (owner) => store.of(owner).look(),

    /**
     * Writes an action down before it is sent.
     * @param {string} owner @param {Pick<import('../types/app').Action, 'operation' | 'path' | 'about'> & { body?: unknown }} what
     * @returns {import('../types/app').Action}
     */
    add(owner, { operation, path, body, about }) {
      const action = { key: newKey(), operation, path, body: body === undefined ? null : JSON.stringify(body), at: serverNow(), about };
      store.of(owner).update((now) => [...now, action]);
      return action;
    },

    /** @param {string} owner @param {string} key */
    remove(owner, key) {
      store.of(owner).update((now) => now.filter((action) => action.key !== key));
    },

    /**
     * Sends it. Once the outcome is known, whether done or refused, it is forgotten; while it is not, it stays, and this throws
     * an error that is `unknown`, or that passes (401, 408, 409 `conflict`, 429).
     * @param {string} owner @param {import('../types/app').Action} action
     */
    async send(owner, action) {
      going.value = [...going.peek(), action.key];
      try {
        const answer = await call(action.operation, { path: action.path, body: action.body ?? undefined, key: action.key });
        this.remove(owner, action.key);
        return answer;
      } catch (error) {
        if (isOutcome(error)) this.remove(owner, action.key);
        throw error;
      } finally {
        going.value = going.peek().filter((key) => key !== action.key);
      }
    },
  };
}

/** Refusals that say nothing of the action itself: sent again it may be taken. */
const PASSING = [401, 408, 429];
/** So does this one, of status 409: too much else happened to the same thing at once. */
const CROWDED = 'conflict';

/** Whether an error says what became of the action: it was refused, and nothing happened. @param {unknown} error */
export function isOutcome(error) {
  if (!(error instanceof ApiError) || error.code === CROWDED) return false;
  return error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);
}

/** Whether it is too old to be sent again. @param {import('../types/app').Action} action */
export function isOld(action) {
  return serverNow() - action.at > KEEP_MS;
}
