// @ts-check
/**
 * The API, keyed by operation: one place that knows its routes, its errors, how long a request may take, and what time it is
 * there. Where an operation is served (one origin, or a function of its own) is `config.json`'s to say.
 */
import { kept } from './store.js';


/** The longest that any request takes, in milliseconds. */
export const REQUEST_MS = 10_000;
/** How long to wait where a reply asks for patience and does not say how long, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Every operation that the pages call: its method and route. `tests/unit/api.test.js` holds them against `openapi.json`. */
export const OPERATIONS = /** @type {const} */ ({
  'register-user': 'POST /v1/users',
  'sign-in': 'POST /v1/sessions',
  'refresh-session': 'POST /v1/sessions/refresh',
  'sign-out': 'DELETE /v1/sessions/current',
  'get-user': 'GET /v1/users/{user_id}',
  'update-user': 'PATCH /v1/users/{user_id}',
  'delete-user': 'DELETE /v1/users/{user_id}',
  'reset-password': 'POST /v1/users/password-reset',
  'list-addresses': 'GET /v1/users/{user_id}/addresses',
  'add-address': 'POST /v1/users/{user_id}/addresses',
  'remove-address': 'DELETE /v1/users/{user_id}/addresses/{address_id}',
  'export-user': 'GET /v1/users/{user_id}/export',
  'export-restaurants': 'GET /v1/restaurants/export',
  'export-orders': 'GET /v1/orders/export',
  'export-payments': 'GET /v1/payments/export',
  'export-deliveries': 'GET /v1/deliveries/export',
  'export-notifications': 'GET /v1/notifications/export',
  'search-restaurants': 'GET /v1/restaurants',
  'get-restaurant': 'GET /v1/restaurants/{restaurant_id}',
  'list-own-restaurants': 'GET /v1/merchants/{merchant_id}/restaurants',
  'get-menu': 'GET /v1/restaurants/{restaurant_id}/menu',
  'add-menu-item': 'POST /v1/restaurants/{restaurant_id}/menu/items',
  'quote-basket': 'POST /v1/restaurants/{restaurant_id}/quotes',
  'place-order': 'POST /v1/orders',
  'list-orders': 'GET /v1/orders',
  'get-order': 'GET /v1/orders/{order_id}',
  'follow-order': 'GET /v1/orders/{order_id}/events',
  'accept-order': 'POST /v1/orders/{order_id}/accept',
  'reject-order': 'POST /v1/orders/{order_id}/reject',
  'mark-order-ready': 'POST /v1/orders/{order_id}/ready',
  'cancel-order': 'POST /v1/orders/{order_id}/cancel',
  'list-payments': 'GET /v1/payments',
  'refund-payment': 'POST /v1/payments/{payment_id}/refunds',
  'put-courier': 'PUT /v1/couriers/{courier_id}',
  'get-courier': 'GET /v1/couriers/{courier_id}',
  'set-courier-availability': 'PUT /v1/couriers/{courier_id}/availability',
  'list-deliveries': 'GET /v1/deliveries',
  'accept-offer': 'POST /v1/deliveries/{delivery_id}/accept',
  'decline-offer': 'POST /v1/deliveries/{delivery_id}/decline',
  'pick-up-delivery': 'POST /v1/deliveries/{delivery_id}/pick-up',
  'complete-delivery': 'POST /v1/deliveries/{delivery_id}/complete',
  'list-notifications': 'GET /v1/notifications',
  'read-notification': 'POST /v1/notifications/{notification_id}/read',
});

/** What anybody may ask: nobody's token goes with it, and it waits for none. @type {(keyof typeof OPERATIONS)[]} */
const OPEN = ['search-restaurants', 'get-restaurant', 'get-menu', 'register-user', 'reset-password'];

/** What serves these pages, as `config.json` tells it. Read once, before anything is drawn. @type {import('../types/app').Config} */
export let config;

/** The last one that came, for when nothing answers. */
const lastConfig = kept('config', {
  version: 1,
  empty: () => /** @type {import('../types/app').Config | null} */ (null),
  // It comes again by itself: nobody is told that it went.
  read: (found) => (isConfig(found) ? found : null),
});

/**
 * Reads `config.json`: a page can't start without it. Where nothing answers, or the server fails, the last one that came will do.
 * Whoever answers with something else is another server: what ours told does not hold there.
 */
export async function loadConfig() {
  const last = lastConfig.of(null);
  const { status, text } = await askForConfig().catch(() => ({ status: 0, text: '' }));
  const found = status === 0 || status >= 500 ? last.value.peek() : await new Response(text).json().catch(() => null);
  if (status !== 0 && status < 500) last.update(() => (isConfig(found) ? found : null));
  if (!isConfig(found)) throw new ApiError({ status, code: status === 0 ? unanswered() : 'unavailable' });
  config = found;
}

async function askForConfig() {
  const response = await fetch('/config.json', { cache: 'no-cache', signal: AbortSignal.timeout(REQUEST_MS) });
  return { status: response.status, text: response.ok ? await response.text() : '' };
}

/** Whether it is one, as far as no page could be drawn without. @param {any} found @returns {found is import('../types/app').Config} */
function isConfig(found) {
  return typeof found?.api?.base === 'string' && typeof found.area?.centre?.lat === 'number' && Array.isArray(found.payment_methods);
}

/**
 * What went wrong: a refusal of the server, with its problem; or nothing came.
 * `unknown` says that the request may have had its effect all the same.
 */
