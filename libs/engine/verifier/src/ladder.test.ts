import assert from 'node:assert/strict';
import { test } from 'node:test';
import { climb, type Rung } from './ladder.ts';

const rung = (name: string, result: Awaited<ReturnType<Rung<string[]>['climb']>>): Rung<string[]> => ({
  name,
  doing: name,
  climb: (record) => {
    record.push(name);
    return Promise.resolve(result);
  },
});
const options = { signal: new AbortController().signal, now: () => 0, progress: () => undefined };

test('stops at the first fall and lists the rest as skipped', async () => {
  const climbed: string[] = [];
  const fall = { outcome: 'failed' as const, detail: 'no', fall: { verdict: 'refused' as const, reason: 'line 3' } };
  const result = await climb(
    [rung('a', { outcome: 'passed', detail: 'ok' }), rung('b', fall), rung('c', { outcome: 'passed', detail: 'ok' })],
    climbed,
    options,
  );
  assert.deepEqual(climbed, ['a', 'b']);
  assert.equal(result.verdict, 'refused');
  assert.deepEqual(
    result.checks.map((check) => check.outcome),
    ['passed', 'failed', 'skipped'],
  );
});

test('certifies only from the top, and a warning does not stop', async () => {
  const result = await climb(
    [rung('a', { outcome: 'warning', detail: 'hm' }), rung('certification', { outcome: 'passed', detail: 'at least 31 %' })],
    [],
    options,
  );
  assert.deepEqual([result.verdict, result.reason], ['certified', 'at least 31 %']);
});

test('an error of ours is no verdict, and an abort ends the climb', async () => {
  const broken: Rung<string[]> = { name: 'x', doing: 'x', climb: () => Promise.reject(new Error('disk')) };
  await assert.rejects(climb([broken], [], options), /disk/);
  await assert.rejects(climb([rung('a', { outcome: 'passed', detail: '' })], [], { ...options, signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});
