// The browsers that the pages are tried in: Debian's Chromium, as its headless shell where that is installed, which draws the same
// in half the time.

import { existsSync } from 'node:fs';

const CHROMIUM = '/usr/bin/chromium';
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const CHOSEN = process.env.TIFFIN_CHROMIUM;

export const LAUNCH = {
  executablePath: CHOSEN ?? (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : CHROMIUM),
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-extensions',
    '--no-first-run',
    // As on people's own machines: nothing sounds before they touch the page.
    '--autoplay-policy=document-user-activation-required',
  ],
  // Pages go into the back/forward cache, as they do for people.
  ignoreDefaultArgs: ['--disable-back-forward-cache', '--autoplay-policy=no-user-gesture-required'],
};

/** The whole browser, which alone has a back/forward cache. */
export const WHOLE = { ...LAUNCH, executablePath: CHOSEN ?? CHROMIUM };
