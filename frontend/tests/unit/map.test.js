import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cityOf, direction, distance, metres, placeAt, routeOf, share, split, within } from '../../js/city.js';
import { fit, frame } from '../../js/map.js';

const area = { centre: { lat: 44.4268, lon: 26.1025 }, radius_m: 6000 };
const vesuvio = { lat: 44.4351, lon: 26.0961 };
const home = { lat: 44.4412, lon: 26.1133 };

test('a place becomes metres and the same place again', () => {
  const back = placeAt(area, metres(area, home));
  assert.ok(distance(back, home) < 0.01);
  assert.deepEqual(metres(area, area.centre), { x: 0, y: 0 });
  assert.ok(metres(area, { lat: 44.5, lon: 26.1025 }).y < 0, 'north is up');
});

test('a degree of latitude is 111 km, and a degree of longitude here some 79', () => {
  assert.ok(Math.abs(distance({ lat: 44, lon: 26 }, { lat: 45, lon: 26 }) - 111_320) < 1);
  const wide = distance({ lat: 44.4268, lon: 26 }, { lat: 44.4268, lon: 27 });
  assert.ok(wide > 79_000 && wide < 80_000, `${wide}`);
});

test('pixels and places are each other’s inverse, wherever something covers the map', () => {
  for (const inset of [{}, { bottom: 300 }, { left: 120, top: 40 }]) {
    const { project, unproject } = frame(area, { centre: vesuvio, span: 2000 }, 390, 844, inset);
    assert.ok(distance(unproject(project(home)), home) < 0.01);
    const { x, y } = project(vesuvio);
    assert.ok(x >= (inset.left ?? 0) && x <= 390 && y >= (inset.top ?? 0) && y <= 844 - (inset.bottom ?? 0));
  }
});

test('what is to be seen lies within what is not covered', () => {
  for (const [width, height] of [[390, 844], [844, 300], [120, 120]]) {
    const inset = { top: 30, bottom: 40, left: 10, right: 10 };
    const { project } = frame(area, fit(area, [vesuvio, home], width, height, inset), width, height, inset);
    for (const place of [vesuvio, home]) {
      const { x, y } = project(place);
      assert.ok(x >= 9.9 && x <= width - 9.9 && y >= 29.9 && y <= height - 39.9, `${x}, ${y} in ${width} × ${height}`);
    }
  }
});

test('where nearly all is covered, what is to be seen does not lie on one another', () => {
  const inset = { top: 100, bottom: 64, left: 56, right: 56 };
  const { project } = frame(area, fit(area, [vesuvio, home], 360, 165, inset), 360, 165, inset);
  const [one, other] = [vesuvio, home].map(project);
  assert.ok(Math.hypot(one.x - other.x, one.y - other.y) >= 44, JSON.stringify([one, other]));
  for (const { y } of [one, other]) assert.ok(y > 0 && y < 165);
});

test('one place, or none, is not looked at through a microscope', () => {
  assert.ok(fit(area, [home], 390, 400).span >= 500);
  assert.equal(fit(area, [], 390, 400).span, 12_000);
});

test('the same area has the same city in every page, another area another', () => {
  const again = { centre: { ...area.centre }, radius_m: area.radius_m };
  assert.equal(JSON.stringify(cityOf(again)), JSON.stringify(cityOf(area)));
  assert.notEqual(JSON.stringify(cityOf({ ...area, radius_m: 5000 })), JSON.stringify(cityOf(area)));
});

test('a city has streets to its edges and beyond, some of them main ones, and parks bounded by streets', () => {
  const { columns, rows, parks, reach } = cityOf(area);
  assert.ok(reach > area.radius_m * 2);
  for (const lines of [columns, rows]) {
    assert.ok(lines.length > 100 && lines.some(({ main }) => main) && lines.some(({ main }) => !main));
    assert.ok(lines.every(({ at }, index) => index === 0 || at - lines[index - 1].at >= 129));
  }
  assert.ok(parks.length > 5);
  for (const park of parks) {
    assert.ok(columns.some(({ at }) => at === park.x) && columns.some(({ at }) => at === park.x + park.width));
    assert.ok(rows.some(({ at }) => at === park.y) && rows.some(({ at }) => at === park.y + park.height));
  }
});

test('a way goes from door to door, straight along streets', () => {
  const way = routeOf(area, vesuvio, home);
  assert.ok(distance(way[0], vesuvio) < 0.01 && distance(way[way.length - 1], home) < 0.01);
  const { columns, rows } = cityOf(area);
  const points = way.map((place) => metres(area, place));
  points.slice(1).forEach((to, at) => {
    const from = points[at];
    assert.ok(Math.abs(from.x - to.x) < 0.01 || Math.abs(from.y - to.y) < 0.01, 'no leg is slanted');
  });
  for (const { x, y } of points.slice(2, -2)) {
    assert.ok(columns.some(({ at }) => Math.abs(at - x) < 0.01) && rows.some(({ at }) => Math.abs(at - y) < 0.01), 'corners are crossings');
  }
});

test('a way to where one is already has its two ends', () => {
  const way = routeOf(area, home, home);
  assert.ok(way.length >= 1 && distance(way[0], home) < 0.01);
  assert.deepEqual(split(way, 0.5).done.length > 0, true);
});

test('a way is parted where somebody is, and both parts meet there', () => {
  const way = routeOf(area, vesuvio, home);
  const whole = length(way);
  for (const part of [0, 0.2, 0.5, 0.99, 1]) {
    const { done, ahead, at } = split(way, part);
    assert.deepEqual(done[done.length - 1], at);
    assert.deepEqual(ahead[0], at);
    assert.ok(Math.abs(length(done) - whole * part) < 0.5);
    assert.ok(Math.abs(length(done) + length(ahead) - whole) < 0.5);
  }
  assert.deepEqual(split(way, 7).at, way[way.length - 1]);
  assert.deepEqual(split(way, -1).at, way[0]);
});

test('the share of the way grows from nothing to all', () => {
  assert.equal(share(vesuvio, vesuvio, home), 0);
  assert.equal(share(vesuvio, home, home), 1);
  const half = { lat: (vesuvio.lat + home.lat) / 2, lon: (vesuvio.lon + home.lon) / 2 };
  assert.ok(Math.abs(share(vesuvio, half, home) - 0.5) < 0.01);
  assert.equal(share(home, home, home), 1);
});

test('eight directions have their names', () => {
  const { lat, lon } = area.centre;
  const from = (north, east) => direction(area.centre, { lat: lat + north * 0.01, lon: lon + east * 0.014 });
  assert.deepEqual([[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]].map(([n, e]) => from(n, e)),
    ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw']);
});

test('a place beyond the area is brought to its edge, one inside is left', () => {
  assert.equal(within(area, home), home);
  const far = within(area, { lat: 44.9, lon: 26.1025 });
  assert.ok(Math.abs(distance(area.centre, far) - area.radius_m) < 1);
  assert.equal(direction(area.centre, far), 'n');
});

function length(places) {
  return places.slice(1).reduce((sum, place, at) => sum + distance(places[at], place), 0);
}
