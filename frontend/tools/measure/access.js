// What axe finds on every screen, in every look.

import { LOOKS, PHONE, violations, wear } from '../../tests/browser/harness/screen.js';
import { SCREENS } from '../../tests/browser/harness/screens.js';
import { Town } from '../../tests/browser/harness/town.js';

/** Coming to a screen takes many steps, some of which may take too long on a busy machine. */
const ATTEMPTS = 3;

/**
 * Looks at all of them, each in a browser of its own.
 * @param {object} fixtures as the screens take them, and `api` and `newDevice`
 * @returns {Promise<{screens: number, looks: number, found: string[], missed: string[]}>} `missed`: screens it could not come to
 */
export async function look(fixtures) {
  const found = [];
  const missed = [];
  for (const screen of SCREENS) {
    const seen = await attempted(() => looked(fixtures, screen));
    if (Array.isArray(seen)) found.push(...seen);
    else missed.push(`${screen.name}: ${seen.message}`);
  }
  return { screens: SCREENS.length - missed.length, looks: LOOKS.length, found, missed };
}

async function looked({ api, newDevice, ...fixtures }, { name, see }) {
  const context = await newDevice(PHONE);
  const page = await context.newPage();
  const found = [];
  try {
    await see({ ...fixtures, page, context, town: new Town(api) });
    for (const one of LOOKS) {
      await wear(page, one);
      found.push(...(await violations(page)).map((violation) => `${name}, ${one.name}: ${violation}`));
    }
  } finally {
    await context.close();
  }
  return found;
}

/** What work gives, or why it failed each time. @template T @param {() => Promise<T>} work @returns {Promise<T | Error>} */
async function attempted(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) return error;
    }
  }
}
