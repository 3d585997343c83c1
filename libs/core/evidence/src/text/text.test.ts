import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRun, unprovenCandidate } from '../test-support/sample-run.ts';
import { block, code, plain } from './markdown.ts';
import { pullRequest } from './pull-request.ts';
import { reportMarkdown } from './report-markdown.ts';
import { terminalSummary } from './terminal-summary.ts';

const facts = {
  state: 'awaiting_signoff',
  reason: 'one change waits',
  report: { html: '/data/runs/r/report.html', evidence: '/data/runs/r/evidence.json' },
  duration_s: 214,
};

test('the pull request holds every part a reviewer asks for, in reading order', () => {
  const run = sampleRun();
  const [change] = run.accepted;
  assert.ok(change);
  const { title, body } = pullRequest(change, run);
  assert.match(title, /^perf\(orders\): /);
  const order = [
    'What was slow',
    'Measurements',
    'What gets slower or bigger',
    'Where it was measured',
    'Reproduce',
    'Behaviour',
    'Risk',
    'Regression guard',
    'How this was made',
  ];
  const headings = [...body.matchAll(/^## (.*)$/gmu)].map(([, heading]) => heading);
  assert.deepEqual(headings, order);
  assert.match(
    body,
    /\| large orders \(\*\*the claim\*\*, stabilised, repository\) \| 4.000 \| 4\.\d\d ms \| 2\.\d\d ms \| 1\.6\d \| 1\.\d\d – 1\.\d\d \| 15 \|/u,
  );
  assert.match(body, /control: identical code/);
  assert.match(body, /Without stabilising flags the ratio is 1\.\d\d/);
  assert.match(body, /Failing already before: `test\/net\.test\.ts > fetches rates`/);
  assert.match(body, /written by the rule `includes-in-loop-to-set`/);
  assert.match(body, /Guard the growth, not the seconds/);
});

test('a slower workload is named, not left out', () => {
  const run = sampleRun();
  const change = run.accepted[0];
  const neutral = change?.measurement?.workloads.find(({ role }) => role === 'neutral');
  assert.ok(change && neutral);
  neutral.estimate_pct = -4;
  assert.match(pullRequest(change, run).body, /- parse and print: ratio 0\.96, slower/);
});

test('what was tried in the same place is told', () => {
  const run = sampleRun();
  const [change] = run.accepted;
  const other = unprovenCandidate();
  assert.ok(change);
  other.candidate = { ...other.candidate, symbol: change.candidate.symbol, file: change.candidate.file };
  assert.match(pullRequest(change, sampleRun({ rejected: [other] })).body, /## Tried in the same place and not taken\n\n- perf\\?\(text/);
});

test('the summary says what was slow, what changed, the proved gain, the checks, branch, report and command', () => {
  const text = terminalSummary(sampleRun(), facts);
  for (const part of [
    'At least 36 % faster (estimate 38 %)',
    'knownLines asks',
    'src/orders.ts',
    'passed guards, types',
    'codeoptima/look-products-up-in-a-set',
    facts.report.html,
    'codeoptima reproduce',
  ]) {
    assert.ok(text.includes(part), part);
  }
});

test('with nothing proved the summary says which candidates were tried and why each fell', () => {
  const run = sampleRun({ accepted: [], branch: null });
  const text = terminalSummary(run, { ...facts, state: 'no_gain' });
  assert.match(text, /^No gain proved/);
  for (const { candidate, reason } of run.rejected)
    assert.ok(text.includes(`${candidate.symbol} (${candidate.file})`) && text.includes(reason));
  assert.doesNotMatch(text, /at least/i);
});

test('hostile names stay names in markdown', () => {
  assert.equal(plain('a|b <img> [x](y) `c` @someone'), 'a\\|b \\<img\\> \\[x\\](y) \\`c\\` @\u200bsomeone');
  assert.equal(code('a`b'), '``a`b``');
  assert.equal(block('```\nx'), '````\n```\nx\n````');
  const run = sampleRun();
  run.notes.push('<script>alert(1)</script>');
  assert.doesNotMatch(reportMarkdown(run), /(?<!\\)<script/);
});

test('credentials of a URL are never printed', () => {
  const run = sampleRun({ repository: 'https://user:secret@example.org/a/b.git' });
  for (const text of [reportMarkdown(run), terminalSummary(run, facts)]) assert.doesNotMatch(text, /secret/);
});

test('the command of the summary names the evidence where it lies', () => {
  const run = sampleRun();
  const [change] = run.accepted;
  assert.ok(change);
  change.reproduce = 'codeoptima reproduce evidence.json --candidate c';
  assert.match(terminalSummary(run, facts), /reproduce \/data\/runs\/r\/evidence\.json --candidate c/);
  assert.match(
    terminalSummary(run, { ...facts, report: { html: '', evidence: "/a b/it's.json" } }),
    /reproduce '\/a b\/it'\\''s\.json' --candidate c/,
  );
});

test('quick trials and endless warnings stay out of the pull request', () => {
  const run = sampleRun();
  const [change] = run.accepted;
  assert.ok(change?.behaviour && change.measurement?.workloads[0]);
  change.measurement.workloads.push({ ...change.measurement.workloads[0], role: 'quick_trial' });
  change.behaviour.warnings = Array.from({ length: 9 }, () => 'x'.repeat(5000));
  const { body } = pullRequest(change, run);
  assert.doesNotMatch(body, /quick trial/);
  assert.ok(body.length < 8000);
  assert.match(body, /Outside what the functions accept there are 9 differences/);
});
