// What axe finds on every screen, in every look.

import { LOOKS, PHONE, violations, wear } from '../../tests/browser/harness/screen.js';
import { SCREENS } from '../../tests/browser/harness/screens.js';
import { Town } from '../../tests/browser/harness/town.js';

/**
 * Looks at all of them, each in a browser of its own.
 * @param {object} fixtures as the screens take them, and `api` and `newDevice`
 * @returns {Promise<{screens: number, looks: number, found: string[]}>}
 */
export async function look({ api, newDevice, ...fixtures }) {
  const found = [];
  for (const { name, see } of SCREENS) {
    const context = await newDevice(PHONE);
    const page = await context.newPage();
    await see({ ...fixtures, page, context, town: new Town(api) });
    for (const one of LOOKS) {
      await wear(page, one);
      found.push(...(await violations(page)).map((violation) => `${name}, ${one.name}: ${violation}`));
    }
    await context.close();
  }
  return { screens: SCREENS.length, looks: LOOKS.length, found };
}
