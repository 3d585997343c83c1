import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownShare, type PrintedEvent } from './own-share.ts';

const at = (second: number, type: string, data: Record<string, unknown> = {}): PrintedEvent => ({
  type,
  recorded_at: new Date(1_000_000 + 1_000 * second).toISOString(),
  data,
});

test('what no sandbox did between start and report is own time; a task counts for its wall time at most', () => {
  const events = [
    at(0, 'RunSubmitted'),
    at(10, 'RunStarted'),
    at(10, 'TaskScheduled', { task: 'baseline' }),
    at(50, 'TaskCompleted', { task: 'baseline' }),
    at(50, 'cost', { task: 'baseline', ci_minutes: 0.5 }),
    at(50, 'TaskScheduled', { task: 'verify' }),
    at(100, 'TaskCompleted', { task: 'verify' }),
    at(100, 'cost', { task: 'verify', ci_minutes: 2 }),
    at(100, 'TaskScheduled', { task: 'review' }),
    at(110, 'TaskCompleted', { task: 'review' }),
    at(110, 'cost', { task: 'review', ci_minutes: 0 }),
    at(500, 'RunEnded'),
  ];
  assert.deepEqual(ownShare(events), { wall_ms: 100_000, sandbox_ms: 80_000, own_share_pct: 20 });
  assert.throws(() => ownShare(events.slice(0, 8)), /no report/);
});
