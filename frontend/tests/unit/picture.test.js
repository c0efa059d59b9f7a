import assert from 'node:assert/strict';
import { fnv, FOOD, look, SMALL } from '../../js/kit.js';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

const ids = Array.from({ length: 200 }, (_, at) => `0190f2c4-7a00-7000-8000-0000000000${at.toString(16).padStart(2, '0')}`);

test('the set is what lies in img/food', () => {
  const there = readdirSync(new URL('../../img/food', import.meta.url)).map((file) => file.replace('.webp', ''));
  assert.deepEqual([...FOOD].sort(), there.sort());
});

test('a name of the set is drawn, whatever the id', () => {
  for (const id of ids) assert.equal(look('pizza', id).name, 'pizza');
});

test('without a name, and for one that is not in the set, the same id always gets the same picture', () => {
  for (const id of ids) {
    assert.deepEqual(look(null, id), look(null, id));
    assert.deepEqual(look('no-such-dish', id), look(null, id));
    assert.ok(FOOD.includes(look(null, id).name));
  }
});

test('ids that differ in their last digits look different', () => {
  const looks = new Set(ids.map((id) => JSON.stringify(look(null, id))));
  assert.ok(looks.size > 190, `only ${looks.size} of 200 differ`);
  assert.ok(new Set(ids.map((id) => look(null, id).name)).size > 12);
  assert.ok(new Set(ids.map((id) => look(null, id).hue)).size > 12);
});

test('what lies at the corners is small, two different things, and not the dish itself', () => {
  for (const name of FOOD) {
    for (const id of ids) {
      const [one, other] = look(name, id).corners;
      assert.ok(SMALL.includes(one) && SMALL.includes(other));
      assert.notEqual(one, other);
      assert.ok(!one.includes(name) && !other.includes(name), `${one}, ${other} beside ${name}`);
    }
  }
});

test('the hash is FNV-1a with its high bits folded in', () => {
  const raw = 0xe40c292c; // FNV-1a of "a"
  assert.equal(fnv('a'), (raw ^ (raw >>> 15)) >>> 0);
});
