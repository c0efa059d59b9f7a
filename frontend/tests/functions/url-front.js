// What stands before a function that has a URL of its own: an origin for it alone, which answers CORS as the URL's configuration says
// and hands everything else on. What the function says of CORS itself never gets out.

import { once } from 'node:events';
import http from 'node:http';

/** Headers of a connection, not of what passes over it. */
const OF_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * The `Cors` of an `AWS::Lambda::Url`.
 * @typedef {{AllowOrigins: string[], AllowMethods: string[], AllowHeaders: string[], ExposeHeaders: string[], MaxAge: number}} Cors
 */

/** One front, on a port of its own. */
export class UrlFront {
  #server = http.createServer((request, response) => this.#answer(request, response));

  /**
   * @param {string} target where the function answers; paths are put behind it
   * @param {Cors | null} cors
   */
  static async start(target, cors) {
    const front = new UrlFront();
    front.target = new URL(target);
    front.cors = cors;
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    front.url = `http://127.0.0.1:${front.#server.address().port}`;
    return front;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request, response) {
    const allowed = allowedOrigin(this.cors, request.headers.origin);
    if (this.cors && isPreflight(request)) {
      response.writeHead(200, allowed ? { ...originHeaders(allowed), ...preflightHeaders(this.cors) } : {});
      return void response.end();
    }
    return this.#pass(request, response, allowed ? { ...originHeaders(allowed), ...exposed(this.cors) } : {});
  }

  #pass(request, response, added) {
    const { hostname, port, pathname, host } = this.target;
    const path = pathname.replace(/\/$/, '') + request.url;
    const options = { host: hostname, port, path, method: request.method, headers: { ...passed(request.headers), host } };
    const asked = http.request(options, (reply) => {
      response.writeHead(reply.statusCode, { ...withoutCors(passed(reply.headers)), ...added });
      reply.pipe(response);
    });
    asked.on('error', (error) => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain', ...added });
      response.end(`${this.target.href}: ${error.message}`);
    });
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  }
}

function isPreflight({ method, headers }) {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** What an origin is told that it is allowed as; nothing where it is not. */
function allowedOrigin(cors, origin) {
  if (!cors || !origin) return null;
  if (cors.AllowOrigins.includes('*')) return '*';
  return cors.AllowOrigins.includes(origin) ? origin : null;
}

function originHeaders(allowed) {
  return allowed === '*' ? { 'access-control-allow-origin': allowed } : { 'access-control-allow-origin': allowed, vary: 'Origin' };
}

function preflightHeaders({ AllowMethods, AllowHeaders, MaxAge }) {
  return {
    'access-control-allow-methods': AllowMethods.join(','),
    'access-control-allow-headers': AllowHeaders.join(','),
    'access-control-max-age': MaxAge,
  };
}

function exposed({ ExposeHeaders }) {
  return { 'access-control-expose-headers': ExposeHeaders.join(',') };
}

function passed(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name)));
}

function withoutCors(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')));
}
