import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runProgram } from '../program.ts';
import { Harness, PACKAGE } from '../test-support/harness.ts';
import type { ScriptedPlanner } from '../test-support/scripted-planner.ts';

let harness: Harness;
let planner: ScriptedPlanner;
beforeEach(async () => {
  harness = new Harness();
  planner = await harness.startPlanner();
});
afterEach(() => harness.close());

const cli = (...argv: string[]): Promise<void> => runProgram(argv, harness.context());
const printed = (): unknown => JSON.parse(harness.out.trimEnd().split('\n').at(-1) ?? '');

async function submitted(): Promise<string> {
  harness.repository('repo', PACKAGE);
  await cli('run', 'repo', '--no-wait', '--json');
  const { run_id } = printed() as { run_id: string };
  harness.out = '';
  return run_id;
}

test('status lists runs, shows one, and follows it to its end', async () => {
  const run_id = await submitted();
  await cli('status');
  assert.match(harness.out, new RegExp(`RUN .*\n${run_id} +baseline`, 'u'));
  await cli('status', run_id);
  assert.match(harness.out, /figures +1 min 00 s of 2 h 00 min/);
  const watching = cli('status', run_id, '--watch', '--json');
  await harness.until(() => planner.calls.includes('watch'));
  planner.change(run_id, () => ({ state: 'no_gain', terminal: true, reason: 'r' }));
  await watching;
  assert.equal((printed() as { state: string }).state, 'no_gain');
});

test('an ended run has taken what it took, however much later somebody looks', async () => {
  const run_id = await submitted();
  await cli('reject', run_id, '--reason', 'no', '--json');
  assert.equal((printed() as { duration_s: number }).duration_s, 30);
  harness.now_ms += 86_400_000;
  await cli('status', run_id, '--json');
  assert.equal((printed() as { duration_s: number }).duration_s, 30);
  await cli('status', run_id);
  assert.match(harness.out, /submitted +24 h 01 min ago/);
  assert.match(harness.out, /figures +30 s of 2 h 00 min/);
});

test('approve, reject and cancel wait for the end they lead to', async () => {
  const run_id = await submitted();
  planner.change(run_id, () => ({ state: 'awaiting_signoff' }));
  planner.onApprove = (id) =>
    void setTimeout(() => planner.change(id, () => ({ state: 'succeeded', terminal: true, reason: 'merged' })), 50);
  await cli('approve', run_id, '--merge');
  assert.deepEqual([harness.code, planner.calls.includes('approve merge=true')], [0, true]);
  assert.match(harness.out, /is succeeded: merged/);
});

test('reject needs a reason and keeps it', async () => {
  const run_id = await submitted();
  await cli('reject', run_id);
  assert.equal(harness.code, 2);
  assert.match(harness.err, /--reason/);
  harness.code = 0;
  await cli('reject', run_id, '--reason', 'too clever', '--json');
  const { state, reason } = printed() as { state: string; reason: string };
  assert.deepEqual([state, reason, harness.code], ['rejected', 'too clever', 13]);
});

test('what counts must be a number, and is refused before anything is asked', async () => {
  for (const [flag, ...argv] of [
    ['--limit', 'status', '--limit', 'many'],
    ['--after', 'events', 'x', '--after', '-1'],
    ['--lines', 'logs', '--lines', '1.5'],
    ['--seed', 'calibrate', '--seed', ''],
  ]) {
    harness.err = '';
    await cli(...argv);
    assert.equal(harness.code, 2, flag);
    assert.match(harness.err, new RegExp(`^codeoptima: ${flag} must be a whole number from \\d on, found "[^"]*"\\.\n$`), flag);
  }
  assert.deepEqual(planner.calls, []);
});

test('events are printed in order, as JSON lines too', async () => {
  const run_id = await submitted();
  planner.change(run_id, () => ({ state: 'hotspots' }));
  await cli('events', run_id, '--json');
  const versions = harness.out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { version: number }).version);
  assert.deepEqual(versions, [1, 2]);
});

test('events --follow ends with the run', async () => {
  const run_id = await submitted();
  const following = cli('events', run_id, '--follow');
  await harness.until(() => planner.calls.includes('watch'));
  planner.change(run_id, () => ({ state: 'failed', terminal: true }));
  await following;
  assert.equal(harness.out.trimEnd().split('\n').length, 2);
});

test('events --follow ends with a Ctrl-C, and says nothing more', async () => {
  const run_id = await submitted();
  harness.err = '';
  const following = cli('events', run_id, '--follow');
  await harness.until(() => planner.calls.includes('watch'));
  harness.signal('SIGINT');
  await following;
  assert.deepEqual([harness.code, harness.err], [0, '']);
});

