// How the pages are measured: `npm run measure`, or `cargo xtask bench pages`. It prints the goals of their design and this tree's
// figures, and judges nothing: it fails only where something could not be measured.
//
// TIFFIN_BIN, TIFFIN_CHROMIUM, TIFFIN_PAGES  as in playwright.config.js of the tests

import { defineConfig } from '@playwright/test';

import tests from '../../playwright.config.js';

export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: 'goals.js',
  outputDir: '../../../target/measured',
  fullyParallel: false,
  // What is measured has the machine to itself.
  workers: 1,
  timeout: 300_000,
  reporter: './table.js',
  use: { ...tests.use, screenshot: 'off' },
});
