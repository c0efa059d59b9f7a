// How the pages are tried as plain files whose API is elsewhere: `npm run test:functions`. It plays one order from sign-in to the
// door, with the pages as `cargo aws pages` lays them out, served by `python3 -m http.server`. One of these says where the API is:
//
// TIFFIN_FUNCTIONS_URL  where each function answers, `{function}` being its name: behind a front for each that answers CORS as
//                       template-urls.yaml says. Of `cargo lambda watch`: http://127.0.0.1:9000/lambda-url/{function}
// TIFFIN_API_URL        where one API answers, which allows the pages' origin itself. Of `sam local start-api`:
//                       http://127.0.0.1:3000
//
// TIFFIN_PAGES_PORT     where the pages are served; by default some free port
// TIFFIN_CARGO_AWS      the program `cargo aws`, where it is built already
// TIFFIN_CHROMIUM, TIFFIN_TRACE  as in playwright.config.js of the other tests

import { defineConfig } from '@playwright/test';

import tests from '../../playwright.config.js';

/** Functions that are compiled, or put into containers, as they are called. */
const TEST_MS = 600_000;
const EXPECT_MS = 60_000;

export default defineConfig({
  ...tests,
  testDir: '.',
  outputDir: '../../../target/functions-tests',
  workers: 1,
  timeout: TEST_MS,
  expect: { timeout: EXPECT_MS },
  use: { ...tests.use, actionTimeout: EXPECT_MS },
});
