// The stage of the scenario: functions somewhere, an origin for each or one for all; and the pages as files, told where these are.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { FRONTEND, freePort } from '../browser/harness/tiffin.js';
import { expanded, urlsOf } from './template.js';
import { UrlFront } from './url-front.js';

export const ROOT = path.dirname(FRONTEND);

const START_MS = 10_000;
/** Every address of this computer in IPv6, a line each, as Linux has them; what marks one that is still looked for elsewhere. */
const ADDRESSES = '/proc/net/if_inet6';
const IFA_F_TENTATIVE = 0x40;
const BETWEEN_LOOKS_MS = 50;
/** How many degrees around the earth an area of a run's own may lie: far from those of other runs. */
const MOST_DEGREES = { lat: 55, lon: 170 };
const RADIUS_M = 8_000;

/** What runs for one scenario. */
export class Stage {
  #fronts = [];

  static async start() {
    const stage = new Stage();
    stage.folder = await mkdtemp(path.join(tmpdir(), 'tiffin-pages-'));
    try {
      await stage.#start();
    } catch (error) {
      await stage.stop();
      throw error;
    }
    return stage;
  }

  /** Where the pages are. */
  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The origins that pages ask, besides their own. */
  get origins() {
    const { api, operations } = this.config;
    return [api.base, ...Object.values(operations)].filter(Boolean);
  }

  async stop() {
    for (const front of this.#fronts) await front.stop();
    if (this.server && this.server.exitCode === null) {
      this.server.kill();
      await once(this.server, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start() {
    this.port = Number(process.env.TIFFIN_PAGES_PORT ?? (await freePort()));
    this.area = { name: 'Riga', country: 'LV', centre: somewhere(), radius_m: RADIUS_M };
    const pages = path.join(this.folder, 'pages');
    await this.#layOut(pages, await this.#outputs());
    this.config = JSON.parse(await readFile(path.join(pages, 'config.json'), 'utf8'));
    this.server = spawn('python3', ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', pages, String(this.port)], { stdio: 'ignore' });
    await answers(`${this.url}/config.json`);
  }

  /** What the stack would output. */
  async #outputs() {
    const { TIFFIN_API_URL: api, TIFFIN_FUNCTIONS_URL: functions } = process.env;
    if (api) return { ApiUrl: api };
    if (!functions) throw new Error('TIFFIN_FUNCTIONS_URL or TIFFIN_API_URL has to say where functions answer');
    const outputs = {};
    for (const { output, name, cors } of urlsOf(await expanded(ROOT, this.url))) {
      const front = await UrlFront.start(functions.replace('{function}', name), cors);
      this.#fronts.push(front);
      outputs[output] = `${front.url}/`;
    }
    return outputs;
  }

  /** Lays the pages out as somebody would who has deployed that stack. */
  async #layOut(pages, outputs) {
    const config = path.join(this.folder, 'pages.json');
    const means = [{ token: 'tok_ok', kind: 'card', label: 'works' }];
    await writeFile(config, JSON.stringify({ api: { base: '' }, area: this.area, payment_methods: means, payments_simulated: true }));
    const described = Object.entries(outputs).map(([name, value]) => ({ OutputKey: name, OutputValue: value }));
    const [program, ...first] = process.env.TIFFIN_CARGO_AWS ? [process.env.TIFFIN_CARGO_AWS] : ['cargo', 'aws'];
    const given = [...first, 'pages', '--outputs', '-', '--config', config, '--out', pages];
    const child = spawn(program, given, { cwd: ROOT, stdio: ['pipe', 'inherit', 'inherit'] });
    child.stdin.end(JSON.stringify({ Stacks: [{ StackName: 'tiffin-urls', Outputs: described }] }));
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${program} ${given.join(' ')} failed`);
  }
}

/** The middle of an area that no other run has. */
function somewhere() {
  const degrees = (most) => Number(((Math.random() * 2 - 1) * most).toFixed(4));
  return { lat: degrees(MOST_DEGREES.lat), lon: degrees(MOST_DEGREES.lon) };
}

async function answers(url) {
  await until(async () => {
    const reply = await fetch(url).catch(() => null);
    await reply?.arrayBuffer();
    return reply?.ok;
  }, `${url} does not answer`);
}

/**
 * Waits until every address that this computer was given is settled. A container that starts brings one, a second before it is;
 * then Chromium cuts whatever it is asking (`ERR_NETWORK_CHANGED`).
 */
export async function networkSettled() {
  const isTentative = (line) => (Number.parseInt(line.split(/\s+/)[4], 16) & IFA_F_TENTATIVE) !== 0;
  await until(async () => !(await readFile(ADDRESSES, 'utf8').catch(() => '')).split('\n').some(isTentative), 'the network does not settle');
}

async function until(holds, otherwise) {
  const deadline = Date.now() + START_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await pause(BETWEEN_LOOKS_MS);
  }
}
