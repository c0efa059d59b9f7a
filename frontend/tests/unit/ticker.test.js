import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

globalThis.document = { documentElement: {} };
globalThis.localStorage = { getItem: () => 'en' };
Object.defineProperty(globalThis, 'navigator', { value: { languages: [] } });
globalThis.fetch = async () => new Response(await readFile(new URL('../../i18n/en.json', import.meta.url)));

const { loadWords } = await import('../../js/i18n.js');
const { isTold, sentence } = await import('../../js/demo/ticker-words.js');
await loadWords();

/** Everything that the server's ticker tells. */
const KINDS = [
  'order.placed', 'order.paid', 'order.payment_failed', 'order.accepted', 'order.rejected', 'order.ready', 'order.picked_up',
  'order.delivered', 'order.cancelled', 'order.undeliverable', 'delivery.offered', 'delivery.assigned',
];

const told = (more) => ({
  n: 1, at: '2026-11-29T00:53:02Z', kind: 'order.placed', order_number: 'YY4PSQET', restaurant: 'Seoul Kitchen', courier: 'Radu Ilie',
  prep_minutes: null, reason: null, ours: true, ...more,
});

test('what happened is told in plain words', () => {
  assert.equal(sentence(told({ kind: 'order.picked_up' })), 'Radu picked up YY4P-SQET');
  assert.equal(sentence(told({ kind: 'order.accepted', prep_minutes: 12 })), 'Seoul Kitchen accepted YY4P-SQET, ready in 12 min');
  assert.equal(sentence(told({ kind: 'order.payment_failed', reason: 'payment_declined' })), 'Card declined for YY4P-SQET, nothing charged');
});

test('a reason that is known changes the sentence, another does not', () => {
  const silent = sentence(told({ kind: 'order.rejected', reason: 'restaurant_silent' }));
  assert.equal(silent, 'Seoul Kitchen did not answer YY4P-SQET in time, nothing charged');
  assert.equal(sentence(told({ kind: 'order.rejected', reason: 'out of dough' })), 'Seoul Kitchen turned down YY4P-SQET, nothing charged');
});

test('every kind has a sentence without a gap, also while nobody carries it', () => {
  for (const kind of KINDS) {
    assert.ok(isTold(told({ kind })), kind);
    for (const courier of ['Radu Ilie', null]) {
      const words = sentence(told({ kind, courier, prep_minutes: kind === 'order.accepted' ? 5 : null }));
      assert.match(words, /YY4P-SQET/, kind);
      assert.doesNotMatch(words, /[{}]|undefined|null|\s{2}|^\s|\s$/, kind);
    }
  }
});

test('of elsewhere only what the same second has not told already', () => {
  const elsewhere = KINDS.filter((kind) => !isTold(told({ kind, ours: false })));
  assert.deepEqual(elsewhere, ['order.paid', 'delivery.offered']);
});

test('a kind of a newer server is passed over', () => {
  assert.ok(!isTold(told({ kind: 'order.flown' })));
});