export class ApiError extends Error {
  /** @param {import('../types/app').Failure} failure */
  constructor(failure) {
    super(failure.problem?.detail ?? failure.code);
    this.status = failure.status ?? 0;
    this.code = failure.code;
    this.problem = failure.problem ?? null;
    this.retryAfterMs = failure.retryAfterMs ?? 0;
    this.unknown = failure.unknown ?? false;
  }

  /** What is wrong with the field at this pointer (`/email`), if that is what was refused. @param {string} pointer */
  field(pointer) {
    return this.problem?.errors?.find((error) => error.pointer === pointer)?.detail ?? null;
  }
}

/**
 * Who says which token goes with a request: `session.js`. It is asked for a fresh one where the server refused the last.
 * @type {{ token: () => Promise<string | null>, renewed: (used: string) => Promise<string | null> }}
 */
let tokens = { token: async () => null, renewed: async () => null };

/** @param {typeof tokens} source */
export function authorizeWith(source) {
  tokens = source;
}

/**
 * Calls an operation as whoever is signed in here, or as nobody; what is open to all, as nobody.
 * @template {keyof typeof OPERATIONS} O
 * @param {O} operation
 * @param {import('../types/app').Asked} [asked]
 * @returns {Promise<import('../types/app').Answer<O>>}
 */
export async function call(operation, asked = {}) {
  const token = OPEN.includes(operation) ? null : await tokens.token();
  try {
    return await send(operation, asked, token);
  } catch (error) {
    if (!token || !(error instanceof ApiError) || error.status !== 401) throw error;
    const fresh = await tokens.renewed(token);
    if (!fresh) throw error;
    return send(operation, asked, fresh);
  }
}

/**
 * Sends one request with this token. Bodies that are text go out byte for byte.
 * @template {keyof typeof OPERATIONS} O
 * @param {O} operation
 * @param {import('../types/app').Asked} asked
 * @param {string | null} token
 * @returns {Promise<import('../types/app').Answer<O>>}
 */
export async function send(operation, asked, token) {
  const [method, route] = OPERATIONS[operation].split(' ');
  const headers = new Headers();
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (asked.key) headers.set('idempotency-key', asked.key);
  if (asked.etag) headers.set('if-none-match', asked.etag);
  let body;
  if (asked.body !== undefined) {
    headers.set('content-type', 'application/json');
    body = typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body);
  }
  const timeout = AbortSignal.timeout(REQUEST_MS);
  const signal = asked.signal ? AbortSignal.any([timeout, asked.signal]) : timeout;
  // Our own ETags answer "is it new"; the browser's cache would answer with what it has, and keep it.
  const init = /** @type {RequestInit} */ ({ method, headers, body, signal, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  const begun = performance.now();
  let response;
  try {
    response = await fetch(address(operation, route, asked), init);
    keepTime(response.headers.get('date'), begun, performance.now());
    const reply = await read(response);
    return /** @type {any} */ ({ status: response.status, etag: response.headers.get('etag'), data: reply });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (asked.signal?.aborted) throw asked.signal.reason;
    throw new ApiError({ code: timeout.aborted ? 'timeout' : unanswered(), unknown: method !== 'GET' });
  }
}

/** What it is called that nothing came: the device is offline, or the server is not there. */
export function unanswered() {
  return navigator.onLine ? 'unreachable' : 'offline';
}

/** What a reply holds; a refusal is thrown. @param {Response} response */
export async function read(response) {
  if (response.status === 304 || response.status === 204) return null;
  if (response.ok) return response.json();
  throw refused(response, await problemOf(response));
}

/** @param {Response} response @returns {Promise<import('../types/app').Problem | null>} */
async function problemOf(response) {
  const kind = response.headers.get('content-type') ?? '';
  return kind.startsWith('application/problem+json') ? response.json() : null;
}

/** What a refusal is called that says no code: a gateway's own. @param {number} status */
function unsaid(status) {
  if (status === 429) return 'too-many-requests';
  return status >= 500 ? 'unavailable' : 'refused';
}

/** @param {Response} response @param {import('../types/app').Problem | null} problem */
function refused(response, problem) {
  const { status } = response;
  const wait = response.headers.get('retry-after');
  const patience = status === 429 || status === 503 ? PATIENCE_MS : 0;
  return new ApiError({
    status,
    code: problem?.code ?? unsaid(status),
    problem,
    retryAfterMs: wait && Number.isFinite(Number(wait)) ? Number(wait) * 1000 : patience,
    unknown: status >= 500,
  });
}

/** @param {string} operation @param {string} route @param {import('../types/app').Asked} asked */
function address(operation, route, asked) {
  const path = route.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(asked.path?.[name] ?? ''));
  const base = config?.operations?.[operation] ?? config?.api?.base ?? '';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return base.replace(/\/$/, '') + path + (query.size ? `?${query}` : '');
}

// The server's clock, as far as its `date` tells: the difference to `performance.now()` lies between these two.
let least = -Infinity;
let most = Infinity;

/**
 * Narrows the server's clock down: `date` was the second in which a reply was made, some time between asking and having it.
 * @param {string | null} date @param {number} asked @param {number} had
 */
export function keepTime(date, asked, had) {
  const second = Date.parse(date ?? '');
  if (Number.isNaN(second)) return;
  const low = second - had;
  const high = second + 1000 - asked;
  if (low >= most || high <= least) {
    // The clocks ran apart (a sleep, a correction there): what was known before counts no more.
    least = low;
    most = high;
    return;
  }
  least = Math.max(least, low);
  most = Math.min(most, high);
}

/** The server's time, in milliseconds since 1970; the device's until a first reply told. Never the device's after that. */
export function serverNow() {
  return least === -Infinity ? Date.now() : (least + most) / 2 + performance.now();
}

/** A key of its own for an action that must not happen twice. */
export function newKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