test('an unknown run is bad input', async () => {
  await cli('status', 'nope', '--json');
  assert.equal(harness.code, 2);
  assert.equal((printed() as { error: { code: string } }).error.code, 'not_found');
});

test('a report that does not exist yet says why', async () => {
  const run_id = await submitted();
  await cli('report', run_id);
  assert.equal(harness.code, 2);
  assert.match(harness.err, /has no report yet: it is in state baseline/);
  planner.change(run_id, () => ({ state: 'failed', terminal: true, reason: 'the disk is full' }));
  await cli('report', run_id);
  assert.match(harness.err, /ended as failed without a report: the disk is full/);
});

test('config check shows every value with its origin, or every problem', async () => {
  const root = harness.repository('configured', { ...PACKAGE, 'codeoptima.toml': 'target_pct = 8\n[limits]\nmax_iterations = 2\n' });
  await cli('config', 'check', root, '--target', '9');
  assert.match(harness.out, /^target_pct +9 +flag \(--target\)$/mu);
  assert.match(harness.out, /^limits\.max_iterations +2 +file \(codeoptima\.toml:3\)$/mu);
  assert.match(harness.out, /^budget\.repo_month_usd +10 +default$/mu);
  writeFileSync(join(root, 'codeoptima.toml'), 'targt_pct = 8\n[limits]\nmax_iterations = "two"\n');
  await cli('config', 'check', root);
  assert.equal(harness.code, 2);
  assert.match(harness.err, /codeoptima\.toml:1: unknown key targt_pct; the nearest known one is target_pct/);
  assert.match(harness.err, /codeoptima\.toml:3: limits\.max_iterations must be a whole number from 1 to 50, found "two"/);
  assert.deepEqual(harness.fleetCalls, []);
});

test('logs are made readable, followed, and never command the terminal', async () => {
  const dir = join(harness.data_dir, 'logs');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'planner.log');
  writeFileSync(path, '{"time":"T1","level":"info","msg":"ready","job_id":"r1"}\nnot json \u001b[2J\n');
  await cli('logs', 'planner');
  assert.equal(harness.out, 'T1 info  planner          ready job_id=r1\nplanner  not json \ufffd[2J\n');
  const following = cli('logs', '--follow', '--lines', '0');
  await harness.until(() => harness.listens());
  appendFileSync(path, '{"time":"T2","level":"warn","msg":"more"}\n');
  await harness.until(() => harness.out.includes('T2 warn'));
  harness.signal('SIGINT');
  await following;
  await cli('logs', 'nobody');
  assert.match(harness.err, /no.* log of "nobody": there are planner/);
});

test('logs --json is JSON in every line, also of a store, and whole however much is asked for', async () => {
  const dir = join(harness.data_dir, 'logs');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'postgres.log'), '2026-01-01 LOG:  ready "now"\n');
  const lines = Array.from({ length: 6000 }, (_, index) => JSON.stringify({ index, msg: 'x'.repeat(index % 200) }));
  writeFileSync(join(dir, 'planner.log'), `${lines.join('\n')}\n`);
  await cli('logs', '--json', '--lines', '5000');
  const records = harness.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { index?: number; agent?: string; msg: string });
  assert.deepEqual(records.at(-1), { agent: 'postgres', msg: '2026-01-01 LOG:  ready "now"' });
  assert.deepEqual([records.length, records[0]?.index], [5001, 1000]);
});

test('doctor names what it looked at', async () => {
  await cli('doctor', '--json');
  const { findings } = printed() as { findings: { name: string; state: string; remedy: string }[] };
  assert.deepEqual(
    findings.map(({ name }) => name),
    ['Node', 'git', 'sandbox', 'nats-server', 'Postgres', 'valgrind', 'memory', 'data directory', 'disk space'],
  );
  for (const finding of findings) assert.ok(finding.state === 'ok' || finding.remedy !== '', finding.name);
});

test('up keeps the fleet, down stops it', async () => {
  await cli('up', '--json');
  assert.equal((printed() as { started: boolean }).started, true);
  await cli('status');
  assert.deepEqual(harness.fleetCalls, ['start', 'start']);
  await cli('down');
  assert.deepEqual(harness.fleetCalls, ['start', 'start', 'stop']);
});

test('help teaches: examples and exit codes', async () => {
  await cli('run', '--help');
  assert.match(harness.out, /Examples:/);
  assert.match(harness.out, /Exit codes: 0 succeeded/);
  assert.equal(harness.code, 0);
});
