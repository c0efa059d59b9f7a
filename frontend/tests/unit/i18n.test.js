import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

let spoken = 'en';
globalThis.document = { documentElement: {} };
globalThis.localStorage = { getItem: () => spoken };
Object.defineProperty(globalThis, 'navigator', { value: { languages: [] } });
globalThis.fetch = async (path) => new Response(await readFile(new URL(`../..${path}`, import.meta.url)));

const { addressLine, isolated, listed, loadWords, money, orderNumber, t } = await import('../../js/i18n.js');
const { times } = await import('../../js/times.js');

async function speak(locale) {
  spoken = locale;
  await loadWords();
}

/** Marks of isolation, as they can be read. */
const shown = (text) => text.replaceAll('\u2068', '<').replaceAll('\u2069', '>').replaceAll('\u2067', '<rtl ').replaceAll('\u2066', '<ltr ').replaceAll('\u200f', '');

test('where words run from left to right, lists of names in Latin letters hold nothing but them', async () => {
  for (const locale of ['en', 'ro', 'lv']) {
    await speak(locale);
    assert.equal(listed(['32 cm', 'Neapolitan'], 'dot'), '32 cm · Neapolitan');
    assert.equal(listed(['32 cm', 'Neapolitan']), '32 cm, Neapolitan');
    for (const type of ['unit', 'conjunction']) {
      const style = type === 'unit' ? 'short' : 'long';
      assert.equal(listed(['a', 'b', 'c'], type), new Intl.ListFormat(locale, { type, style }).format(['a', 'b', 'c']));
    }
    assert.equal(addressLine('Strada Lipscani 12', null, 'București'), 'Strada Lipscani 12, București');
    assert.equal(t('kit.zone-name', { city: 'Bucharest', offset: 'GMT+2' }), 'Bucharest, GMT+2');
  }
});

test('where words run from right to left, each name is isolated', async () => {
  await speak('ar');
  assert.equal(shown(listed(['32 cm', 'Neapolitan'], 'dot')), '<32 cm> · <Neapolitan>');
  assert.equal(shown(listed(['2× Mapo tofu', 'حمص'])), '<2× Mapo tofu>، <حمص>');
  assert.equal(shown(listed(['Pizza', 'حمص'], 'conjunction')), '<Pizza> و<حمص>');
  assert.equal(shown(listed(['Pizza', 'italian'], 'unit')), '<Pizza>، <italian>');
  assert.equal(shown(addressLine('Strada Lipscani 12', 'București')), '<Strada Lipscani 12, București>');
  assert.equal(shown(t('kit.zone-name', { city: 'Bucharest', offset: 'غرينتش+2' })), '<Bucharest>، <غرينتش+2>');
});

test('where words run from right to left, what is made of isolated names runs with them', async () => {
  await speak('ar');
  assert.equal(shown(isolated(listed(['Pizza', 'italian'], 'unit'))), '<rtl <Pizza>، <italian>>');
  assert.equal(shown(isolated(orderNumber('16VJQ71G'))), '<rtl <ltr 16VJ-Q71G>>');
});

test('where words run from right to left, amounts and times keep their order', async () => {
  await speak('ar');
  const span = { from: '2026-11-29T11:43:00Z', to: '2026-11-29T11:53:00Z' };
  assert.equal(isolated(times(span, 'UTC').split(' ')[0]), times(span, 'UTC').split(' ')[0]);
  // It begins with a mark that has it run from right to left, also in isolation.
  assert.match(isolated(money({ amount: 5229, currency: 'RON' })), /^\u2068\u200f52\.29\sRON\u2069$/);
});
