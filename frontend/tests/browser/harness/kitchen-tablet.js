// A tablet in a kitchen, and what is heard of it. Whatever Playwright asks a page is a touch for Chromium: as long as nobody may
// have touched it, it is asked through `ask` and `shows`.

import { expect } from '@playwright/test';

import { eventually } from './api.js';
import { KitchenPage } from './kitchen-page.js';
import { asker, listen } from './witnesses.js';

/** What stands there as long as a browser allows no sound. */
export const SOUND_IS_OFF = 'Sound is off, tap to hear new orders.';
/** How soon a page that knows is silent. */
export const SILENT_MS = 1_000;
/** From one chime to the next. */
const CHIME_MS = 2_500;

/** A tab with a restaurant's board that only listens; `ask` asks it without a touch. */
export async function tablet(tab, restaurant, signIn) {
  const ear = await listen(tab);
  const ask = await asker(tab);
  await signIn(tab, restaurant.owner);
  await tab.goto(`/kitchen/${restaurant.id}`);
  const shows = (words) => expect.poll(() => ask('document.body.innerText')).toContain(words);
  await shows('No new orders.');
  return { tab, ear, ask, shows, kitchen: new KitchenPage(tab) };
}

/** Touches a tablet where nothing stands, so that it may sound. */
export async function touch({ tab, ask }) {
  await tab.touchscreen.tap(600, 700);
  await expect.poll(() => ask('document.body.innerText')).not.toContain(SOUND_IS_OFF);
}

/** How many lights flash. */
export const FLASHES = `document.getAnimations().filter(({ animationName, playState }) => animationName === 'flash' && playState === 'running').length`;

/** Nothing sounds any more: longer than from one chime to the next. */
export async function expectSilence(ears) {
  await expect.poll(() => ears.map(({ sounding }) => sounding)).toEqual(ears.map(() => 0));
  const [before, since] = [ears.map(({ heard }) => heard.length), performance.now()];
  await eventually('time of a further chime', async () => performance.now() - since > CHIME_MS + SILENT_MS);
  expect(ears.map(({ heard }) => heard.length)).toEqual(before);
}

/** No two of these sounded at once. */
export function expectOneAtATime(ears) {
  const sounds = ears.flatMap(({ audible }) => audible).sort((one, other) => one.at - other.at);
  for (const [index, sound] of sounds.slice(1).entries()) expect(sound.at).toBeGreaterThanOrEqual(sounds[index].until);
}
