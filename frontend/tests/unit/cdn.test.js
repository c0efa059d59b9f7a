// The function that a CDN asks first, as template-pages.yaml deploys it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const ROOT = new URL('../../../', import.meta.url);
const CODE = 'FunctionCode: |\n';
/** The most that a function may weigh, in bytes. */
const MAX_CODE_BYTES = 10_240;
const PAGES = ['eat', 'kitchen', 'ride'];

const code = functionCode(readFileSync(new URL('template-pages.yaml', ROOT), 'utf8'));
const handler = vm.runInNewContext(`${code}\nhandler`);

/** The lines of the code, without what indents them in the template. */
function functionCode(template) {
  const [, rest] = template.split(CODE);
  const indent = /^ */.exec(rest)[0];
  const lines = rest.split('\n');
  const end = lines.findIndex((line) => line !== '' && !line.startsWith(indent));
  return lines.slice(0, end).map((line) => line.slice(indent.length)).join('\n');
}

/** What becomes of a request: the request that goes on, or a reply. */
function asked(uri, more = {}) {
  const request = { method: 'GET', uri, querystring: {}, headers: { host: { value: 'pages.example' } }, cookies: {}, ...more };
  return JSON.parse(JSON.stringify(handler({ version: '1.0', context: {}, viewer: {}, request })));
}

/** The file that is asked for; nothing where the reply is 404. */
function file(uri) {
  const { uri: found, statusCode } = asked(uri);
  assert.ok(found !== undefined || statusCode === 404, `${uri}: ${statusCode}`);
  return found;
}

test('it is small enough to be deployed, and loads nothing', () => {
  assert.ok(Buffer.byteLength(code) < MAX_CODE_BYTES);
  assert.doesNotMatch(code, /\b(import|require|export)\b/);
});

test('each page answers at its address, and at all that its router knows below', () => {
  for (const page of PAGES) {
    const routes = readFileSync(new URL(`frontend/js/${page}/main.js`, ROOT), 'utf8').matchAll(/'(\/[a-z{}_/]+)': \(\)/g);
    const addresses = Array.from(routes, ([, route]) => route.replaceAll(/\{\w+\}/g, 'rst_0190f2c4'));
    assert.ok(addresses.includes(`/${page}`), page);
    for (const address of [...addresses, `/${page}/`, `/${page}/notices`, `/${page}/a/b/c/`, `/${page}//`, `/${page}/%20x`]) assert.equal(file(address), `/${page}.html`, address);
  }
});

test('the host’s name leads to where customers begin, and nobody keeps that', () => {
  const reply = asked('/', { querystring: { from: { value: 'flyer' } } });
  assert.deepEqual(reply, { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/eat' }, 'cache-control': { value: 'no-store' } } });
});

test('what is asked beside the address stays as it is', () => {
  const more = { method: 'HEAD', querystring: { order: { value: 'ord_1' }, sheet: { value: 'a%26b', multiValue: [{ value: 'a%26b' }] } }, cookies: { a: { value: '1' } } };
  const { uri, ...rest } = asked('/kitchen/rst_1', more);
  assert.equal(uri, '/kitchen.html');
  assert.deepEqual(rest, { headers: { host: { value: 'pages.example' } }, ...more });
});

test('the theatre and the operations are nowhere', () => {
  for (const address of ['/demo', '/demo/', '/demo/x', '/demo.html', '/ops', '/ops/', '/ops/orders', '/ops.html', '/docs']) assert.equal(file(address), undefined, address);
});

test('files are asked for as they are', () => {
  const served = ['css', 'i18n', 'img', 'js', 'vendor'].flatMap((folder) =>
    readdirSync(new URL(`frontend/${folder}`, ROOT), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => `${one.parentPath}/${one.name}`.split('/frontend').at(-1)));
  assert.ok(served.length > 100);
  for (const path of [...served, '/config.json', '/sw.js', '/favicon.svg', '/NOTICE', '/eat.html', '/kitchen.html', '/ride.html']) assert.equal(file(path), path);
});

test('a file below a page is none, and nothing climbs', () => {
  for (const path of [
    '/eat/main.js', '/eat/x%2Ejs', '/kitchen/a/b.css', '/eat/.', '/eat/..',
    '/eat/../x', '/eat/../secret', '/eat/%2e%2E/secret', '/eat/./x', '/js/../package.json', '/js/%2e%2e/package.json', '/../eat', '/v1/../eat',
  ]) assert.equal(file(path), undefined, path);
});

test('what only looks like an address is none', () => {
  for (const path of ['/eatery', '/eat.htm', '/Eat', '/EAT/', '//eat', '/%65at', '/eat%2Forders', '/eat;x', '/rides', '/kitchen2', '/constructor', '/js', '/index.html', '/package.json', '/tests/a.js', '']) {
    assert.equal(file(path), undefined, path);
  }
});
