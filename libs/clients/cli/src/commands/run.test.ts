import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { RunOutput } from '@codeoptima/contracts';
import { runProgram } from '../program.ts';
import { Harness, PACKAGE } from '../test-support/harness.ts';
import type { ScriptedPlanner } from '../test-support/scripted-planner.ts';

let harness: Harness;
let planner: ScriptedPlanner;
beforeEach(async () => {
  harness = new Harness();
  planner = await harness.startPlanner();
  harness.repository('repo', PACKAGE);
});
afterEach(() => harness.close());

const cli = (...argv: string[]): Promise<void> => runProgram(argv, harness.context());
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
const end = (state: string, reason: string) => (run_id: string) =>
  void setTimeout(() => planner.change(run_id, () => ({ state, reason, terminal: state !== 'awaiting_signoff' })), 20);

test('the last stdout line of run --json is the RunOutput, and the fleet it started is stopped', async () => {
  planner.onSubmit = end('no_gain', 'no candidate was proved');
  await cli('run', 'repo', '--json');
  const output = RunOutput.parse(JSON.parse(lastLine(harness.out)));
  assert.deepEqual([output.state, output.reason, output.branch, output.changes], ['no_gain', 'no candidate was proved', null, []]);
  assert.equal(harness.out.trimEnd().split('\n').length, 1, 'nothing else on stdout');
  assert.equal(harness.code, 10);
  assert.deepEqual(harness.fleetCalls, ['start', 'stop']);
});

test('exit codes by the end of the run', async () => {
  for (const [state, code] of [
    ['awaiting_signoff', 0],
    ['baseline_failed', 11],
    ['timed_out', 12],
    ['rejected', 13],
    ['stuck', 14],
    ['failed', 1],
  ] as const) {
    planner.onSubmit = end(state, 'r');
    await cli('run', 'repo', '--target', String(code + 5));
    assert.equal(harness.code, code, state);
  }
});

test('the first Ctrl-C cancels and waits for it', async () => {
  planner.onCancel = end('cancelled', 'cancelled from the command line');
  const running = cli('run', 'repo', '--json');
  await harness.until(() => planner.calls.includes('watch'));
  harness.signal('SIGINT');
  await running;
  assert.equal(harness.code, 13);
  assert.match(harness.err, /Cancelling the run/);
  assert.equal((JSON.parse(lastLine(harness.out)) as RunOutput).state, 'cancelled');
});

test('a Ctrl-C while the run is being submitted cancels it', async () => {
  planner.onSubmit = () => harness.signal('SIGINT');
  planner.onCancel = end('cancelled', 'cancelled from the command line');
  await cli('run', 'repo', '--json');
  assert.equal(harness.code, 13);
  assert.match(harness.err, /Interrupted; this waits a moment[\s\S]*Cancelling the run/);
  assert.equal((JSON.parse(lastLine(harness.out)) as RunOutput).state, 'cancelled');
});

test('a Ctrl-C before the run is submitted submits none, and what was started is stopped', async () => {
  harness.onFleetStart = () => harness.signal('SIGINT');
  await cli('run', 'repo', '--json');
  assert.equal(harness.code, 13);
  assert.match(harness.err, /codeoptima: interrupted before the run was submitted/);
  assert.equal((JSON.parse(lastLine(harness.out)) as { error: { code: string } }).error.code, 'cancelled');
  assert.deepEqual([planner.runs.size, harness.fleetCalls], [0, ['start', 'stop']]);
});

test('a second Ctrl-C leaves at once, and the fleet stays to finish the cancellation', async () => {
  planner.onCancel = () => undefined;
  const running = cli('run', 'repo');
  await harness.until(() => planner.calls.includes('watch'));
  harness.signal('SIGINT');
  await harness.until(() => planner.calls.includes('cancel'));
  harness.signal('SIGINT');
  assert.doesNotMatch(harness.err, /goes on being cancelled/, 'an echo is not a second Ctrl-C');
  harness.now_ms += 5000;
  harness.signal('SIGINT');
  await running;
  assert.equal(harness.code, 13);
  assert.match(harness.err, /goes on being cancelled/);
  assert.deepEqual(harness.fleetCalls, ['start']);
});

test('SIGTERM leaves the run as it is, and the same command takes it up again', async () => {
  const first = cli('run', 'repo');
  await harness.until(() => planner.calls.includes('watch'));
  harness.signal('SIGTERM');
  await first;
  assert.equal(harness.code, 143);
  assert.ok(!planner.calls.includes('cancel'));
  const [run_id] = [...planner.runs.keys()];
  const second = cli('run', 'repo', '--json');
  await harness.until(() => harness.err.includes('taking up run'));
  planner.change(run_id ?? '', () => ({ state: 'no_gain', terminal: true, reason: 'r' }));
  await second;
  assert.equal((JSON.parse(lastLine(harness.out)) as RunOutput).run_id, run_id);
  assert.equal(planner.runs.size, 1);
});

test('after the end of a run the same command starts another one', async () => {
  planner.onSubmit = end('no_gain', 'r');
  await cli('run', 'repo');
  await cli('run', 'repo');
  assert.equal(planner.runs.size, 2);
});

