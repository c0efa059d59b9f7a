import assert from 'node:assert/strict';
import test from 'node:test';

import { calledOff, unassigned } from '../../js/ride/tasks.js';

const delivery = (id, state) => ({ id, state });
const ids = (deliveries) => deliveries.map(({ id }) => id);

test('what was to be picked up and is listed no more is not theirs any more', () => {
  const before = [delivery('offered', 'offered'), delivery('lost', 'assigned'), delivery('kept', 'assigned'), delivery('carried', 'picked_up')];
  assert.deepEqual(ids(unassigned(before, [delivery('kept', 'assigned')])), ['lost']);
  assert.deepEqual(unassigned(before, before), []);
  assert.deepEqual(unassigned([], before), []);
});

test('what was carried and ended is called off, and not somebody else’s', () => {
  const before = [delivery('one', 'assigned'), delivery('other', 'picked_up')];
  const now = [delivery('one', 'cancelled'), delivery('other', 'failed')];
  assert.deepEqual(ids(calledOff(before, now)), ['one', 'other']);
  assert.deepEqual(unassigned(before, now), []);
});
