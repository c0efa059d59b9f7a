// @ts-check
/**
 * The quiet picture of the city: streets, markers on discs, ways. One component to look at, one to pick a place on. North is up
 * in every language.
 */
import { html, useLayoutEffect, useMemo, useRef, useState } from '../vendor/ui.js';
import { config } from './api.js';
import { cityOf, direction, distance as metresBetween, metres, placeAt, within } from './city.js';
import { distance, t } from './i18n.js';
import { Icon, styled } from './kit.js';

/**
 * @typedef {import('./city.js').Area} Area
 * @typedef {import('./city.js').Place} Place
 * @typedef {import('./city.js').Point} Point
 * @typedef {{ centre: Place, span: number }} View `span`: metres along the shorter side
 * @typedef {{ top?: number, right?: number, bottom?: number, left?: number }} Inset pixels that something else covers
 * @typedef {{ width: number, height: number, scale: number, left: number, top: number, project: (place: Place) => Point, unproject: (point: Point) => Place }} Frame
 * @typedef {{ key: string, place: Place, scene?: string, food?: string, size?: 's' | 'm', moves?: boolean, dim?: boolean }} Marker
 * @typedef {{ key: string, places: Place[], kind: 'done' | 'ahead' | 'later' }} Way
 */

/** Nothing is shown nearer than this, in metres along the shorter side. */
const MIN_SPAN_M = 500;
/** At least this part of either side shows what is to be seen, however much of it is covered: markers would lie on one another. */
const LEAST_FREE = 1 / 3;
/** From so many metres a pixel on, only main streets are drawn. */
const MAINS_ONLY = 13;
/** What an arrow key moves the place by, in pixels; with Shift. */
const STEP = 12;
const STRIDE = 72;
/** How far a finger may slip and still have tapped, in pixels. */
const SLIP = 8;
const ZOOM = 1.6;
/** Nearer than this to the area's centre is in the middle, in metres. */
const MIDDLE_M = 60;

await styled('map');

/** How places become pixels. @param {Area} area @param {View} view @param {number} width @param {number} height @param {Inset} [inset] @returns {Frame} */
export function frame(area, view, width, height, { top = 0, right = 0, bottom = 0, left = 0 } = {}) {
  const [across, down] = [uncovered(width, left, right), uncovered(height, top, bottom)];
  const scale = Math.min(across.free, down.free) / Math.max(MIN_SPAN_M, view.span);
  const middle = metres(area, view.centre);
  const origin = { x: across.from + across.free / 2 - middle.x * scale, y: down.from + down.free / 2 - middle.y * scale };
  return {
    width, height, scale, left: origin.x, top: origin.y,
    project: (place) => {
      const { x, y } = metres(area, place);
      return { x: origin.x + x * scale, y: origin.y + y * scale };
    },
    unproject: ({ x, y }) => placeAt(area, { x: (x - origin.x) / scale, y: (y - origin.y) / scale }),
  };
}

/** The view that shows all of some places. @param {Area} area @param {Place[]} places @param {number} width @param {number} height @param {Inset} [inset] @returns {View} */
export function fit(area, places, width, height, { top = 0, right = 0, bottom = 0, left = 0 } = {}) {
  if (places.length === 0) return { centre: area.centre, span: area.radius_m * 2 };
  const points = places.map((place) => metres(area, place));
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [across, down] = [uncovered(width, left, right).free, uncovered(height, top, bottom).free];
  const shorter = Math.min(across, down);
  const span = Math.max(((east - west) * shorter) / across, ((south - north) * shorter) / down, MIN_SPAN_M);
  return { centre: placeAt(area, { x: (west + east) / 2, y: (north + south) / 2 }), span };
}

/** How much of a side is free, and from where on. @param {number} size @param {number} before what is covered at its start @param {number} after and at its end */
function uncovered(size, before, after) {
  const free = Math.max(1, size - before - after, size * LEAST_FREE);
  const counts = Math.max(0, size - free) / (before + after || 1);
  return { free, from: before * Math.min(1, counts) };
}

/**
 * The map to look at. What it shows stands in words elsewhere, so it is a picture with one `label`.
 * @param {{ area: Area, label: string, view?: View, places?: Place[], inset?: Inset, markers?: Marker[], ways?: Way[], edge?: boolean, class?: string, children?: any }} props
 * `view`, or `places` that are to be seen; `edge`: the area's limit is drawn
 */
