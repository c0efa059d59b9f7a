// The pages on a host of files, as behind a content network: a copy that a test edits, of a build that it names. Whatever is no
// page goes to the program.

import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const ENTRY = /^\/(eat|kitchen|ride|demo)(\/[^.]*)?$/;
const SERVED = /^\/((js|css|img|i18n|vendor)\/.+|[a-z]+\.html|sw\.js|favicon\.svg|NOTICE)$/;
/** What the worker keeps of a build. */
const SHELL = /^\/((js|css|i18n)\/.+|vendor\/ui\.js|img\/icons\.svg|(eat|kitchen|ride|demo)\.html)$/;
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/** One host on a port of its own. */
export class StaticHost {
  #server = http.createServer((request, response) => this.#answer(request, response));

  /**
   * @param {import('./tiffin.js').Tiffin} tiffin what answers for everything else; its pages have the policy that ours get
   * @param {string} folder
   * @param {string | null} build
   */
  static async start(tiffin, folder, build) {
    const host = new StaticHost();
    host.tiffin = tiffin;
    host.serve(folder, build);
    host.#server.listen(0, '127.0.0.1');
    await once(host.#server, 'listening');
    host.port = host.#server.address().port;
    return host;
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  /** From now on serves this folder as this build: a deployment. */
  serve(folder, build) {
    this.folder = folder;
    this.build = build;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const entry = ENTRY.exec(pathname);
    const file = entry ? `/${entry[1]}.html` : pathname;
    if (pathname === '/config.json') return this.#config(response);
    if (SERVED.test(file)) return this.#file(file, response);
    return this.#pass(request, response);
  }

  async #config(response) {
    const reply = await fetch(`${this.tiffin.url}/config.json`);
    const config = { ...(await reply.json()), build: this.build };
    response.writeHead(200, { 'content-type': TYPES['.json'], 'cache-control': 'no-store' });
    response.end(JSON.stringify(config));
  }

  async #file(file, response) {
    let bytes;
    try {
      bytes = await readFile(path.join(this.folder, file));
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' });
      return response.end('There is no such file.');
    }
    if (file === '/sw.js') bytes = await this.#worker(bytes.toString());
    const policy = await this.#policy();
    const headers = { 'content-type': TYPES[path.extname(file)] ?? 'text/plain', 'cache-control': 'no-cache' };
    response.writeHead(200, { ...headers, 'content-security-policy': policy });
    return response.end(bytes);
  }

  async #worker(source) {
    const names = await readdir(this.folder, { recursive: true });
    const shell = names.map((name) => `/${name}`).filter((name) => SHELL.test(name) && path.extname(name));
    return source.replace('__BUILD__', this.build ?? '').replace('__FILES__', JSON.stringify(shell));
  }

  /** The policy that the program itself sends with its pages. */
  async #policy() {
    const reply = await fetch(`${this.tiffin.url}/eat`);
    await reply.arrayBuffer();
    return reply.headers.get('content-security-policy');
  }

  #pass(request, response) {
    const { method, headers, url } = request;
    const passed = http.request({ host: '127.0.0.1', port: this.tiffin.port, method, headers, path: url }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  }
}
