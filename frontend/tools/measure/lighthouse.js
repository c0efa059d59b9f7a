// Lighthouse, in a version that stays the same: installed under target/tools, since nothing but this needs its 200 packages.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';

import { WHOLE } from '../../tests/browser/harness/browsers.js';
import { FRONTEND } from '../../tests/browser/harness/tiffin.js';

/** Of so many runs the median counts. */
export const RUNS = 5;
/** What it judges besides performance. */
export const CATEGORIES = ['accessibility', 'best-practices', 'seo'];

const PINNED = path.join(FRONTEND, '../tools/lighthouse');
const INSTALLED = path.join(FRONTEND, '../target/tools/lighthouse');
const PROGRAM = path.join(INSTALLED, 'node_modules/lighthouse/cli/index.js');
const LOCK = 'package-lock.json';
/** What npm itself writes once everything is there. */
const READY = path.join(INSTALLED, 'node_modules/.package-lock.json');
/** No page: what is kept can be put there, and none of the pages' files is in the cache afterwards. */
const NO_PAGE = '/config.json';
const LISTENING = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/;
const REPORT_BYTES = 64 * 1024 * 1024;
const METRICS = {
  FCP: 'first-contentful-paint',
  LCP: 'largest-contentful-paint',
  TBT: 'total-blocking-time',
  SI: 'speed-index',
  TTI: 'interactive',
  CLS: 'cumulative-layout-shift',
};

const execute = promisify(execFile);

/** Installs what the lock names, unless it is there already. */
export async function install() {
  const wanted = await readFile(path.join(PINNED, LOCK), 'utf8');
  const copied = path.join(INSTALLED, LOCK);
  if (existsSync(READY) && existsSync(copied) && (await readFile(copied, 'utf8')) === wanted) return;
  await mkdir(INSTALLED, { recursive: true });
  for (const name of ['package.json', LOCK]) await copyFile(path.join(PINNED, name), path.join(INSTALLED, name));
  await execute('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: INSTALLED });
}

/**
 * Measures a page so often, each time in a browser that has never seen it.
 * @param {import('../../tests/browser/harness/api.js').Api} api
 * @param {import('./views.js').View} view
 */
export async function runs(api, view) {
  const all = [];
  for (let run = 1; run <= RUNS; run += 1) all.push(await measured(api, view));
  return all;
}

async function measured(api, view) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tiffin-lighthouse-'));
  const flags = [...WHOLE.args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'];
  // Not by Playwright, which would watch the page, too, while it is measured.
  const browser = spawn(WHOLE.executablePath, flags, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = once(browser, 'exit');
  try {
    const port = await listening(browser);
    const address = await prepared(port, api, view);
    return figures(await report(port, api.url + address));
  } finally {
    if (browser.pid) process.kill(-browser.pid, 'SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The port of a browser that has just been started. @param {import('node:child_process').ChildProcess} browser @returns {Promise<string>} */
function listening(browser) {
  return new Promise((done, fail) => {
    let log = '';
    browser.once('error', fail);
    browser.once('exit', () => fail(new Error(`the browser ended:\n${log}`)));
    browser.stderr?.setEncoding('utf8').on('data', (text) => {
      log += text;
      const port = LISTENING.exec(log)?.[1];
      if (port) done(port);
    });
  });
}

/** Puts into a browser what is kept there before the page is loaded. */
async function prepared(port, api, view) {
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const page = await browser.contexts()[0].newPage();
  const address = await view.prepare({ page, api });
  await page.goto(api.url + NO_PAGE);
  await page.close();
  await browser.close();
  return address;
}

async function report(port, url) {
  const only = `--only-categories=performance,${CATEGORIES.join(',')}`;
  const flags = [url, `--port=${port}`, '--output=json', '--quiet', '--disable-storage-reset', '--no-enable-error-reporting', only];
  const { stdout } = await execute(process.execPath, [PROGRAM, ...flags], { maxBuffer: REPORT_BYTES });
  return JSON.parse(stdout);
}

function figures({ categories, audits, runtimeError, finalDisplayedUrl, requestedUrl }) {
  if (runtimeError) throw new Error(`Lighthouse: ${runtimeError.message}`);
  if (finalDisplayedUrl !== requestedUrl) throw new Error(`Lighthouse came to ${finalDisplayedUrl}`);
  const scores = Object.fromEntries(Object.values(categories).map(({ id, score }) => [id, Math.round(score * 100)]));
  const counted = CATEGORIES.flatMap((category) => categories[category].auditRefs.filter(({ weight }) => weight > 0));
  const failed = counted.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1);
  const metrics = Object.entries(METRICS).map(([name, id]) => [name, audits[id].numericValue]);
  return { scores, metrics: Object.fromEntries(metrics), faults: failed.map(({ id, title }) => `${id} (${title})`) };
}
