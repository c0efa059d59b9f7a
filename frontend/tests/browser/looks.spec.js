// Every screen, as everybody sees it: light and dark, on a phone and on a desktop, at 400 %, from right to left, with less motion.
// A screen that is new gets a line in the list of its role.

import { expect, test } from './fixtures.js';
import { RIDE_NAMED } from './harness/ride-screens.js';
import { NAMES } from './harness/samples.js';
import { LOOKS, NARROW, PHONE, expectAccessible, expectCalmMotion, expectFits, wear } from './harness/screen.js';
import { SCREENS } from './harness/screens.js';
import { tier } from './harness/tiers.js';

const NAMED = [...RIDE_NAMED];

// What is offered to couriers stays until it was looked at.
test.use({ ...PHONE, server: { env: { TIFFIN_DELIVERIES_OFFER_S: '600' } } });

for (const { name, see, again } of SCREENS) {
  test(`everybody can read and use ${name}`, tier(!again), async ({ page, context, town, signIn, keep, guards, baseURL }) => {
    await see({ page, context, town, signIn, keep, guards, baseURL });
    await expect(page.locator('[translate=yes]'), 'what is to be read as it stands').toHaveCount(0);
    for (const look of LOOKS) {
      await test.step(look.name, async () => {
        await wear(page, look);
        const inOtherColours = look.colorScheme === 'dark';
        await expectAccessible(page, { again: inOtherColours });
        // Colours move nothing.
        if (!inOtherColours) await expectFits(page);
      });
    }
    await test.step('at 400 %', async () => {
      await page.setViewportSize(NARROW);
      await expectFits(page);
    });
    await test.step('from right to left', async () => {
      await page.evaluate(() => (document.documentElement.dir = 'rtl'));
      await expectFits(page);
      await page.setViewportSize(PHONE.viewport);
      await expectFits(page);
    });
    await test.step('with less motion', async () => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await expectCalmMotion(page);
    });
  });
}

for (const [at, { name: where, see }] of NAMED.entries()) {
  for (const [kind, name] of Object.entries(NAMES)) {
    test(`a name of the kind ${kind} stands whole, and as it was written, on ${where}`, tier(at === 0 && kind === 'rightToLeft'), async ({ page, context, town, signIn, keep, guards }) => {
      const dialogs = [];
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        return dialog.dismiss();
      });
      await page.setViewportSize(NARROW);
      await see({ page, context, town, signIn, keep, guards }, name);
      await expectFits(page);
      await page.evaluate(() => (document.documentElement.dir = 'rtl'));
      await expectFits(page);
      expect(dialogs).toEqual([]);
    });
  }
}
