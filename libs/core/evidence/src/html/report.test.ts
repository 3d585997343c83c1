import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunEvidence } from '../schema/run.ts';
import { sampleRun } from '../test-support/sample-run.ts';
import { reportHtml } from './report.ts';

/** Every string of a run replaced by an attack, save those with a fixed vocabulary. */
function hostile(value: unknown, attack: string, key = ''): unknown {
  const fixed = [
    'schema',
    'kind',
    'severity',
    'source',
    'role',
    'mode',
    'order',
    'verdict',
    'outcome',
    'domain',
    'safety',
    'patch',
    'base_commit',
    'id',
    'workload_id',
    'hotspot_id',
  ];
  if (typeof value === 'string') return fixed.includes(key) ? value : attack;
  if (Array.isArray(value)) return value.map((item) => hostile(item, attack, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, hostile(child, attack, name)]));
}

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '</title><svg onload=alert(1)>',
  '&lt;script&gt;',
  '<!--',
];

test('no text of a repository becomes markup', () => {
  const clean = tags(reportHtml(sampleRun()));
  for (const attack of ATTACKS) {
    const page = reportHtml(RunEvidence.parse(hostile(sampleRun(), attack)));
    assert.deepEqual(new Set(tags(page)).difference(new Set(clean)), new Set(), attack);
    const markup = page.match(/<[^>]*>/gu) ?? [];
    for (const tag of markup) assert.doesNotMatch(tag.replaceAll(/"[^"]*"/gu, '""'), /\son\w+\s*=|alert/i, attack);
  }
});

const tags = (page: string): string[] => [...page.matchAll(/<!?\/?[a-z-]+/giu)].map(([tag]) => tag.toLowerCase());

test('a hostile patch is shown, not run', () => {
  const run = sampleRun();
  const [change] = run.accepted;
  assert.ok(change);
  change.patch = '--- a/<b>\n+++ b/<img src=x onerror=alert(1)>\n@@ -1 +1 @@ <script>\n-a</code></table><script>alert(1)</script>\n+b\n';
  const page = reportHtml(run);
  assert.doesNotMatch(page, /<script|<img/i);
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/);
});

test('text cannot be turned around by control characters', () => {
  const run = sampleRun();
  run.notes.push('safe\u202egnp.exe', 'bell\u0007');
  const page = reportHtml(run);
  assert.doesNotMatch(page, /[\u202e\u0007]/u);
});

test('the page needs no network and no script', () => {
  const page = reportHtml(sampleRun());
  assert.doesNotMatch(page, /(?:src|href)="(?!#)/);
  assert.doesNotMatch(page, /url\(|@import|<script|<link|<iframe/);
  assert.match(page, /Content-Security-Policy" content="default-src &#39;none&#39;/);
});

test('the figure that was proved stands first, every candidate with its reason', () => {
  const run = sampleRun();
  const page = reportHtml(run).replaceAll(/<[^>]+>/gu, '');
  assert.match(page, /At least 36\u00a0% faster \(estimate 38 %\)/);
  for (const { reason, candidate } of run.rejected) {
    assert.ok(page.includes(reason));
    assert.ok(page.includes(candidate.symbol));
  }
  for (const { name } of run.accepted.flatMap(({ checks }) => checks)) assert.ok(page.includes(name.replaceAll('_', ' ')), name);
  assert.match(page, /identical code in both arms/);
  assert.match(page, /codeoptima reproduce 7f3a12c9 cand-1/);
  assert.match(page, /test\/net\.test\.ts &gt; fetches rates/);
});

test('one judged change is laid open: the verdict, the counterexample, what was found, and what nobody looked at', () => {
  const [differing] = sampleRun().rejected;
  assert.ok(differing);
  const skipped = [
    { name: 'build', outcome: 'skipped' as const, detail: 'the repository has no build', duration_ms: 0 },
    { name: 'certification', outcome: 'skipped' as const, detail: 'not reached', duration_ms: 0 },
  ];
  const judged = { ...differing, checks: [...differing.checks, ...skipped] };
  const page = reportHtml(sampleRun({ kind: 'verify', accepted: [], rejected: [judged], hotspots: [] }));
  const text = page.replaceAll(/<[^>]+>/gu, '');
  assert.match(text, /judgement of a change\s+Behaviour differs/);
  assert.match(
    text,
    /Smallest input on which they differjoinCustomers, within what it accepts, found by a recorded call, in a fresh process/,
  );
  assert.ok(text.indexOf('Smallest input') < text.indexOf('Sizes that occur'));
  assert.match(text, /As a test, which passes before the change and fails with it/);
  assert.match(text, /needs a person src\/customers\.ts:7 A table of more than 24 literals is new/);
  assert.match(text, /Differences that others can see:.*function\(_,_\)/);
  assert.match(text, /11 of the sessions had been sealed/);
  const uncovered = text.slice(text.indexOf('What was not covered'));
  for (const gap of [
    'no TypeScript source',
    'forget (no test runs it)',
    '3 calls of joinCustomers could not be repeated',
    'the repository has no build',
    'the ladder ended before: certification',
  ])
    assert.ok(uncovered.includes(gap), gap);
  assert.doesNotMatch(text, /Branch to review|Hot spots|Cost|Reproduce the figure/);
});

test('the sizes that occur stand as bars, rare ones in sight', () => {
  const page = reportHtml(sampleRun());
  const bars = [...page.matchAll(/class="bar" [^>]* height="([\d.]+)"/gu)].map(([, height]) => Number(height));
  assert.equal(bars.length, 13);
  assert.deepEqual(
    bars.flatMap((height, bucket) => (height > 0 ? [bucket] : [])),
    [0, 3, 12],
  );
  assert.ok(bars[3] === Math.max(...bars) && (bars[0] ?? 0) > 5);
});

test('a run without a proof does not speak of faster', () => {
  const page = reportHtml(sampleRun({ accepted: [], branch: null }));
  assert.match(page, /No gain proved/);
  assert.doesNotMatch(page, /at least \d+/i);
});

test('nothing at all still makes a page', () => {
  const page = reportHtml(sampleRun({ accepted: [], rejected: [], hotspots: [], tests: null, branch: null, notes: [] }));
  assert.match(page, /Nothing to change/);
});
