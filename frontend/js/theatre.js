// @ts-check
/**
 * A page inside the theatre's frame: there a simulator plays its role until somebody does something by hand.
 *
 * The frames and the theatre talk by messages of one origin: `{ tiffin: 'by-hand', role }` to the theatre as soon as a role was
 * taken over, and `{ tiffin: 'plays', plays: { merchant: true, courier: false } }` to the frames whenever a switch was turned.
 */
import { config, REQUEST_MS } from './api.js';

/** Roles taken over here since a simulator played them last. */
const taken = new Set();

/** Somebody acts by hand: the simulator leaves the role to them. Outside of the theatre nothing happens. @param {'merchant' | 'courier'} role */
export async function byHand(role) {
  if (!config.demo || window.parent === window || taken.has(role)) return;
  taken.add(role);
  const request = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on: false }),
    signal: AbortSignal.timeout(REQUEST_MS),
  };
  const reply = await fetch(`/_tiffin/theatre/plays/${role}`, request).catch(() => null);
  if (!reply?.ok) {
    // Not a theatre, or it did not hear: the next action tells it again.
    taken.delete(role);
    return;
  }
  window.parent.postMessage({ tiffin: 'by-hand', role }, location.origin);
}

addEventListener('message', ({ data, origin, source }) => {
  if (origin !== location.origin || source !== window.parent || data?.tiffin !== 'plays') return;
  for (const [role, on] of Object.entries(data.plays ?? {})) if (on) taken.delete(role);
});
