import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '@codeoptima/store';
import { untilReleased } from './until-released.ts';

const lease: Lease = {
  item_id: 'item-1',
  run_id: 'run-1',
  service: 'builder',
  owner_incarnation: 'inc-1',
  epoch: 1,
  claimed_at: new Date(0),
};

test('waits for the last lease, but not for ever, and not for a store that is away', async () => {
  const answers = [[lease, lease], [lease], []];
  await untilReleased({ leases: () => Promise.resolve(answers.shift() ?? assert.fail('asked once more')) }, 600_000);
  assert.deepEqual(answers, []);
  await untilReleased({ leases: () => Promise.reject(new Error('away')) }, 600_000);
  await untilReleased({ leases: () => Promise.resolve([lease]) }, 250);
});
