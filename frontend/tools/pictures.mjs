// Makes img/food, img/scene and img/small.webp anew from Fluent Emoji 3D. `--check` fails where a file would differ.
//
// food/ is the set that restaurants and dishes choose from; scene/ is what pages say things with. small.webp holds what lies at
// the corners of pictures, all in one request.
import sharp from 'sharp';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SMALL } from '../js/kit.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = `${ROOT}node_modules/@lobehub/fluent-emoji-3d/assets/`;
/** What one picture may weigh, in bytes. */
const MAX_BYTES = 9_000;
/** The side of a small picture, in pixels: twice what it is shown at. */
const CELL = 80;
const COLUMNS = 6;
const QUALITY = 60;

const FOOD = {
  avocado: '1f951', bacon: '1f953', baguette: '1f956', beans: '1fad8', beer: '1f37a', bento: '1f371', bread: '1f35e',
  'bubble-tea': '1f9cb', burger: '1f354', burrito: '1f32f', cake: '1f370', cheese: '1f9c0', chicken: '1f357', chocolate: '1f36b',
  cocktail: '1f379', coconut: '1f965', coffee: '2615', cookie: '1f36a', corn: '1f33d', crab: '1f980', croissant: '1f950',
  cupcake: '1f9c1', curry: '1f35b', custard: '1f36e', doughnut: '1f369', dumplings: '1f95f', egg: '1f373', falafel: '1f9c6',
  fish: '1f41f', fries: '1f35f', fruit: '1f347', grill: '1f356', hotdog: '1f32d', 'ice-cream': '1f368', juice: '1f9c3',
  lobster: '1f99e', mango: '1f96d', milk: '1f95b', mushroom: '1f344', noodles: '1f961', olives: '1fad2', oyster: '1f9aa',
  pancakes: '1f95e', peas: '1fadb', pepper: '1f336-fe0f', pie: '1f967', pizza: '1f355', pretzel: '1f968', ramen: '1f35c',
  rice: '1f35a', 'rice-ball': '1f359', salad: '1f957', sandwich: '1f96a', shawarma: '1f959', shrimp: '1f364', skewer: '1f362',
  soda: '1f964', soup: '1f372', spaghetti: '1f35d', steak: '1f969', stew: '1f958', sushi: '1f363', taco: '1f32e', tea: '1f375',
  tomato: '1f345', waffle: '1f9c7', wine: '1f377',
};

const SCENE = {
  bag: '1f6cd-fe0f', bell: '1f514', bicycle: '1f6b2', box: '1f4e6', car: '1f697', card: '1f4b3', clock: '23f0', closed: '1f319',
  cook: '1f9d1-200d-1f373', foot: '1f6b6', house: '1f3e0', key: '1f511', mailbox: '1f4ed', map: '1f5fa-fe0f', money: '1f4b8',
  party: '1f389', pin: '1f4cd', plate: '1f37d-fe0f', receipt: '1f9fe', sad: '1f614', scooter: '1f6f5', search: '1f50d',
  storm: '1f329-fe0f', tiffin: '1f371', unplugged: '1f50c', wave: '1f44b',
};

/** What lies at corners. */
const GARNISH = {
  'bell-pepper': '1fad1', blueberries: '1fad0', carrot: '1f955', cherries: '1f352', garlic: '1f9c4', herb: '1f33f', lemon: '1f34b',
  lettuce: '1f96c', olive: '1fad2', orange: '1f34a', strawberry: '1f353', 'whole-tomato': '1f345',
};

const made = new Map();
for (const [name, code] of Object.entries(FOOD)) made.set(`img/food/${name}.webp`, await original(code));
for (const [name, code] of Object.entries(SCENE)) made.set(`img/scene/${name}.webp`, await original(code));
made.set('img/small.webp', await together(SMALL.map((name) => GARNISH[name])));

const check = process.argv.includes('--check');
const wrong = [];
for (const folder of ['img/food', 'img/scene']) {
  await mkdir(ROOT + folder, { recursive: true });
  for (const file of await readdir(ROOT + folder)) {
    if (made.has(`${folder}/${file}`)) continue;
    if (check) wrong.push(`${folder}/${file}`);
    else await rm(`${ROOT}${folder}/${file}`);
  }
}
for (const [path, bytes] of made) {
  if (path !== 'img/small.webp' && bytes.length > MAX_BYTES) throw new Error(`${path} has ${bytes.length} bytes`);
  const there = await readFile(ROOT + path).catch(() => null);
  if (there?.equals(bytes)) continue;
  if (check) wrong.push(path);
  else await writeFile(ROOT + path, bytes);
}
if (wrong.length > 0) {
  console.error(`Not what \`npm run pictures\` makes: ${wrong.join(', ')}`);
  process.exit(1);
}
console.log(`${made.size} pictures`);

/** As it is in the package: 256 pixels, sharp at the size shown, and smaller than anything encoded once more. */
async function original(code) {
  const bytes = await readFile(`${SOURCE}${code}.webp`);
  return bytes.length <= MAX_BYTES ? bytes : sharp(bytes).resize(192).webp({ quality: QUALITY, alphaQuality: QUALITY, effort: 6, smartSubsample: true }).toBuffer();
}

async function together(codes) {
  const cells = codes.map(async (code, at) => ({
    input: await sharp(`${SOURCE}${code}.webp`).resize(CELL).png().toBuffer(),
    left: (at % COLUMNS) * CELL,
    top: Math.floor(at / COLUMNS) * CELL,
  }));
  const rows = Math.ceil(codes.length / COLUMNS);
  const ground = { width: COLUMNS * CELL, height: rows * CELL, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } };
  return sharp({ create: ground }).composite(await Promise.all(cells)).webp({ quality: QUALITY, alphaQuality: QUALITY, effort: 6, smartSubsample: true }).toBuffer();
}
