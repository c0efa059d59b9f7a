import { fnv } from './kit.js';
// @ts-check
/**
 * The picture of a city that nobody has surveyed: streets, a river, parks, made from the area's centre and radius alone, so that
 * every page of the same city draws the same. Pure; in metres, x to the east and y to the south of the centre.
 */

/**
 * @typedef {{ lat: number, lon: number }} Place
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ centre: Place, radius_m: number }} Area
 * @typedef {{ at: number, main: boolean }} Street one line from edge to edge, at its x or its y
 * @typedef {{ x: number, y: number, width: number, height: number }} Block
 * @typedef {{ reach: number, columns: Street[], rows: Street[], boulevards: [Point, Point][], river: Point[], riverWidth: number, parks: Block[], dense: Block[], square: Point }} City
 */

/** A degree of latitude, in metres; of longitude at the equator. */
const DEGREE_M = 111_320;
/** How far streets go on beyond the area, for windows wider than it: in radii. */
const REACH = 2.4;
/** How far apart streets are, least and most, in metres. */
const BLOCK_M = [170, 310];
/** Every how many streets one is a main one. */
const MAIN_EVERY = 3;
const PARKS = 44;
/** How many blocks of a hundred are built more densely. */
const DENSE_PERCENT = 14;
const RIVER_M = 150;

/** @type {Map<string, City>} */
const drawn = new Map();

