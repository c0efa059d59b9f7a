// @ts-check
/** Timers for a page whose own are slowed while it is hidden: `{id, ms}` asks for `id` back after so long, `ms: null` calls it off. */

/** @type {Map<number, ReturnType<typeof setTimeout>>} */
const waiting = new Map();

onmessage = ({ data: { id, ms } }) => {
  clearTimeout(waiting.get(id));
  waiting.delete(id);
  if (ms === null) return;
  waiting.set(
    id,
    setTimeout(() => {
      waiting.delete(id);
      postMessage(id);
    }, ms),
  );
};
