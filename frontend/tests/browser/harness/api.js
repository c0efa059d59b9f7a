// The API as a test calls it beside the pages: plain fetch, by somebody or by nobody.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Everybody's password, but the city's people's. */
export const PASSWORD = 'correct horse battery';
/** The password of everybody in the city that the program builds. */
export const CITY_PASSWORD = 'tiffin-demo';

/** A token is not used in its last seconds. */
const TOKEN_MARGIN_MS = 5_000;
/** How long something may take that happens by itself. */
const EVENTUALLY_MS = 30_000;
const BETWEEN_LOOKS_MS = 40;

/**
 * @typedef {{status: number, headers: Headers, body: any}} Reply
 * @typedef {{id: string, email: string, password: string, name: string, role: string}} Person
 */

/** What the API refused, with what it said. */
export class Refused extends Error {
  constructor(method, path, reply) {
    super(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    this.status = reply.status;
    this.code = reply.body?.code;
  }
}

/** One server's API. Keeps a session of its own for each person, apart from those of their pages. */
export class Api {
  /** @type {Map<string, {token: string, until: number}>} */
  #tokens = new Map();

  /**
   * @param {string} url
   * @param {() => void} [changed] told after each request that may have changed something
   */
  constructor(url, changed = () => {}) {
    this.url = url;
    this.changed = changed;
  }

  /** @returns {Promise<any>} the body; refusals are thrown */
  get(path, options) {
    return this.#expect('GET', path, undefined, options);
  }

  post(path, body, options) {
    return this.#expect('POST', path, body, options);
  }

  put(path, body, options) {
    return this.#expect('PUT', path, body, options);
  }

  patch(path, body, options) {
    return this.#expect('PATCH', path, body, options);
  }

  delete(path, options) {
    return this.#expect('DELETE', path, undefined, options);
  }

  /**
   * Sends one request and gives whatever came back.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {{as?: Person, key?: string, headers?: Record<string, string>}} [options]
   * @returns {Promise<Reply>}
   */
  async send(method, path, body, { as, key, headers } = {}) {
    const sent = { ...headers };
    if (as) sent.authorization = `Bearer ${await this.#token(as)}`;
    if (key) sent['idempotency-key'] = key;
    if (body !== undefined) sent['content-type'] = 'application/json';
    const reply = await fetch(this.address(method, path), { method, headers: sent, body: body && JSON.stringify(body) });
    const text = await reply.text();
    if (method !== 'GET') this.changed();
    return { status: reply.status, headers: reply.headers, body: text ? JSON.parse(text) : null };
  }

  /** Where an operation answers. */
  address(_method, path) {
    return this.url + path;
  }

  /**
   * Somebody new.
   * @returns {Promise<Person>}
   */
  async register({ role, name = 'Sam Test', email = anEmail(role), ...rest }) {
    const body = { email, password: PASSWORD, name, role, phone: '+40 700 000 000', ...rest };
    const { user, session } = await this.post('/v1/users', body);
    const person = { ...user, password: PASSWORD };
    this.#keep(person, session);
    return person;
  }

  /** An administrator, by an invitation of the operator's. @param {import('./tiffin.js').Tiffin} tiffin */
  async admin(tiffin) {
    const email = anEmail('admin');
    return this.register({ role: 'admin', name: 'Adina Sava', email, invitation: await tiffin.signed('invite-admin', email) });
  }

  /** Somebody who is there already, such as the people of the city. */
  async person(email, password = CITY_PASSWORD) {
    const session = await this.post('/v1/sessions', { email, password });
    const bearer = { authorization: `Bearer ${session.access_token}` };
    const user = await this.get(`/v1/users/${session.user_id}`, { headers: bearer });
    const person = { ...user, password };
    this.#keep(person, session);
    return person;
  }

  async #token(person) {
    const known = this.#tokens.get(person.id);
    if (known && known.until > Date.now()) return known.token;
    const { email, password } = person;
    return this.#keep(person, await this.post('/v1/sessions', { email, password }));
  }

  #keep(person, { access_token: token, expires_in }) {
    this.#tokens.set(person.id, { token, until: Date.now() + expires_in * 1000 - TOKEN_MARGIN_MS });
    return token;
  }

  async #expect(method, path, body, options) {
    const reply = await this.send(method, path, body, options);
    if (reply.status >= 400) throw new Refused(method, path, reply);
    return reply.body;
  }
}

/** An e-mail that nobody has. */
export function anEmail(role = 'person') {
  return `${role}-${randomUUID()}@example.com`;
}

/**
 * Looks until there is something to see.
 * @template T
 * @param {string} what told where it does not come
 * @param {() => Promise<T | undefined | null | false>} look
 * @returns {Promise<T>}
 */
export async function eventually(what, look) {
  const deadline = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`there was no ${what} within ${EVENTUALLY_MS / 1000} s`);
    await pause(BETWEEN_LOOKS_MS);
  }
}
