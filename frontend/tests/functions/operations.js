// The API beside the pages where each operation may have an address of its own, as `config.json` tells.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Api } from '../browser/harness/api.js';

/** How long an operation may take that is compiled as it is first called. */
const FIRST_CALL_MS = 300_000;
/** From here on it is the function's own fault, or that of what runs it. */
const FAILED = 500;

/** The API of a stack. */
export class OperationsApi extends Api {
  /** @param {{ api: { base: string }, operations: Record<string, string> }} config @param {() => void} changed */
  static async of(config, root, changed) {
    const document = JSON.parse(await readFile(path.join(root, 'openapi.json'), 'utf8'));
    const api = new OperationsApi(config.api.base, changed);
    api.operations = Object.entries(document.paths).flatMap(([route, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        method: method.toUpperCase(),
        route,
        pattern: new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
        base: config.operations[operationId]?.replace(/\/$/, '') ?? config.api.base,
      })),
    );
    return api;
  }

  address(method, pathAndQuery) {
    const [wanted] = pathAndQuery.split('?');
    // `current` and its like are names before they are ids.
    const found = this.operations.filter((one) => one.method === method && one.pattern.test(wanted));
    const exact = found.find((one) => one.route === wanted) ?? found[0];
    return (exact?.base ?? this.url) + pathAndQuery;
  }

  /** Calls everything once, as nobody: what has to be compiled or put into a container is, before a page waits for it. Faults are shown. */
  async warm() {
    for (const { method, route, base } of this.operations) {
      const body = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } };
      await call(base, route, { method, ...body });
    }
    // Where one API is in front of all, what answers preflights is a function, too.
    if (this.url) await call(this.url, '/', { method: 'OPTIONS' });
  }
}

async function call(base, route, init) {
  const reply = await fetch(base + route.replaceAll(/[{}]/g, ''), { ...init, signal: AbortSignal.timeout(FIRST_CALL_MS) });
  const said = await reply.text();
  if (reply.status >= FAILED) console.error(`${init.method} ${route}: ${reply.status} ${said}`);
}
