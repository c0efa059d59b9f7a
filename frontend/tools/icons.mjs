// Makes img/icons.svg anew: those of Lucide's icons that pages use, in one sprite. `--check` fails where it would differ.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SPRITE = `${ROOT}img/icons.svg`;

const NAMES = [
  'arrow-left', 'arrow-right', 'ban', 'bean', 'bell', 'bell-ring', 'bike', 'check', 'chef-hat', 'chevron-down', 'chevron-left',
  'chevron-right', 'circle-check', 'clock', 'credit-card', 'download', 'egg', 'external-link', 'eye', 'eye-off', 'fish', 'hand-coins',
  'house', 'info', 'key-round', 'languages', 'leaf', 'leafy-green', 'list', 'locate', 'log-in', 'log-out', 'map-pin', 'milk', 'milk-off',
  'minus', 'navigation', 'nut', 'pause', 'phone', 'play', 'plus', 'printer', 'receipt', 'refresh-cw', 'repeat', 'search',
  'shell', 'shopping-bag', 'shrimp', 'sprout', 'sticky-note', 'store', 'timer', 'trash-2', 'triangle-alert', 'user', 'utensils',
  'vegan', 'volume-2', 'volume-x', 'wheat', 'wheat-off', 'wifi-off', 'wine', 'x',
];

/** Our own mark: a lunchbox of two tins under a bow. */
const OWN = {
  tiffin: '<path d="M4 18v-6a8 8 0 0 1 16 0v6"/><rect x="8" y="9" width="8" height="5" rx="1.2"/><rect x="8" y="14" width="8" height="5" rx="1.2"/>',
};

const symbols = Object.entries(OWN).map(([name, shapes]) => symbol(name, shapes));
for (const name of NAMES) {
  const source = await readFile(`${ROOT}node_modules/lucide-static/icons/${name}.svg`, 'utf8');
  const shapes = source.slice(source.indexOf('>', source.indexOf('<svg')) + 1, source.lastIndexOf('</svg>'));
  symbols.push(symbol(name, shapes.replace(/\s+/g, ' ').replace(/> </g, '><').replace(/ \/>/g, '/>').trim()));
}
// Stroke, width and caps come from css/kit.css (.icon), through <use>.
const sprite = `<svg xmlns="http://www.w3.org/2000/svg" hidden="" aria-hidden="true">\n${symbols.join('\n')}\n</svg>\n`;

if (!process.argv.includes('--check')) {
  await writeFile(SPRITE, sprite);
  console.log(`${symbols.length} icons, ${sprite.length} bytes`);
} else if ((await readFile(SPRITE, 'utf8').catch(() => '')) !== sprite) {
  console.error('img/icons.svg is not what `npm run icons` makes');
  process.exit(1);
}

function symbol(name, shapes) {
  // It stands in the page itself, beside the page's own names.
  return `<symbol id="icon-${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}
