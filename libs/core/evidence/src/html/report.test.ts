import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunEvidence } from '../schema/run.ts';
import { sampleRun } from '../test-support/sample-run.ts';
import { reportHtml } from './report.ts';

/** Every string of a run replaced by an attack, save those with a fixed vocabulary. */
function hostile(value: unknown, attack: string, key = ''): unknown {
  const fixed = [
    'schema',
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
  assert.match(page, /At least 36 % faster \(estimate 38 %\)/);
  for (const { reason, candidate } of run.rejected) {
    assert.ok(page.includes(reason));
    assert.ok(page.includes(candidate.symbol));
  }
  for (const { name } of run.accepted.flatMap(({ checks }) => checks)) assert.ok(page.includes(name.replaceAll('_', ' ')), name);
  assert.match(page, /identical code in both arms/);
  assert.match(page, /codeoptima reproduce 7f3a12c9 cand-1/);
  assert.match(page, /test\/net\.test\.ts &gt; fetches rates/);
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
