// @ts-check
/**
 * What a browser keeps: bags, queues, drafts, addresses. Each has a name, a version and an owner (an account, or `guest`), is
 * seen by every tab at once, and is read with care: what can be read stays, the rest goes and is told once; what a newer
 * page wrote is never overwritten by an older one. And what only one of the tabs does at a time.
 */
import { signal } from '../vendor/ui.js';

const PREFIX = 'tiffin';
/** Whose things are when nobody is signed in. */
export const GUEST = 'guest';
/** The longest text that is worth reading: more than any page writes. */
const MAX_CHARACTERS = 200_000;

/** What the browser keeps for every tab, and for this one; where that is switched off or full, this page keeps it for as long as it is open. */
export const local = storage('localStorage');
export const tab = storage('sessionStorage');

/** Names of kept things of which something could not be read and went; the page says so in one sentence, and empties it. */
export const lost = signal(/** @type {string[]} */ ([]));

/** @type {Map<string, { refresh: () => void }>} */
const open = new Map();

/**
 * Declares a kept thing. `read` makes the present shape of whatever was found (of this version or an older one) and says by
 * `lost()` that a part of it was beyond repair; it never throws for data, however strange.
 * @template T
 * @param {string} name
 * @param {{ version: number, empty: () => T, read: (found: any, version: number, lost: () => void) => T }} shape
 */
export function kept(name, shape) {
  /** @type {Map<string, ReturnType<typeof one>>} */
  const ones = new Map();

  /** @param {string} owner */
  function one(owner) {
    const key = `${PREFIX}:${name}:${owner}`;
    const value = signal(shape.empty());
    let written = /** @type {string | null | undefined} */ (undefined);
    let newer = false;

    function refresh() {
      const text = local.getItem(key);
      if (text === written) return;
      written = text;
      const found = parse(text, shape.version);
      newer = found.newer;
      let losing = found.broken;
      value.value = found.present ? shape.read(found.data, found.version, () => (losing = true)) : shape.empty();
      if (!losing) return;
      if (!lost.peek().includes(name)) lost.value = [...lost.peek(), name];
      // What is beyond repair is told once.
      write(value.peek());
    }

    /** @param {T} data */
    function write(data) {
      written = JSON.stringify({ v: shape.version, data });
      local.setItem(key, written);
      tell();
    }

    refresh();
    open.set(key, { refresh });
    return {
      /** As it is now, in whichever tab it changed. */
      value,
      /** As it is at this moment, where another tab's word may still be on its way. */
      look() {
        refresh();
        return value.peek();
      },
      /** Changes it, from what is there at this moment, and tells every tab. @param {(now: T) => T} change */
      update(change) {
        refresh();
        const next = change(value.peek());
        value.value = next;
        if (!newer) write(next);
      },
      /** Forgets it. */
      clear() {
        refresh();
        value.value = shape.empty();
        if (newer) return;
        written = null;
        local.removeItem(key);
        tell();
      },
    };
  }

  return {
    /** That of an account, or of the guest. @param {string | null | undefined} owner */
    of(owner) {
      const whose = owner ?? GUEST;
      const known = ones.get(whose) ?? one(whose);
      ones.set(whose, known);
      return known;
    },
  };
}

/** Grows with whatever is kept or goes, in whichever tab. */
const changes = signal(0);

/** Whether anything of this name is kept for an account, or for the guest; whoever draws it is drawn anew when that changes. @param {string} name @param {string | null | undefined} owner */
export function isKept(name, owner) {
  void changes.value;
  return local.getItem(`${PREFIX}:${name}:${owner ?? GUEST}`) !== null;
}

function tell() {
  changes.value = changes.peek() + 1;
}

/** Removes everything of this account from this browser; other tabs see it go. @param {string} owner */
export function forget(owner) {
  for (const store of [local, tab]) {
    for (const key of store.keys()) {
      if (key.startsWith(`${PREFIX}:`) && (key.endsWith(`:${owner}`) || store.getItem(key) === owner)) store.removeItem(key);
    }
  }
  for (const [key, one] of open) if (key.endsWith(`:${owner}`)) one.refresh();
  tell();
}

/** Gives what is kept of these names to another owner, where that one has nothing. @param {string} from @param {string} to @param {string[]} names */
export function handOver(from, to, names) {
  for (const name of names) {
    const text = local.getItem(`${PREFIX}:${name}:${from}`);
    const key = `${PREFIX}:${name}:${to}`;
    if (text === null || local.getItem(key) !== null) continue;
    local.setItem(key, text);
    open.get(key)?.refresh();
  }
  tell();
}

globalThis.addEventListener?.('storage', (event) => {
  tell();
  if (event.key === null) for (const one of open.values()) one.refresh();
  else open.get(event.key)?.refresh();
});

/**
 * One tab at a time does this. A tab that is at it for longer than `patience` milliseconds, since the browser froze it, loses its
 * turn to the next one, though it finishes once it wakes: the work must bear that. Without locks every tab does it at once.
 * @template T @param {string} name @param {number} patience @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(name, patience, work) {
  if (!navigator.locks) return work();
  /** @type {Promise<T> | null} */
  let begun = null;
  const turn = () => (begun = work());
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(patience) }, turn);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'SecurityError') return work();
  }
  // Either our turn was taken from us, or it is for us to take.
  return begun ?? navigator.locks.request(name, { steal: true }, turn).catch((error) => {
    if (begun && error instanceof DOMException) return begun;
    throw error;
  });
}

/** @param {string | null} text @param {number} version */
function parse(text, version) {
  const nothing = { present: false, data: /** @type {any} */ (null), version, newer: false, broken: false };
  if (text === null) return nothing;
  if (text.length > MAX_CHARACTERS) return { ...nothing, broken: true };
  try {
    const found = JSON.parse(text);
    if (typeof found !== 'object' || found === null || !Number.isInteger(found.v)) return { ...nothing, broken: true };
    if (found.v > version) return { ...nothing, newer: true };
    return { present: true, data: found.data, version: found.v, newer: false, broken: false };
  } catch {
    return { ...nothing, broken: true };
  }
}

/** @param {'localStorage' | 'sessionStorage'} name */
function storage(name) {
  /** @type {Map<string, string>} */
  const unkept = new Map();
  const store = there(name);
  return {
    /** @param {string} key */
    getItem: (key) => unkept.get(key) ?? store?.getItem(key) ?? null,
    /** @param {string} key @param {string} text */
    setItem(key, text) {
      unkept.set(key, text);
      try {
        store?.setItem(key, text);
        if (store) unkept.delete(key);
      } catch {
        // Full.
      }
    },
    /** @param {string} key */
    removeItem(key) {
      unkept.delete(key);
      store?.removeItem(key);
    },
    keys: () => [...unkept.keys(), ...Object.keys(store ?? {})],
  };
}

/** @param {'localStorage' | 'sessionStorage'} name @returns {Storage | null} */
function there(name) {
  try {
    return globalThis[name] ?? null;
  } catch {
    return null;
  }
}
