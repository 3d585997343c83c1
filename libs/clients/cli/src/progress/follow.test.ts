import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { RunApi } from '../client/run-api.ts';
import { followRun } from './follow.ts';

test('gives up a planner that is gone after about two minutes, however long each question takes', async () => {
  let clock_ms = 0;
  let asked = 0;
  const get = (): Promise<never> => {
    asked++;
    clock_ms += 20_000;
    return Promise.reject(new CodeOptimaError('unavailable', 'nobody answers'));
  };
  const lines: string[] = [];
  const following = followRun({
    api: { get } as unknown as RunApi,
    run_id: 'r',
    painter: { line: (line) => void lines.push(line), view: () => undefined, end: () => undefined },
    now: () => clock_ms,
    sleep: async () => undefined,
    signal: new AbortController().signal,
  });
  await assert.rejects(following, (error: unknown) => error instanceof CodeOptimaError && error.code === 'unavailable');
  assert.ok(asked <= 9, `${asked} questions`);
  assert.deepEqual(lines, ['waiting for the planner (nobody answers)']);
});
