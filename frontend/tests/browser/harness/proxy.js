// A TCP proxy of our own between the browser and the program: it delays, stalls, cuts, refuses, swallows replies and swaps
// headers, for all or for requests that match. The browser knows nothing of it: what it sees is a network.

import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { connect, createServer } from 'node:net';

import { MessageReader, headBytes, replyBody, requestBody, statusOf, withFields } from './http-messages.js';
import { Gate, Rule, matches } from './proxy-rule.js';

/** @typedef {import('./proxy-rule.js').Seen} Seen */

/** One proxy, listening on a port of its own. */
export class Proxy {
  #server = createServer((socket) => this.#accepted(socket));
  /** Connections of clients, and whether each has a request under way. */
  #clients = new Map();
  #rules = [];
  #gate = Gate.opened();

  /** Every request that came, oldest first. @type {Seen[]} */
  requests = [];
  /** How many connections were ever made. */
  connections = 0;

  constructor(target, changed) {
    this.target = target;
    this.changed = changed;
  }

  /**
   * Starts one in front of that port.
   * @param {number} target
   * @param {() => void} [changed] told each time that requests will fare otherwise from now on
   */
  static async start(target, changed = () => {}) {
    const proxy = new Proxy(target, changed);
    await proxy.#listen(0);
    proxy.port = proxy.#server.address().port;
    return proxy;
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  /** How many connections of clients are open now. */
  get open() {
    return this.#clients.size;
  }

  /**
   * From now on, does this to requests of that method to that path (without its query). The newest rule that matches counts.
   *
   * A browser sends a request again by itself where a connection that it has used before is cut without a reply; a page
   * would never know. So while something is cut, no connection is used twice.
   * @param {string} method `*` is any
   * @param {string | RegExp} path
   * @param {import('./proxy-rule.js').Effect} [effect]
   * @returns {Rule}
   */
  when(method, path, effect = {}) {
    const rule = new Rule(method, path, effect, () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
      this.changed();
    });
    this.#rules.unshift(rule);
    if (rule.cuts) this.#cutIdle();
    this.changed();
    return rule;
  }

  /** The requests of that method to that path. */
  requestsOf(method, path) {
    return this.requests.filter((seen) => matches(seen, method, path));
  }

  /** Cuts every connection that is open. */
  cut() {
    for (const client of this.#clients.keys()) client.destroy();
  }

  /** Cuts all, and lets nobody in until `accept()`: there is no network. */
  async refuse() {
    if (!this.#server.listening) return;
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
    this.changed();
  }

  /** Lets everybody in again, on the same port. */
  async accept() {
    if (!this.#server.listening) await this.#listen(this.port);
    this.changed();
  }

  /** Nothing passes in either direction until `resume()`; connections stay. */
  stall() {
    this.#gate = new Gate();
  }

  resume() {
    this.#gate.open();
    this.changed();
  }

  /** Forgets every rule and lets everything through; what was counted stays. */
  async heal() {
    for (const rule of this.#rules) rule.release();
    this.#rules = [];
    this.resume();
    await this.accept();
  }

  async stop() {
    await this.heal();
    await this.refuse();
  }

  async #listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #cutIdle() {
    for (const [client, { busy }] of this.#clients) if (!busy) client.destroy();
  }

  #accepted(client) {
    this.connections += 1;
    const state = { busy: false };
    this.#clients.set(client, state);
    client.setNoDelay();
    client.once('close', () => this.#clients.delete(client));
    this.#serve(client, state).finally(() => client.destroySoon());
  }

  /** Brings one client's requests over, one after another. */
  async #serve(client, state) {
    const upstream = connect(this.target, '127.0.0.1').setNoDelay();
    const requests = new MessageReader(client);
    const replies = new MessageReader(upstream);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => state.busy || client.destroy());
    for (let head = await requests.head(); head; head = await requests.head()) {
      state.busy = true;
      const seen = seenOf(head, await collect(requests.body(requestBody(head))));
      const rule = this.#rules.find((one) => one.takes(seen));
      this.requests.push(seen);
      const lastOne = this.#rules.some((one) => one.cuts);
      await this.#exchange({ head, seen, rule, lastOne, client, upstream, replies });
      state.busy = false;
      if (lastOne || upstream.destroyed) return;
    }
  }

  async #exchange({ head, seen, rule, lastOne, client, upstream, replies }) {
    const effect = rule?.effect ?? {};
    rule?.count(seen);
    await this.#gate.passed;
    if (effect.refuse) return client.destroy();
    if (effect.answer) {
      await rule.patience(seen);
      return void client.write(replyOf(seen, effect.answer, lastOne));
    }
    upstream.write(headBytes(withFields(head, effect.requestHeaders ?? {})));
    upstream.write(seen.body);
    const reply = await replies.head();
    if (!reply) return client.destroy();
    seen.status = statusOf(reply);
    await rule?.patience(seen);
    if (effect.swallow) return client.destroy();
    if (effect.stall) return client.destroyed || once(client, 'close');
    await this.#gate.passed;
    const changes = { ...(lastOne ? { connection: 'close' } : {}), ...effect.replyHeaders };
    client.write(headBytes(withFields(reply, changes)));
    for await (const piece of replies.body(replyBody(reply, seen.method))) {
      await this.#gate.passed;
      client.write(piece);
    }
  }
}

/** @returns {Seen} */
function seenOf(head, body) {
  const [method, path] = head.start.split(' ');
  const headers = Object.fromEntries(head.fields.map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, headers, body, at: performance.now() };
}

async function collect(pieces) {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** A reply made here, noted as that of the request. */
function replyOf(seen, { status, headers = {}, body }, lastOne) {
  seen.status = status;
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  const head = { start: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`, fields: [] };
  const fields = { date: new Date().toUTCString(), 'content-type': type, 'content-length': bytes.length, ...headers };
  if (lastOne) fields.connection = 'close';
  return Buffer.concat([headBytes(withFields(head, fields)), bytes]);
}
