// What stands on paper: reads the PDFs that Chromium prints, as far as it writes them. Every glyph with its place, words as they
// are copied, and the colours that are drawn with.

import { inflateSync } from 'node:zlib';

const TOKEN = /<<|>>|<[0-9a-fA-F]*>|\((?:\\.|[^\\)])*\)|\/[^\s<>/()[\]]+|[[\]]|[^\s<>/()[\]]+/g;

/**
 * @typedef {object} PaperPage
 * @property {number} width in points, as everything here
 * @property {number} height
 * @property {{text: string, x: number, y: number}[]} glyphs from the lower left corner
 * @property {string} text
 * @property {string[]} colours each that was drawn with, as red, green and blue from 0 to 1
 */

/**
 * Reads a PDF.
 * @param {Buffer} bytes
 * @returns {PaperPage[]}
 */
export function readPdf(bytes) {
  const objects = objectsOf(bytes);
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head));
  return pages.map(({ head }) => {
    const [, width, height] = /\/MediaBox \[0 0 (\S+) (\S+)\]/.exec(head);
    const fonts = Object.fromEntries([...head.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => [name, fontOf(objects, id)]));
    const content = objects.get(/\/Contents (\d+) 0 R/.exec(head)[1]).stream.toString('latin1');
    return { width: Number(width), height: Number(height), ...drawn(content, fonts) };
  });
}

/** What is the same whether it is set, wrapped or hyphenated: letters and digits alone. */
export function letters(text) {
  return text.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '');
}

/** The objects of a file, by their numbers: what stands before the stream, and the stream. */
function objectsOf(bytes) {
  const text = bytes.toString('latin1');
  const begin = /(\d+) 0 obj\s/g;
  const objects = new Map();
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    const end = text.indexOf('endobj', begin.lastIndex);
    const streamed = text.indexOf('stream\n', begin.lastIndex);
    if (streamed < 0 || streamed > end) {
      objects.set(found[1], { head: text.slice(begin.lastIndex, end) });
      continue;
    }
    const head = text.slice(begin.lastIndex, streamed);
    const from = streamed + 'stream\n'.length;
    const to = from + Number(/\/Length (\d+)/.exec(head)[1]);
    const raw = bytes.subarray(from, to);
    objects.set(found[1], { head, stream: head.includes('/FlateDecode') ? inflateSync(raw) : raw });
    begin.lastIndex = to;
  }
  return objects;
}

/** How a font's codes read: so many hexadecimal digits each, and what each stands for. */
function fontOf(objects, id) {
  const { head } = objects.get(id);
  const digits = head.includes('/Type0') ? 4 : 2;
  const codes = new Map();
  const table = /\/ToUnicode (\d+) 0 R/.exec(head);
  const map = table ? objects.get(table[1]).stream.toString('latin1') : '';
  for (const [, block] of map.matchAll(/beginbfchar\n([^]*?)endbfchar/g)) {
    for (const [, code, text] of block.matchAll(/<(\w+)> <(\w+)>/g)) codes.set(parseInt(code, 16), utf16(text));
  }
  for (const [, block] of map.matchAll(/beginbfrange\n([^]*?)endbfrange/g)) {
    for (const [, first, last, text] of block.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const [from, to] = [parseInt(first, 16), parseInt(last, 16)];
      for (let code = from; code <= to; code += 1) codes.set(code, String.fromCodePoint(utf16(text).codePointAt(0) + code - from));
    }
  }
  return { digits, codes };
}

function utf16(hex) {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

/** Goes through what is drawn on a page. */
function drawn(content, fonts) {
  const glyphs = [];
  const colours = new Set();
  const marks = [];
  const kept = [];
  let page = [1, 0, 0, 1, 0, 0];
  let line = page;
  let font = null;
  let operands = [];
  let run = [];

  const put = (text) => {
    const [, , , , x, y] = times(line, page);
    run.push({ text, x, y });
  };
  const show = (hex) => {
    // What is copied in place of some glyphs stands with the first of them.
    const instead = marks.findLast(({ actual }) => actual !== undefined);
    for (const [code] of hex.matchAll(new RegExp(`.{${font.digits}}`, 'g'))) {
      put(instead ? instead.actual : (font.codes.get(parseInt(code, 16)) ?? ''));
      if (instead) instead.actual = '';
    }
  };
  const operators = {
    q: () => kept.push(page),
    Q: () => (page = kept.pop()),
    cm: (...six) => (page = times(six.map(Number), page)),
    rg: (...three) => colours.add(three.join(' ')),
    Tf: (name) => (font = fonts[name.slice(1)]),
    Tm: (...six) => (line = six.map(Number)),
    Td: (x, y) => (line = times([1, 0, 0, 1, Number(x), Number(y)], line)),
    Tj: (hex) => show(hex.slice(1, -1)),
    BMC: (name) => marks.push({ reversed: name === '/ReversedChars' }),
    BDC: (...all) => marks.push({ actual: all.includes('/ActualText') ? literal(all[all.indexOf('/ActualText') + 1]) : undefined }),
    EMC: () => marks.pop().reversed && run.reverse(),
    ET: () => glyphs.push(...run.splice(0)),
  };
  for (const [token] of content.matchAll(TOKEN)) {
    if (/^[A-Za-z*]+$/.test(token)) {
      operators[token]?.(...operands);
      operands = [];
    } else operands.push(token);
  }
  return { glyphs, colours: [...colours], text: glyphs.map(({ text }) => text).join('') };
}

function literal(token) {
  if (token.startsWith('(')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  return utf16(token.slice(1, -1)).replace('\ufeff', '');
}

/** One transformation after another. */
function times([a, b, c, d, e, f], [A, B, C, D, E, F]) {
  return [a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F];
}
