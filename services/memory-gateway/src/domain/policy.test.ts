import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrived, moveOf } from './policy.ts';
import type { MemoryRecord, TierName } from './record.ts';

const policy = { hot_ttl_ms: 100, promote_recalls: 2, age_ms: 1_000, retention_ms: 5_000 };
const record = (fields: Partial<MemoryRecord>): MemoryRecord => ({
  id: 'm',
  kind: 'note',
  code: null,
  text: 'x',
  data: {},
  visibility: 'project',
  project: 'p',
  role: 'r',
  agent: '',
  task: '',
  status: '',
  depends_on: [],
  priority: 0,
  created_at_ms: 0,
  updated_at_ms: 0,
  recalled_at_ms: 0,
  recalls: 0,
  expires_at_ms: 0,
  embedding_version: 'v',
  ...fields,
});
const move = (tier: TierName, fields: Partial<MemoryRecord>, now_ms: number) => moveOf({ tier, record: record(fields) }, policy, now_ms);

test('a hot memory stays for its TTL, then rises or ends', () => {
  assert.equal(move('hot', { expires_at_ms: 100, recalls: 9 }, 99), null);
  assert.deepEqual(move('hot', { expires_at_ms: 100 }, 100), { to: 'nowhere' });
  assert.deepEqual(move('hot', { expires_at_ms: 100, recalls: 2 }, 100), { to: 'project' });
  assert.deepEqual(move('hot', { expires_at_ms: 100, priority: 1 }, 100), { to: 'project' });
});

test('a project memory ages when nobody touches it', () => {
  assert.equal(move('project', { updated_at_ms: 1 }, 1_000), null);
  assert.deepEqual(move('project', {}, 1_000), { to: 'historical' });
  assert.equal(move('project', { recalled_at_ms: 500 }, 1_000), null);
});

test('a historical memory comes back when recalled, and ends after the retention', () => {
  assert.equal(move('historical', {}, 4_999), null);
  assert.deepEqual(move('historical', {}, 5_000), { to: 'nowhere' });
  assert.deepEqual(move('historical', { recalls: 2, recalled_at_ms: 4_900 }, 5_000), { to: 'project' });
  assert.equal(moveOf({ tier: 'historical', record: record({}) }, { ...policy, retention_ms: null }, 1e15), null);
});

test('recalls count anew in a new tier, and only the hot one has an end', () => {
  const up = arrived({ tier: 'hot', record: record({ recalls: 5, expires_at_ms: 7 }) }, 'project', policy, 50);
  assert.deepEqual([up.tier, up.record.recalls, up.record.expires_at_ms], ['project', 0, 0]);
  assert.equal(arrived({ tier: 'project', record: record({}) }, 'hot', policy, 50).record.expires_at_ms, 150);
});