/** The city of an area; made once. @param {Area} area @returns {City} */
export function cityOf(area) {
  const key = `${area.centre.lat},${area.centre.lon},${area.radius_m}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = make(area, chances(fnv(key)));
  drawn.set(key, made);
  return made;
}

/** Metres from the centre. @param {Area} area @param {Place} place @returns {Point} */
export function metres({ centre }, place) {
  return { x: (place.lon - centre.lon) * DEGREE_M * Math.cos((centre.lat * Math.PI) / 180), y: (centre.lat - place.lat) * DEGREE_M };
}

/** The place that lies so many metres from the centre. @param {Area} area @param {Point} point @returns {Place} */
export function placeAt({ centre }, { x, y }) {
  return { lat: centre.lat - y / DEGREE_M, lon: centre.lon + x / (DEGREE_M * Math.cos((centre.lat * Math.PI) / 180)) };
}

/** As the crow flies, in metres. @param {Place} from @param {Place} to */
export function distance(from, to) {
  const { x, y } = metres({ centre: from, radius_m: 0 }, to);
  return Math.hypot(x, y);
}

/** Which way a place lies from another. @param {Place} from @param {Place} to */
export function direction(from, to) {
  const { x, y } = metres({ centre: from, radius_m: 0 }, to);
  const eighth = Math.round(Math.atan2(x, -y) / (Math.PI / 4) + 8) % 8;
  return /** @type {const} */ (['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'])[eighth];
}

/** The same place, or the nearest one in the area. @param {Area} area @param {Place} place */
export function within(area, place) {
  const { x, y } = metres(area, place);
  const far = Math.hypot(x, y);
  return far <= area.radius_m ? place : placeAt(area, { x: (x / far) * area.radius_m, y: (y / far) * area.radius_m });
}

/**
 * A way along the streets: to the nearest one, by one that crosses about half-way, and on to where it goes.
 * @param {Area} area @param {Place} from @param {Place} to @returns {Place[]}
 */
export function routeOf(area, from, to) {
  const city = cityOf(area);
  const a = metres(area, from);
  const b = metres(area, to);
  const start = nearest(city.columns, a.x);
  const end = nearest(city.columns, b.x);
  const middle = (a.y + b.y) / 2;
  const between = city.rows.filter(({ at }) => (at - a.y) * (at - b.y) < 0);
  const mains = between.filter(({ main }) => main);
  const across = nearest(mains.length > 0 ? mains : between.length > 0 ? between : city.rows, middle);
  const points = start === end ? [a, { x: start, y: a.y }, { x: start, y: b.y }, b]
    : [a, { x: start, y: a.y }, { x: start, y: across }, { x: end, y: across }, { x: end, y: b.y }, b];
  return points.filter((point, at) => at === 0 || point.x !== points[at - 1].x || point.y !== points[at - 1].y).map((point) => placeAt(area, point));
}

/**
 * Parts a route at a share of its length.
 * @param {Place[]} route @param {number} share 0 to 1 @returns {{ done: Place[], ahead: Place[], at: Place }}
 */
export function split(route, share) {
  const lengths = route.slice(1).map((place, at) => distance(route[at], place));
  let left = lengths.reduce((sum, one) => sum + one, 0) * Math.min(1, Math.max(0, share));
  for (let leg = 0; leg < lengths.length; leg += 1) {
    if (left > lengths[leg] && leg < lengths.length - 1) {
      left -= lengths[leg];
      continue;
    }
    const part = lengths[leg] === 0 ? 0 : Math.min(1, left / lengths[leg]);
    const [from, to] = [route[leg], route[leg + 1]];
    const at = { lat: from.lat + (to.lat - from.lat) * part, lon: from.lon + (to.lon - from.lon) * part };
    return { done: [...route.slice(0, leg + 1), at], ahead: [at, ...route.slice(leg + 1)], at };
  }
  return { done: route, ahead: [], at: route[route.length - 1] };
}

/** What share of the way somebody has gone who is now at `at`. @param {Place} from @param {Place} at @param {Place} to */
export function share(from, at, to) {
  const gone = distance(from, at);
  const left = distance(at, to);
  return gone + left === 0 ? 1 : gone / (gone + left);
}

/** @param {Area} area @param {() => number} chance @returns {City} */
function make({ radius_m: radius }, chance) {
  const reach = radius * REACH;
  const columns = streets(reach, chance);
  const rows = streets(reach, chance);
  // Two boulevards that fall and rise, and the square where they meet.
  const square = { x: (chance() - 0.5) * radius * 0.5, y: (chance() - 0.5) * radius * 0.3 };
  const boulevards = [0.5 + chance() * 0.4, -0.4 - chance() * 0.4].map((slope) => /** @type {[Point, Point]} */ ([
    { x: -reach, y: square.y - (reach + square.x) * slope }, { x: reach, y: square.y + (reach - square.x) * slope },
  ]));
  return {
    reach, columns, rows, boulevards, square,
    river: river(radius, reach, chance), riverWidth: RIVER_M,
    parks: parks(columns, rows, radius, chance), dense: dense(columns, rows, radius, chance),
  };
}

/** @param {number} reach @param {() => number} chance @returns {Street[]} */
function streets(reach, chance) {
  const [least, most] = BLOCK_M;
  const lines = [];
  for (let at = -reach, count = 0; at <= reach; at += least + chance() * (most - least), count += 1) {
    lines.push({ at: Math.round(at), main: count % MAIN_EVERY === 0 });
  }
  return lines;
}

/** A river that winds past the centre, from edge to edge. @param {number} radius @param {number} reach @param {() => number} chance */
function river(radius, reach, chance) {
  const past = radius * (0.16 + chance() * 0.12) * (chance() < 0.5 ? -1 : 1);
  const slope = (chance() - 0.5) * 0.5;
  const phase = chance() * Math.PI * 2;
  const points = [];
  for (let x = -reach; x <= reach; x += radius / 6) {
    const winding = Math.sin(x / (radius * 0.55) + phase) * radius * 0.13 + Math.sin(x / (radius * 0.21) + phase * 2) * radius * 0.04;
    points.push({ x: Math.round(x), y: Math.round(past + x * slope + winding) });
  }
  return points;
}

/** Parks of some blocks each, bounded by streets. @param {Street[]} columns @param {Street[]} rows @param {number} radius @param {() => number} chance */
function parks(columns, rows, radius, chance) {
  const made = [];
  const near = (/** @type {Street[]} */ lines) => {
    const wanted = (chance() * 2 - 1) * radius * 1.5;
    return lines.findIndex(({ at }) => at >= wanted);
  };
  for (let count = 0; count < PARKS; count += 1) {
    const column = near(columns);
    const row = near(rows);
    const right = columns[column + 1 + Math.round(chance() * 2)];
    const below = rows[row + 2 + Math.floor(chance() * 2)];
    if (column < 0 || row < 0 || !right || !below) continue;
    made.push(block(columns[column], rows[row], right, below));
  }
  return made;
}

/** Single blocks, strewn about the area. @param {Street[]} columns @param {Street[]} rows @param {number} radius @param {() => number} chance */
function dense(columns, rows, radius, chance) {
  const made = [];
  for (let column = 0; column < columns.length - 1; column += 1) {
    for (let row = 0; row < rows.length - 1; row += 1) {
      if (Math.hypot(columns[column].at, rows[row].at) > radius * 1.4 || chance() * 100 >= DENSE_PERCENT) continue;
      made.push(block(columns[column], rows[row], columns[column + 1], rows[row + 1]));
    }
  }
  return made;
}

/** @param {Street} left @param {Street} top @param {Street} right @param {Street} below @returns {Block} */
function block(left, top, right, below) {
  return { x: left.at, y: top.at, width: right.at - left.at, height: below.at - top.at };
}

/** @param {Street[]} lines @param {number} wanted */
function nearest(lines, wanted) {
  return lines.reduce((best, line) => (Math.abs(line.at - wanted) < Math.abs(best - wanted) ? line.at : best), lines[0].at);
}

/** Chances of 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
function chances(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
