// Addresses where a server knows files and nothing else: what lies below a page's address stands in its query.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { documentElement: { dataset: { addresses: 'query' } } };
globalThis.location = new URL('http://pages.example/eat/');
globalThis.history = {
  state: null,
  pushState: (state, _, url) => move(state, url),
  replaceState: (state, _, url) => move(state, url),
};
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
Object.assign(globalThis, { scrollY: 0, scrollTo: () => {}, addEventListener: () => {} });
globalThis.window = globalThis;
window.parent = window;

function move(state, url) {
  history.state = state;
  if (url) globalThis.location = new URL(url, location);
}

const { begin, closeSheet, go, openSheet, route, urlOf } = await import('../../js/router.js');
begin({ '/eat': async () => ({ default: () => null }), '/eat/orders': async () => ({ default: () => null }), '/eat/orders/{id}': async () => ({ default: () => null }) });

test('a page’s own address is its folder, and what lies below stands in the query', () => {
  for (const [address, url] of [
    ['/eat', '/eat/'],
    ['/eat?sheet=up', '/eat/?sheet=up'],
    ['/eat/orders', '/eat/?at=/eat/orders'],
    ['/eat/orders/ord_1?a=b%26c#bill', '/eat/?at=/eat/orders/ord_1&a=b%26c#bill'],
    ['/eat/orders/a&b%2F', '/eat/?at=/eat/orders/a%26b%252F'],
  ]) assert.equal(urlOf(address), url);
});

test('other pages, other sites and places of the page are left as they are', () => {
  for (const address of ['/kitchen', '/docs', '/eat/none/such', '/eatery', '#main', 'https://other.example/eat', 'tel:+40', '/eat/main.js']) {
    assert.equal(urlOf(address), address);
  }
});

test('a page that is loaded anew is where it was', () => {
  assert.equal(route.value.path, '/eat');
  go('/eat/orders/ord_1?a=b');
  assert.equal(String(location), 'http://pages.example/eat/?at=/eat/orders/ord_1&a=b');
  assert.deepEqual([route.value.path, route.value.params.id, String(route.value.query)], ['/eat/orders/ord_1', 'ord_1', 'a=b']);
  go('/eat/orders/a%26b%2F');
  assert.equal(route.value.params.id, 'a&b/');
});

test('a sheet opens and closes over what lies below', () => {
  go('/eat/orders');
  openSheet('dish', '1');
  assert.deepEqual([route.value.path, String(route.value.query)], ['/eat/orders', 'dish=1']);
  history.state = { depth: 0 };
  closeSheet('dish');
  assert.deepEqual([route.value.path, String(route.value.query)], ['/eat/orders', '']);
  assert.equal(new URLSearchParams(location.search).get('at'), '/eat/orders');
});
