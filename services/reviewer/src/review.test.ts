import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { RunEvidence } from '@codeoptima/evidence';
import { merge } from './merge.ts';
import { PATCHES, ReviewBench } from './test-support/run.ts';

let bench: ReviewBench;
beforeEach(() => void (bench = new ReviewBench()));
afterEach(() => bench.close());

const accepted = () => Promise.all(PATCHES.map((text, index) => bench.judged(`c${index + 1}`, text, 'certified')));
const branches = (): string[] => bench.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');

test('one commit per accepted change, its body the pull-request text; working tree, index and HEAD stay', async () => {
  writeFileSync(join(bench.repository, 'src/a.js'), 'dirty');
  writeFileSync(join(bench.repository, 'untracked'), 'x');
  const status = bench.git('status', '--porcelain');
  const { branch, commits, report } = await bench.review(
    await bench.payload(await accepted(), [await bench.judged('c3', '', 'not_proven')]),
  );
  assert.equal(branch, 'codeoptima/a-change-c1-and-1-more');
  assert.deepEqual(
    bench.git('log', '--reverse', '--format=%H', `${bench.base_commit}..${branch}`).split('\n'),
    commits.map(({ commit }) => commit),
  );
  assert.deepEqual(
    commits.map(({ candidate_id }) => candidate_id),
    ['c1', 'c2'],
  );
  const message = bench.git('log', '-1', '--format=%B', commits[0]?.commit ?? '');
  assert.match(message, /^perf\(a\): change c1\n\n\*\*What was slow\*\*/);
  assert.match(message, /Codeoptima-Run: run-1\nCodeoptima-Candidate: c1$/);
  assert.equal(bench.git('log', '-1', '--format=%an <%ae>', branch ?? ''), 'Code Optima <noreply@codeoptima.invalid>');
  assert.match(bench.git('show', `${branch}:src/a.js`), /indexOf.*\n.*2 \* x/);
  assert.equal(bench.git('status', '--porcelain'), status);
  assert.equal(bench.git('symbolic-ref', 'HEAD'), 'refs/heads/main');
  assert.equal(readFileSync(join(bench.repository, 'src/a.js'), 'utf8'), 'dirty');
  const store = await bench.artifacts();
  const evidence = RunEvidence.parse(JSON.parse((await store.get(report.evidence)).toString()));
  assert.deepEqual(
    [evidence.accepted.length, evidence.rejected.length, evidence.branch, evidence.branch_location],
    [2, 1, branch, bench.repository],
  );
  assert.match((await store.get(report.html)).toString(), /^<!doctype html>/);
  assert.match((await store.get(report.markdown)).toString(), /perf/);
});

test('a second attempt finds the branch of the first and makes no other', async () => {
  const payload = await bench.payload(await accepted(), []);
  const first = await bench.review(payload);
  const second = await bench.review(payload);
  assert.deepEqual([second.branch, second.commits], [first.branch, first.commits]);
  assert.equal(branches().length, 2);
});

test('two attempts at once make the same branch', async () => {
  const payload = await bench.payload(await accepted(), []);
  const [a, b] = await Promise.all([bench.review(payload), bench.review(payload)]);
  assert.deepEqual([a.branch, a.commits], [b.branch, b.commits]);
  assert.equal(branches().length, 2);
});

test('a taken name is left alone and another one used', async () => {
  bench.git('branch', 'codeoptima/a-change-c1-and-1-more');
  const { branch } = await bench.review(await bench.payload(await accepted(), []));
  assert.equal(branch, 'codeoptima/a-change-c1-and-1-more-2');
  assert.equal(bench.git('rev-parse', 'codeoptima/a-change-c1-and-1-more'), bench.base_commit);
});

test('a run without a proof gets a report and no branch, even when evidence of a rejected candidate is lost', async () => {
  const rejected = await bench.judged('c1', '', 'not_proven');
  rejected.result.evidence = `sha256:${'e'.repeat(64)}`;
  const { branch, commits, report } = await bench.review(await bench.payload([], [rejected]));
  assert.deepEqual([branch, commits], [null, []]);
  assert.match((await (await bench.artifacts()).get(report.html)).toString(), /none was certified/);
  assert.deepEqual(branches(), ['main']);
});

