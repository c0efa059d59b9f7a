// How the pages are tried in a real browser: `npm test`, or `npx playwright test <file>`.
//
// TIFFIN_BIN       the program under test; by default target/debug/tiffin of this tree
// TIFFIN_CHROMIUM  the browser; by default Debian's headless shell, or its whole browser where there is no shell
// TIFFIN_PAGES     `disk`: serve this folder from disk rather than what is built into the program, while pages are edited
// TIFFIN_TRACE     any value: keep a trace of each test that fails, to be looked at with `npx playwright show-trace`

import { defineConfig } from '@playwright/test';

import { LAUNCH } from './tests/browser/harness/browsers.js';

/** Two cores, and a server beside each browser. */
const WORKERS = 2;
/** A scenario is a few seconds of a quiet machine; both cores may be busy with something else. */
const TEST_MS = 90_000;
const EXPECT_MS = 15_000;
const ACTION_MS = 20_000;

export default defineConfig({
  testDir: 'tests/browser',
  outputDir: '../target/browser-tests',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: WORKERS,
  retries: 0,
  reporter: 'list',
  timeout: TEST_MS,
  expect: { timeout: EXPECT_MS },
  use: {
    browserName: 'chromium',
    actionTimeout: ACTION_MS,
    navigationTimeout: ACTION_MS,
    locale: 'en-GB',
    timezoneId: 'Europe/Bucharest',
    viewport: { width: 1440, height: 900 },
    bypassCSP: false,
    screenshot: 'only-on-failure',
    trace: process.env.TIFFIN_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: LAUNCH,
  },
});
