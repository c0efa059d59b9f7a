// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { keepTime, OPERATIONS, serverNow } from '../../js/api.js';

const document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'));

test('every operation that pages call has the method and route of the document', () => {
  const routes = new Map();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(methods)) routes.set(operationId, `${method.toUpperCase()} ${path}`);
  }
  for (const [operation, route] of Object.entries(OPERATIONS)) assert.equal(routes.get(operation), route, operation);
});

test('the server’s time is known to half a second after one reply, and better after more', () => {
  const now = performance.now();
  const truth = Date.parse('2026-11-29T12:00:00Z') + 700;
  const date = (/** @type {number} */ at) => new Date(Math.floor((truth + at) / 1000) * 1000).toUTCString();
  keepTime(date(0), now - 20, now);
  assert.ok(Math.abs(serverNow() - truth - (performance.now() - now)) <= 510);
  for (const later of [250, 350, 950]) keepTime(date(later), now + later - 5, now + later);
  assert.ok(Math.abs(serverNow() - truth - (performance.now() - now)) <= 130);
});

test('a server whose clock was set is believed at once', () => {
  const now = performance.now();
  keepTime('Sun, 29 Nov 2026 09:00:00 GMT', now - 10, now);
  assert.ok(Math.abs(serverNow() - Date.parse('2026-11-29T09:00:00Z')) <= 2_000);
});
