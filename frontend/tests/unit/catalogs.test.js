import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

import { LOCALES } from '../../js/i18n.js';

const FRONTEND = new URL('../../', import.meta.url);
const catalogs = Object.fromEntries(LOCALES.map((locale) => [locale, `i18n/${locale}.json`]).filter(([, path]) => existsSync(new URL(path, FRONTEND))).map(([locale, path]) => [locale, JSON.parse(read(path))]));
const { en } = catalogs;
const sources = readdirSync(new URL('js/', FRONTEND), { recursive: true }).filter((path) => path.endsWith('.js')).map((path) => ({ path, text: read(`js/${path}`) }));

/** How far to count: no language here has another form for only some larger number. */
const COUNTED = 200;
const NAMESPACES = [...new Set(Object.keys(en).map((key) => key.split('.')[0]))].join('|');
const KEY = new RegExp(`['"\`]((?:${NAMESPACES})\\.[\\w.-]+)['"\`]`, 'g');
const TEMPLATE = new RegExp(`\`((?:${NAMESPACES})\\.(?:[^\`$]|\\$\\{[^}]*\\})*\\$\\{(?:[^\`$]|\\$\\{[^}]*\\})*)\``, 'g');
const HOLE = /\$\{[^}]*\}/;
const WORD = /['"`]([\w.-]*)['"`$]/g;

test('every catalog has the keys of the English one, in their order', () => {
  for (const [locale, messages] of Object.entries(catalogs)) {
    assert.deepEqual(missing(en, messages), [], `${locale} lacks these`);
    assert.deepEqual(missing(messages, en), [], `only ${locale} has these`);
    assert.deepEqual(Object.keys(messages), Object.keys(en).sort(), `${locale} is sorted by key`);
  }
});

test('every message is well-formed and says something', () => {
  eachMessage((message, _locale, where) => {
    assert.ok(message.trim() !== '' && message === message.trim(), `${where} is text, without blanks around it`);
    for (const { forms } of plurals(parse(message, where))) {
      for (const [form, text] of forms) assert.ok(form.startsWith('=') || text.source.trim() !== '', `${where}: ${form} is text`);
    }
  });
});

test('a translation is given what the English message is given', () => {
  eachMessage((message, _locale, where, key) => {
    assert.deepEqual(names(parse(message, where)), names(parse(en[key] ?? '', key)), where);
  });
});

test('a plural has a form for every number, and none that its language never chooses', () => {
  eachMessage((message, locale, where) => {
    const rules = new Intl.PluralRules(locale);
    const known = [...rules.resolvedOptions().pluralCategories, 'other'];
    for (const { forms } of plurals(parse(message, where))) {
      const given = [...forms.keys()];
      assert.deepEqual(given.filter((form) => !/^=\d+$/.test(form) && !known.includes(form)), [], `${where}: ${locale} has no such form`);
      assert.ok(forms.has('other'), `${where}: there is "other"`);
      if (!given.some((form) => form !== 'other' && !form.startsWith('='))) continue;
      for (let count = 0; count <= COUNTED; count += 1) {
        assert.ok(forms.has(`=${count}`) || forms.has(rules.select(count)), `${where}: there is no form for ${count}, ${rules.select(count)}`);
      }
    }
  });
});

test('a plural within a plural is one that i18n.js can tell from it', () => {
  eachMessage((message, _locale, where) => {
    for (const { forms } of plurals(parse(message, where))) {
      const given = [...forms.keys()];
      for (const [form, { parts }] of forms) {
        for (const inner of plurals(parts)) {
          assert.equal(form, given.at(-1), `${where}: it stands in the last form`);
          assert.deepEqual([...inner.forms.keys()].filter((one) => !given.includes(one)), [], `${where}: it has no form that the outer one has not`);
          for (const { source } of inner.forms.values()) assert.ok(!source.includes('#'), `${where}: "#" is the number of the outer one`);
        }
      }
    }
  });
});

test('every key that a page asks for is there', () => {
  for (const { path, text } of sources) {
    for (const [, key] of text.matchAll(KEY)) assert.ok(key in en, `js/${path} asks for ${key}`);
    for (const [, template] of text.matchAll(TEMPLATE)) assert.ok(Object.keys(en).some(patternOf(template)), `js/${path} asks for ${template}`);
  }
});

test('a page that gives nothing to put in asks for a message that needs nothing', () => {
  for (const { path, text } of sources) {
    for (const [, key] of text.matchAll(/\bt\('([^']+)'\)/g)) assert.deepEqual(names(parse(en[key] ?? '', key)), [], `js/${path}: ${key}`);
  }
});

test('every message is used', () => {
  const literal = new Set(sources.flatMap(({ text }) => [...text.matchAll(KEY)].map(([, key]) => key)));
  const server = words(read('../openapi.json') + read('../shared/app/src/problem.rs'));
  const all = words(sources.map(({ text }) => text).join('\n'));
  const built = sources.flatMap(({ text }) => {
    const own = words(text);
    return [...text.matchAll(TEMPLATE)].map(([, template]) => patternOf(template, template.startsWith('problem.') ? [...all, ...server] : own));
  });
  assert.deepEqual(Object.keys(en).filter((key) => !literal.has(key) && !built.some((fits) => fits(key))), []);
});

/** @param {(message: string, locale: string, where: string, key: string) => void} look */
function eachMessage(look) {
  for (const [locale, messages] of Object.entries(catalogs)) {
    for (const [key, message] of Object.entries(messages)) look(message, locale, `${locale}: ${key}`, key);
  }
}

function missing(from, other) {
  return Object.keys(from).filter((key) => !(key in other));
}

function read(path) {
  return readFileSync(new URL(path, FRONTEND), 'utf8');
}

/** The strings in a text; one that ends with a dash begins longer ones. */
function words(text) {
  return new Set([...text.matchAll(WORD)].map(([, word]) => word));
}

/**
 * Whether a key can come of a template. What directly follows the namespace would fit every key of it: there only one of
 * `known` fits, if these are given.
 */
function patternOf(template, known) {
  const [begin, ...rest] = template.split(HOLE).map((part) => part.replaceAll('.', '\\.'));
  const whole = new RegExp(`^${begin}(.*?)${rest.join('(?:.*)')}$`);
  const isOpen = /^\w+\\\.$/.test(begin);
  const spoken = [...(known ?? [])];
  return (key) => {
    const found = whole.exec(key);
    if (!found || !isOpen || !known) return found !== null;
    return spoken.some((word) => word === found[1] || (word.endsWith('-') && found[1].startsWith(word)));
  };
}

/** What is to be put into a message, by name. */
function names(parts) {
  const all = parts.flatMap(({ name, forms }) => [name, ...[...(forms?.values() ?? [])].flatMap((form) => names(form.parts))]);
  return [...new Set(all)].sort();
}

/** The plurals in a message, and those within them. */
function plurals(parts) {
  return parts.filter(({ forms }) => forms).flatMap((plural) => [plural, ...[...plural.forms.values()].flatMap((form) => plurals(form.parts))]);
}

/** The arguments of a message: `{ name, forms }`, the forms of a plural by their rule. */
function parse(message, where) {
  return braced(message, where).inner.map((argument) => {
    const [, name, plural] = /^(\w+)(?:, plural, (.+))?$/s.exec(argument) ?? assert.fail(`${where}: {${argument}} is no argument`);
    if (!plural) return { name, forms: null };
    const { inner, between } = braced(plural, where);
    const rules = between.slice(0, -1).map((rule) => rule.trim());
    assert.equal(between.at(-1), '', `${where}: nothing stands after the last form`);
    assert.equal(new Set(rules).size, rules.length, `${where}: no form stands twice`);
    return { name, forms: new Map(inner.map((source, at) => [rules[at], { source, parts: parse(source, where) }])) };
  });
}

/** What stands in the outermost braces of a text, and what stands between these. */
function braced(text, where) {
  const inner = [];
  const between = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '}') depth -= 1;
    assert.ok(depth >= 0, `${where}: a brace closes that never opened`);
    if (depth === 0 && letter !== '{' && letter !== '}') between[between.length - 1] += letter;
    if (depth > 0) inner[inner.length - 1] += letter;
    if (letter === '{' && depth === 0) inner.push('');
    if (letter === '}' && depth === 0) between.push('');
    if (letter === '{') depth += 1;
  }
  assert.equal(depth, 0, `${where}: every brace that opens closes`);
  return { inner, between };
}