export function CityMap({ area, label, view, places = [], inset, markers = [], ways = [], edge = false, class: more = '', children }) {
  const [box, size] = useSize();
  const framed = size && frame(area, view ?? fit(area, places, size.width, size.height, inset), size.width, size.height, inset);
  return html`<div ref=${box} class=${`map ${more}`} dir="ltr">
    <div role="img" aria-label=${label}>
      ${framed && html`<${Drawing} area=${area} frame=${framed} ways=${ways} edge=${edge} />`}
      ${framed && markers.map((one) => html`<${Disc} key=${one.key} at=${framed.project(one.place)} ...${one} />`)}
    </div>
    ${children}
  </div>`;
}

/**
 * The map to pick a place on: the pin stays in the middle and the city moves under it, by a tap, a drag, or arrow keys.
 * @param {{ area: Area, place: Place, onPick: (place: Place) => void, label: string, words: { nearer: string, farther: string }, describe: string, span?: number, class?: string }} props
 * `describe`: where the pin is, in words, which a screen reader is told as it moves
 */
export function PickMap({ area, place, onPick, label, words, describe, span: first = 2_400, class: more = '' }) {
  const [box, size] = useSize();
  const [span, setSpan] = useState(first);
  const [dragged, setDragged] = useState(/** @type {Point | null} */ (null));
  const from = useRef(/** @type {Point | null} */ (null));
  const framed = size && frame(area, { centre: place, span }, size.width, size.height);
  const middle = size && { x: size.width / 2, y: size.height / 2 };
  const zoom = (/** @type {number} */ by) => () => setSpan((now) => Math.min(area.radius_m * 2.4, Math.max(MIN_SPAN_M, now * by)));
  const move = (/** @type {Point} */ by) => {
    if (framed && middle) onPick(within(area, framed.unproject({ x: middle.x + by.x, y: middle.y + by.y })));
  };

  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0 || !(event.currentTarget instanceof Element)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, y: event.clientY };
  };
  const drag = (/** @type {PointerEvent} */ event) => {
    if (!from.current) return;
    const by = { x: event.clientX - from.current.x, y: event.clientY - from.current.y };
    if (dragged || Math.hypot(by.x, by.y) > SLIP) setDragged(by);
  };
  const up = (/** @type {PointerEvent} */ event) => {
    if (!from.current || !middle || !(event.currentTarget instanceof Element)) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    if (dragged) move({ x: -dragged.x, y: -dragged.y });
    else move({ x: event.clientX - left - middle.x, y: event.clientY - top - middle.y });
    drop();
  };
  const drop = () => {
    from.current = null;
    setDragged(null);
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    const by = event.shiftKey ? STRIDE : STEP;
    const way = { ArrowUp: { x: 0, y: -by }, ArrowDown: { x: 0, y: by }, ArrowLeft: { x: -by, y: 0 }, ArrowRight: { x: by, y: 0 } }[event.key];
    if (way) move(way);
    else if (event.key === '+' || event.key === '=') zoom(1 / ZOOM)();
    else if (event.key === '-') zoom(ZOOM)();
    else return;
    event.preventDefault();
  };

  const shift = dragged && { translate: `${dragged.x}px ${dragged.y}px` };
  return html`<div ref=${box} class=${`map pick-map ${more}`} dir="ltr">
    <div class="map-ground" role="application" tabindex="0" aria-label=${label} aria-description=${describe}
      onPointerDown=${down} onPointerMove=${drag} onPointerUp=${up} onPointerCancel=${drop} onKeyDown=${press}>
      ${framed && html`<div class="map-sheet" style=${shift}><${Drawing} area=${area} frame=${framed} ways=${[]} edge=${true} /></div>`}
    </div>
    <img class=${`map-pin ${dragged ? 'up' : ''}`} src="/img/scene/pin.webp" alt="" width="52" height="52" />
    <p class="visually-hidden" role="status">${describe}</p>
    <div class="map-zoom">
      <button type="button" class="icon-btn" aria-label=${words.nearer} onClick=${zoom(1 / ZOOM)}><${Icon} name="plus" /></button>
      <button type="button" class="icon-btn" aria-label=${words.farther} onClick=${zoom(ZOOM)}><${Icon} name="minus" /></button>
    </div>
  </div>`;
}

