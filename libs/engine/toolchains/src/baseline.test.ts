import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestOutcome } from '@codeoptima/contracts';
import { baseline, judgeBaseline } from './baseline.ts';
import type { TestRun } from './tests/run-tests.ts';

const outcome = (id: string, status: TestOutcome['status']): TestOutcome => ({ id, status, duration_ms: 1, message: null });
const ran = (statuses: Record<string, TestOutcome['status']>, more: Partial<TestRun> = {}): TestRun => ({
  outcomes: Object.entries(statuses).map(([id, status]) => outcome(id, status)),
  log: '',
  exit_code: Object.values(statuses).includes('failed') ? 1 : 0,
  outcome: 'exited',
  wall_ms: 1,
  ...more,
});

test('a test is in the gate only when it passed every time', () => {
  const first = [outcome('a', 'passed'), outcome('b', 'failed'), outcome('c', 'passed'), outcome('d', 'skipped'), outcome('e', 'passed')];
  const second = [outcome('a', 'passed'), outcome('b', 'failed'), outcome('c', 'failed'), outcome('d', 'skipped')];
  assert.deepEqual(judgeBaseline([first, second]), { gate: ['a'], failing: ['b'], flaky: ['c', 'e'], total: 5 });
});

test('two equal runs are enough, differing ones ask for more', async () => {
  const steady = await baseline({ mode: 'tolerant', test_minutes: 10, runOnce: async () => ran({ a: 'passed', b: 'failed' }) });
  assert.equal(steady.runs.length, 2);
  assert.equal(steady.failure, null);
  assert.deepEqual(steady.tests.failing, ['b']);
  const unsteady = await baseline({
    mode: 'tolerant',
    test_minutes: 10,
    runOnce: async (index) => ran({ a: 'passed', b: index === 1 ? 'failed' : 'passed', c: index === 4 ? 'failed' : 'passed' }),
  });
  assert.equal(unsteady.runs.length, 6);
  assert.deepEqual(unsteady.tests, { gate: ['a'], failing: [], flaky: ['b', 'c'], total: 3 });
});

test('without a gate the baseline fails, in a sentence', async () => {
  const failure = async (run: TestRun): Promise<string | null> =>
    (await baseline({ mode: 'tolerant', test_minutes: 10, runOnce: async () => run })).failure;
  assert.match((await failure(ran({ a: 'failed' }))) ?? '', /No test passes in every run/);
  const stack = `/repo/x.js:1\nimport { a } from 'b';\n^^^^^^\n\nSyntaxError: Cannot use import statement outside a module\n    at wrapSafe (node:internal)\n\nNode.js v24`;
  const told = ran({ a: 'failed' });
  told.outcomes = told.outcomes.map((outcome) => ({ ...outcome, message: stack }));
  const sentence = `; the first that fails, on Node ${process.versions.node}, is 'a': SyntaxError: Cannot use import statement outside a module.`;
  assert.ok((await failure(told))?.endsWith(sentence), String(await failure(told)));
  assert.equal(
    await failure(ran({}, { exit_code: 1, log: `✖ ERROR: TypeError: x is no hook\n    at a (b.js:1)\n  code: 'X'\n}` })),
    'No test reported a result (exit code 1): ✖ ERROR: TypeError: x is no hook.',
  );
  assert.match((await failure(ran({ a: 'skipped' }))) ?? '', /Every test is skipped/);
  assert.match(
    (await failure(ran({}, { exit_code: 7, log: 'Cannot find module x' }))) ?? '',
    /No test reported a result \(exit code 7\).*Cannot find module x/,
  );
  assert.match((await failure(ran({}, { outcome: 'timed_out' }))) ?? '', /did not end within 10 minutes/);
});

test('strict: green within two retries, else failed', async () => {
  const at = async (green: number): Promise<Awaited<ReturnType<typeof baseline>>> =>
    await baseline({
      mode: 'strict',
      test_minutes: 10,
      runOnce: async (index) => ran({ a: 'passed', b: index >= green ? 'passed' : 'failed' }),
    });
  assert.equal((await at(0)).failure, null);
  const retried = await at(2);
  assert.equal(retried.failure, null);
  assert.deepEqual(retried.tests.flaky, ['b']);
  const failed = await at(3);
  assert.match(failed.failure ?? '', /strict.*1 of 2 tests failed, the first is 'b'/);
  assert.equal(failed.runs.length, 3);
});
