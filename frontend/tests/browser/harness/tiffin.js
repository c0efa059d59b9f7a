// The program under test: started on a free port with a data directory of its own, stopped as its users stop it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of the pages. */
export const FRONTEND = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const ROOT = path.dirname(FRONTEND);
/** The program under test. */
export const PROGRAM = process.env.TIFFIN_BIN ?? path.join(ROOT, 'target/debug/tiffin');

/** How long it may take to start: the first start builds a city. */
const START_MS = 60_000;
/** How long it may take to stop, once it is told to. */
const STOP_MS = 15_000;
const BETWEEN_LOOKS_MS = 25;
/** Somebody may take the port between our look and the program's. */
const START_ATTEMPTS = 3;
/** The program's exit code where it can't listen. */
const CANNOT_START = 2;
const LOG_LINES_SHOWN = 60;
/** What no host serves; a copy of the pages goes without. */
const NOT_PAGES = ['node_modules', 'tests', 'tools', 'types'];

/**
 * @typedef {object} Options
 * @property {string} [simulate] whom simulators play: `none` (the default), `all`, or a list
 * @property {Record<string, string>} [env] settings, by the names of their environment variables
 * @property {string[]} [flags] further flags
 * @property {'embedded'|'disk'|'copy'} [web] which pages: those built in, this tree's, or a copy of them that a test may edit
 */

/** One running program, and its log. */
export class Tiffin {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #log = '';

  constructor(options, port, folder) {
    this.options = options;
    this.port = port;
    this.folder = folder;
  }

  /** Starts one. */
  static async start(options = {}) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tiffin-'));
    for (let attempt = 1; ; attempt += 1) {
      const tiffin = new Tiffin(options, await freePort(), folder);
      try {
        await tiffin.#start();
        return tiffin;
      } catch (error) {
        if (error.exitCode === CANNOT_START && attempt < START_ATTEMPTS) continue;
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    }
  }

  get #dataDir() {
    return path.join(this.folder, 'data');
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  /** The copy of the pages that is served, where one was asked for. */
  get webDir() {
    return path.join(this.folder, 'web');
  }

  /** Stops it and starts it on the same port with the same data, other options taking the place of the first ones. */
  async restart(options = {}) {
    await this.#halt();
    this.options = { ...this.options, ...options };
    await this.#start();
  }

  /** Ends it for good. */
  async stop() {
    await this.#halt();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What its operator signs for an e-mail. @param {'invite-admin' | 'reset-password'} command @param {string} email */
  async signed(command, email) {
    const flags = ['--port', String(this.port), '--data-dir', path.join(this.folder, 'data')];
    const { stdout } = await promisify(execFile)(PROGRAM, [command, email, ...flags]);
    return stdout.trim();
  }

  /** Where the log is now, for `logSince`. */
  get logMark() {
    return this.#log.length;
  }

  /** The last lines that it wrote since then. */
  logSince(mark) {
    const lines = this.#log.slice(mark).trimEnd().split('\n');
    return lines.slice(-LOG_LINES_SHOWN).join('\n');
  }

  async #start() {
    const web = this.options.web ?? (process.env.TIFFIN_PAGES === 'disk' ? 'disk' : 'embedded');
    if (web === 'copy' && !existsSync(this.webDir)) await copyPages(this.webDir);
    const flags = ['--port', this.port, '--data-dir', this.#dataDir];
    flags.push('--simulate', this.options.simulate ?? 'none');
    if (web !== 'embedded') flags.push('--web-dir', web === 'copy' ? this.webDir : FRONTEND);
    flags.push(...(this.options.flags ?? []));
    this.#process = spawn(PROGRAM, flags.map(String), { env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.#log += text));
    }
    await this.#answers(this.#process);
  }

  #environment() {
    const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('TIFFIN_'));
    return {
      ...Object.fromEntries(ours),
      RUST_LOG: 'info',
      // Passwords are as cheap as argon2 lets them be: what they cost is tested where they are made.
      TIFFIN_USERS_PASSWORD_MEMORY_KIB: '8',
      ...this.options.env,
    };
  }

  /** Waits until it answers. */
  async #answers(child) {
    let failure;
    child.once('error', (error) => (failure = new Error(`${PROGRAM} can't be started: ${error.message}`)));
    child.once('exit', (code, signal) => {
      failure = Object.assign(new Error(`tiffin ended (${code ?? signal}):\n${this.logSince(0)}`), { exitCode: code });
    });
    const deadline = Date.now() + START_MS;
    while (!(await isHealthy(this.url))) {
      if (failure) throw failure;
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`tiffin did not answer within ${START_MS / 1000} s:\n${this.logSince(0)}`);
      }
      await pause(BETWEEN_LOOKS_MS);
    }
    // Somebody else may have answered on that port.
    if (failure) throw failure;
    child.removeAllListeners('exit');
  }

  async #halt() {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const inTime = await Promise.race([ended, pause(STOP_MS, undefined, { ref: false })]);
    if (inTime) return;
    child.kill('SIGKILL');
    await ended;
    throw new Error(`tiffin did not stop within ${STOP_MS / 1000} s of SIGTERM:\n${this.logSince(0)}`);
  }
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function isHealthy(url) {
  try {
    const reply = await fetch(`${url}/healthz`);
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}

/** Copies this tree's pages, for a test to edit. */
export async function copyPages(to) {
  const left = new Set(NOT_PAGES.map((name) => path.join(FRONTEND, name)));
  await cp(FRONTEND, to, { recursive: true, filter: (source) => !left.has(path.resolve(source)) });
}