test('two starts at once follow one run', async () => {
  planner.onSubmit = (run_id) =>
    void setTimeout(() => planner.change(run_id, () => ({ state: 'no_gain', terminal: true, reason: 'r' })), 300);
  await Promise.all([cli('run', 'repo'), cli('run', 'repo')]);
  assert.equal(planner.runs.size, 1);
});

test('a planner that is restarted under a run is found again', async () => {
  const running = cli('run', 'repo');
  await harness.until(() => planner.calls.includes('watch'));
  await planner.stop();
  await planner.listen();
  planner.change([...planner.runs.keys()][0] ?? '', () => ({ state: 'no_gain', terminal: true, reason: 'r' }));
  await running;
  assert.equal(harness.code, 10, harness.err);
});

test('--no-wait prints the run and keeps the fleet', async () => {
  await cli('run', 'repo', '--no-wait', '--json');
  const { run_id, state } = JSON.parse(lastLine(harness.out)) as { run_id: string; state: string };
  assert.deepEqual([planner.runs.has(run_id), state], [true, 'baseline']);
  assert.deepEqual(harness.fleetCalls, ['start']);
});

test('bad input starts nothing: one sentence on stderr, exit 2, an error object with --json', async () => {
  await cli('run', 'nowhere', '--json');
  assert.equal(harness.code, 2);
  assert.match(harness.err, /^codeoptima: .*nowhere does not exist.*\n$/);
  assert.equal((JSON.parse(lastLine(harness.out)) as { error: { code: string } }).error.code, 'bad_input');
  assert.deepEqual([harness.fleetCalls, planner.calls], [[], []]);
});

test('an unknown flag or command is bad input with a suggestion', async () => {
  await cli('run', 'repo', '--targt', '5');
  assert.equal(harness.code, 2);
  assert.match(harness.err, /unknown option '--targt'/);
  harness.code = 0;
  await cli('rnu');
  assert.equal(harness.code, 2);
});

test('the reports are put under <data>/runs/<run_id>', async () => {
  const ref = (digit: string): string => `sha256:${digit.repeat(64)}`;
  for (const [digit, text] of [
    ['a', '<p>'],
    ['b', '# r'],
    ['c', JSON.stringify(MINIMAL_EVIDENCE)],
  ] as const)
    harness.artifacts.set(ref(digit), text);
  planner.onSubmit = (run_id) =>
    planner.change(run_id, () => ({
      state: 'no_gain',
      terminal: true,
      reason: 'r',
      review: { branch: null, commits: [], report: { html: ref('a'), markdown: ref('b'), evidence: ref('c') } },
    }));
  await cli('run', 'repo', '--json');
  const { report, run_id } = RunOutput.parse(JSON.parse(lastLine(harness.out)));
  assert.equal(report?.html, join(harness.data_dir, 'runs', run_id, 'report.html'));
  assert.equal(readFileSync(report.html, 'utf8'), '<p>');
  assert.ok(existsSync(report.markdown) && existsSync(report.evidence));
});

const MINIMAL_EVIDENCE = {
  schema: 'codeoptima.evidence/1',
  run_id: 'r',
  reason: 'r',
  repository: '/r',
  base_commit: 'c',
  base_branch: null,
  branch: null,
  target_pct: 5,
  toolchain: null,
  machine: {
    cpu_model: 'c',
    cores: 2,
    memory_bytes: 1,
    virtualised: null,
    load_1m: 0,
    platform: 'linux',
    kernel: 'k',
    node_version: 'v24',
  },
  tests: null,
  workloads: [],
  hotspots: [],
  accepted: [],
  rejected: [],
  cost: { usd: 0, ci_minutes: 0 },
};

test('--example optimises a fresh copy, and the same one again until its run has ended', async () => {
  const copies = () => [...planner.runs.values()].map(({ snapshot }) => snapshot.request.repository);
  const first = cli('run', '--example');
  await harness.until(() => planner.calls.includes('watch'));
  harness.signal('SIGTERM');
  await first;
  const again = cli('run', '--example');
  await harness.until(() => harness.err.includes('taking up run'));
  planner.change([...planner.runs.keys()][0] ?? '', () => ({ state: 'no_gain', terminal: true, reason: 'r' }));
  await again;
  assert.equal(copies().length, 1);
  planner.onSubmit = end('no_gain', 'r');
  harness.now_ms += 60_000;
  await cli('run', '--example');
  assert.equal(new Set(copies()).size, 2);
  assert.equal(harness.git(copies()[1] ?? '', 'status', '--porcelain'), '');
});

test('without a sandbox no run starts, unless that is asked for', async () => {
  harness.has_sandbox = false;
  await cli('run', 'repo', '--json');
  assert.equal(harness.code, 1);
  assert.match(harness.err, /bwrap is missing\. Without a sandbox no run starts; --unsafe-no-sandbox/);
  assert.deepEqual(harness.fleetCalls, []);
  planner.onSubmit = end('no_gain', 'r');
  await cli('run', 'repo', '--unsafe-no-sandbox');
  assert.equal(harness.code, 10);
});
