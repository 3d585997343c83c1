import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunOutput } from '@codeoptima/contracts';
import { RunEvidence } from '@codeoptima/evidence';
import { eventually, type TestRepository } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { proposals, Repositories, slowPackage, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';
import { logOf, spansOf } from '../support/telemetry.ts';

const cli = new CommandLine();
const repositories = new Repositories();

before(() => cli.json(['up']));
after(async () => {
  const { folder } = cli;
  await cli.remove();
  repositories.remove();
  assert.deepEqual(processesOf(folder), []);
});

/** Nothing of a run works on, nor lies about, once it has ended. */
const assertNothingLeft = async (): Promise<void> => {
  const fleet = Object.values(cli.processes());
  await eventually(() => {
    assert.deepEqual(processesOf(cli.data_dir, fleet), []);
    assert.deepEqual(readdirSync(join(cli.data_dir, 'work')), []);
  });
};

describe('a repository with one slow function', () => {
  const DIRT = '// not committed yet\n';
  let repository: TestRepository;
  let base = '';
  let output: RunOutput;
  const readReport = (kind: 'html' | 'markdown' | 'evidence'): string => readFileSync(output.report?.[kind] ?? '', 'utf8');

  it('ends with a proven change that waits for a signature', async () => {
    repository = repositories.create(slowPackage(), { name: 'größere library' });
    base = repository.git('rev-parse', 'HEAD');
    repository.write({ 'index.test.js': DIRT, 'notes of mine.txt': DIRT });
    repository.git('add', 'notes of mine.txt');
    const before = stateOf(repository);
    const ended = await cli.run(['run', repository.dir, '--json']);
    output = outputOf(ended);
    assert.deepEqual([output.state, ended.code], ['awaiting_signoff', 0], `${output.reason}\n${ended.stderr}`);
    assert.equal(output.base_commit, base);
    assert.equal(output.changes.length, 1);
    const [change] = output.changes;
    assert.ok(change);
    assert.deepEqual([change.source, change.file, change.symbol], ['rule', 'index.js', 'distinct']);
    assert.ok(change.provable_pct >= 5 && change.estimate_pct >= change.provable_pct, JSON.stringify(change));
    assert.deepEqual(stateOf(repository), before, 'what a person had in their repository is as it was');
    await assertSound(cli.data_dir, output.run_id, 'awaiting_signoff');
    await assertNothingLeft();
  });

  it('proposes one branch with one commit, whose body is the text of the pull request', () => {
    assert.ok(output.branch?.startsWith('codeoptima/'), String(output.branch));
    assert.deepEqual(proposals(repository), [output.branch]);
    assert.equal(repository.git('rev-list', `${base}..${output.branch}`), output.changes[0]?.commit);
    assert.equal(repository.git('diff', '--name-only', base, String(output.branch)), 'index.js');
    const message = repository.git('log', '-1', '--format=%B', String(output.branch));
    const [change] = RunEvidence.parse(JSON.parse(readReport('evidence'))).accepted;
    assert.ok(change?.patch);
    for (const expected of [
      /at least \d/i,
      /Reproduce/,
      /Tests: 3 of 3 passed before, 3 of 3 after/,
      new RegExp(`Codeoptima-Run: ${output.run_id}`),
    ])
      assert.match(message, expected);
  });

  it('leaves a report for people, one for text and one for machines', () => {
    const evidence = RunEvidence.parse(JSON.parse(readReport('evidence')));
    assert.equal(evidence.run_id, output.run_id);
    assert.equal(evidence.base_commit, base);
    assert.equal(evidence.accepted.length, 1);
    assert.match(readReport('html'), /^<!doctype html>/i);
    assert.doesNotMatch(readReport('html'), /(src|href)="https?:/);
    assert.match(readReport('markdown'), /distinct/);
  });

  it('is told by status, events and report', async () => {
    const status = (await cli.json(['status', output.run_id])) as { state: string; branch: string; changes: unknown[] };
    assert.deepEqual([status.state, status.branch, status.changes], ['awaiting_signoff', output.branch, output.changes]);
    const listed = (await cli.json(['status'])) as { runs: { run_id: string; state: string }[] };
    assert.ok(listed.runs.some(({ run_id, state }) => run_id === output.run_id && state === 'awaiting_signoff'));
    assert.deepEqual(await cli.json(['report', output.run_id]), { report: output.report });
    const { stdout } = await cli.run(['events', output.run_id, '--json']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { version: number; type: string });
    assert.deepEqual(
      events.map(({ version }) => version),
      events.map((_, index) => index + 1),
    );
    for (const type of ['cost', 'delta_perf'])
      assert.ok(
        events.some((event) => event.type === type),
        type,
      );
  });

  it('is one trace across all services, which every line of the logs about it names', async () => {
    await eventually(() => {
      const spans = spansOf(cli.data_dir);
      const traces = new Set(spans.map(({ trace_id }) => trace_id));
      assert.equal(traces.size, 1, 'nothing but the run is traced');
      assert.deepEqual(
        spans.filter(({ parent_span_id }) => parent_span_id === null).map(({ name }) => name),
        ['submit run'],
      );
      const ids = new Set(spans.map(({ span_id }) => span_id));
      assert.deepEqual(
        spans.filter(({ parent_span_id }) => parent_span_id !== null && !ids.has(parent_span_id)),
        [],
        'every span hangs on another one',
      );
      const workers = ['builder', 'analyzer', 'refactorer', 'benchmark-runner', 'reviewer'];
      const services = new Set(spans.map(({ service }) => service));
      for (const name of ['planner', ...workers]) assert.ok(services.has(name), name);
      const lines = logOf(cli.data_dir, output.run_id);
      for (const line of lines) assert.ok(traces.has(line.trace_id ?? ''), JSON.stringify(line));
      for (const name of ['planner', ...workers])
        assert.ok(
          lines.some(({ agent }) => agent === name),
          name,
        );
    });
  });

  it('is merged once signed, where the working tree allows it', async () => {
    repository.git('stash', '--include-untracked', '--quiet');
    const signed = (await cli.json(['approve', output.run_id, '--merge'])) as RunOutput;
    assert.equal(signed.state, 'succeeded', signed.reason);
    assert.equal(repository.git('rev-parse', 'main'), output.changes[0]?.commit, signed.reason);
    assert.equal(repository.git('status', '--porcelain'), '');
    assert.match(repository.git('show', 'stash@{0}:notes of mine.txt'), /not committed yet/);
    await assertSound(cli.data_dir, output.run_id, 'succeeded');
  });
});

it('where nothing can be gained the run says what was tried and why it fell', async () => {
  // Lists this short gain nothing from a set.
  const workload = `export default function setup(lib) {
  const lists = Array.from({ length: 2_000 }, (_, index) => ['a', 'b' + index, 'c']);
  const fn = () => lists.map((list) => lib.distinct(list).length);
  return { fn, check: fn };
}
`;
  const repository = repositories.create(slowPackage({ 'bench/names.js': workload }));
  const before = stateOf(repository);
  const ended = await cli.run(['run', repository.dir, '--max-iterations', '2', '--json']);
  const output = outputOf(ended);
  assert.deepEqual([output.state, ended.code], ['no_gain', 10], `${output.reason}\n${ended.stderr}`);
  assert.deepEqual([output.branch, output.changes, proposals(repository)], [null, [], []]);
  assert.deepEqual(stateOf(repository), before);
  const evidence = RunEvidence.parse(JSON.parse(readFileSync(output.report?.evidence ?? '', 'utf8')));
  assert.deepEqual(
    evidence.rejected.map(({ candidate }) => candidate.rule),
    ['dedupe-filter'],
  );
  const [tried] = evidence.rejected;
  assert.ok(tried && tried.reason.length > 10);
  assert.ok(ended.stderr.includes(tried.reason), ended.stderr);
  assert.match(readFileSync(output.report?.markdown ?? '', 'utf8'), /dedupe-filter/);
  await assertSound(cli.data_dir, output.run_id, 'no_gain');
  await assertNothingLeft();
});