/** A sprite on a disc. @param {Marker & { at: Point }} props */
function Disc({ at, scene, food, size = 'm', moves = false, dim = false }) {
  const source = scene ? `/img/scene/${scene}.webp` : `/img/food/${food}.webp`;
  const place = { transform: `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)` };
  return html`<span class=${`map-disc ${size} ${moves ? 'moves' : ''} ${dim ? 'dim' : ''}`} style=${place}><img src=${source} alt="" width="32" height="32" /></span>`;
}

/** @param {{ area: Area, frame: Frame, ways: Way[], edge: boolean }} props */
function Drawing({ area, frame: { width, height, scale, left, top, project }, ways, edge }) {
  const lines = useMemo(() => drawn(area), [area]);
  const main = clamp(64 * scale, 3, 12) / scale;
  const minor = clamp(32 * scale, 1.5, 7) / scale;
  const fine = 1 / scale < MAINS_ONLY;
  return html`<svg class="map-city" width=${width} height=${height} aria-hidden="true" focusable="false">
    <g transform=${`translate(${left.toFixed(2)} ${top.toFixed(2)}) scale(${scale})`}>
      ${fine && html`<path class="map-dense" d=${lines.dense} /><path class="map-street" stroke-width=${minor} d=${lines.minors} />`}
      <path class="map-park" stroke-width=${fine ? minor : 0} d=${lines.parks} />
      <path class="map-river" stroke-width=${Math.max(lines.riverWidth, 6 / scale)} d=${lines.river} />
      <path class="map-street" stroke-width=${main} d=${lines.mains} />
      <circle class="map-square" cx=${lines.square.x} cy=${lines.square.y} r=${main * 1.6} stroke-width=${main * 0.9} />
      ${edge && html`<circle class="map-edge" r=${area.radius_m} stroke-width=${2 / scale} stroke-dasharray=${`${10 / scale} ${8 / scale}`} />`}
    </g>
    ${ways.map(({ key, places, kind }) => html`<polyline key=${key} class=${`map-way ${kind}`} points=${places.map((place) => {
      const { x, y } = project(place);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    }).join(' ')} />`)}
  </svg>`;
}

/** What a city's lines are as paths, in metres. @param {Area} area */
function drawn(area) {
  const { reach, columns, rows, boulevards, river, riverWidth, parks, dense, square } = cityOf(area);
  const blocks = (/** @type {import('./city.js').Block[]} */ some) => some.map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`).join('');
  const streets = (/** @type {boolean} */ wanted) => [
    ...columns.filter(({ main }) => main === wanted).map(({ at }) => `M${at} ${-reach}V${reach}`),
    ...rows.filter(({ main }) => main === wanted).map(({ at }) => `M${-reach} ${at}H${reach}`),
  ];
  const wide = boulevards.map(([from, to]) => `M${from.x} ${Math.round(from.y)}L${to.x} ${Math.round(to.y)}`);
  return {
    minors: streets(false).join(''),
    mains: [...streets(true), ...wide].join(''),
    parks: blocks(parks),
    dense: blocks(dense),
    square,
    river: smooth(river),
    riverWidth,
  };
}

/** A curve through the middles between points. @param {Point[]} points */
function smooth(points) {
  const middles = points.slice(1).map(({ x, y }, at) => `Q${points[at].x} ${points[at].y} ${(x + points[at].x) / 2} ${(y + points[at].y) / 2}`);
  return `M${points[0].x} ${points[0].y}${middles.join('')}`;
}

/** @param {number} value @param {number} least @param {number} most */
function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** The element's own size in pixels, known once it is laid out. */
function useSize() {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [size, setSize] = useState(/** @type {{ width: number, height: number } | null} */ (null));
  useLayoutEffect(() => {
    const own = box.current;
    if (!own) return undefined;
    const read = () => setSize((before) => {
      const [width, height] = [own.clientWidth, own.clientHeight];
      return before?.width === width && before.height === height ? before : { width, height };
    });
    const observer = new ResizeObserver(read);
    observer.observe(own);
    read();
    return () => observer.disconnect();
  }, []);
  return /** @type {const} */ ([box, size]);
}

/** Where a place lies, in words. @param {Place} place */
export function described(place) {
  const { area } = config;
  const far = metresBetween(area.centre, place);
  if (far < MIDDLE_M) return t('kit.pin-middle', { area: area.name });
  return t(`kit.pin-${direction(area.centre, place)}`, { area: area.name, distance: distance(far) });
}