test('a candidate whose verification came to no end stands in every report with its reason', async () => {
  const { candidate, result } = await bench.judged('c1', '', 'not_proven');
  const reason = 'Its verification did not end within its limit of 70 minutes: the time limit of the task is over.';
  const unjudged = { candidate, result: { ...result, verdict: 'cannot_certify_here' as const, reason, checks: [], evidence: null } };
  const { report } = await bench.review(await bench.payload([], [unjudged]));
  const store = await bench.artifacts();
  const [html, markdown] = await Promise.all([report.html, report.markdown].map(async (ref) => (await store.get(ref)).toString()));
  for (const text of [html, markdown]) assert.ok(text?.includes(reason) && text.includes('cannot be certified on this machine'));
  const [written] = RunEvidence.parse(JSON.parse((await store.get(report.evidence)).toString())).rejected;
  assert.deepEqual([written?.candidate.id, written?.verdict, written?.reason], ['c1', 'cannot_certify_here', reason]);
});

test('lost evidence of an accepted change fails the attempt instead of committing without proof', async () => {
  const [change] = await accepted();
  assert.ok(change);
  change.result.evidence = `sha256:${'e'.repeat(64)}`;
  await assert.rejects(bench.review(await bench.payload([change], [])), /there is no object/);
  assert.deepEqual(branches(), ['main']);
});

test('the branch of a URL lies in the mirror, and the evidence says where', async () => {
  const plain = `file://${join(bench.dir, 'plain')}`;
  bench.git('clone', '-q', '--bare', '.', join(bench.dir, 'plain'));
  const { branch, report } = await bench.review(await bench.payload(await accepted(), [], plain));
  assert.equal(branch, 'codeoptima/a-change-c1-and-1-more');
  assert.deepEqual(branches(), ['main']);
  const evidence = RunEvidence.parse(JSON.parse((await (await bench.artifacts()).get(report.evidence)).toString()));
  assert.ok(evidence.branch_location?.startsWith(join(bench.data_dir, 'mirrors')));
  rmSync(join(bench.dir, 'plain'), { recursive: true });
  assert.equal((await bench.review(await bench.payload(await accepted(), [], plain))).branch, branch, 'the remote is not needed any more');
});

const mergePayload = (branch: string, changes: object = {}) => ({
  run_id: 'run-1',
  request: { repository: bench.repository, ref: null, config: undefined as never },
  branch,
  base_branch: 'main' as string | null,
  base_commit: bench.base_commit,
  ...changes,
});

test('merge moves a clean base branch forward, and says why it does not', async () => {
  const { branch } = await bench.review(await bench.payload(await accepted(), []));
  assert.ok(branch);
  assert.deepEqual((await merge(await bench.context('merge', mergePayload(branch, { base_branch: null })))).merged, false);
  writeFileSync(join(bench.repository, 'src/a.js'), 'dirty');
  const dirty = await merge(await bench.context('merge', mergePayload(branch)));
  assert.equal(dirty.merged, false);
  assert.match(dirty.reason, /uncommitted changes/);
  bench.git('checkout', '-q', '--', '.');
  assert.equal((await merge(await bench.context('merge', mergePayload(branch)))).merged, true);
  assert.equal(bench.git('rev-parse', 'main'), bench.git('rev-parse', branch));
  assert.match(readFileSync(join(bench.repository, 'src/a.js'), 'utf8'), /2 \* x/);
});

test('a base branch that has moved is not merged', async () => {
  const { branch } = await bench.review(await bench.payload(await accepted(), []));
  bench.git('commit', '-q', '--allow-empty', '-m', 'meanwhile');
  const { merged, reason } = await merge(await bench.context('merge', mergePayload(branch ?? '')));
  assert.equal(merged, false);
  assert.match(reason, /has moved since the run began/);
});
