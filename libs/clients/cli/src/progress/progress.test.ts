import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunConfig } from '@codeoptima/config';
import { RunSnapshot } from '@codeoptima/contracts';
import { milestones } from './milestones.ts';
import { plainPainter, terminalPainter } from './painter.ts';
import { viewLines, viewOf } from './view.ts';

const ref = `sha256:${'0'.repeat(64)}`;
const candidate = {
  id: 'c1',
  source: 'rule',
  rule: 'some-rule',
  file: 'src/a.ts',
  symbol: 'f',
  hotspot_id: null,
  patch: ref,
  changed_lines: 2,
  title: 't',
  explanation: 'e',
  risk: 'r',
  safety: 'safe',
} as const;
const judged = (id: string, verdict: string, provable_pct: number | null) => ({
  candidate: { ...candidate, id },
  result: { verdict, reason: 'why', checks: [], estimate_pct: 38, provable_pct, evidence: ref },
});
const snapshot = (changes: object): RunSnapshot =>
  RunSnapshot.parse({
    run_id: 'r',
    state: 'verifying',
    terminal: false,
    reason: '',
    request: { repository: '/r', ref: null, config: RunConfig.parse({}) },
    iteration: 1,
    submitted_at_ms: 0,
    deadline_ms: 7_200_000,
    cost: { usd: 0.25, ci_minutes: 3 },
    baseline: null,
    hotspots: null,
    accepted: [],
    rejected: [],
    review: null,
    ...changes,
  });

test('the view holds stage, what runs now, elapsed against limit, money against budget, candidates, best gain', () => {
  const state = snapshot({
    accepted: [judged('a', 'certified', 31.4), judged('b', 'certified', 9.96)],
    rejected: [judged('c', 'not_proven', null)],
  });
  const progress = { task: 'verify', detail: 'pair 7 of 30', fraction: 0.23, item_id: 'i', epoch: 1 };
  assert.deepEqual(viewLines(viewOf(state, progress, 125_000), 200), [
    'verifying (23 %): pair 7 of 30',
    '2 min 05 s of 2 h 00 min · $0.25 of $5.00 · 3 candidates tried, 2 accepted · best gain at least 31 %',
  ]);
});

test('a milestone is told once', () => {
  const before = snapshot({ rejected: [judged('c', 'not_proven', null)] });
  const after = snapshot({ rejected: [judged('c', 'not_proven', null)], accepted: [judged('a', 'certified', 31)] });
  assert.deepEqual(milestones(before, after), ['✓ some-rule in f (src/a.ts): at least 31 % faster (estimate 38 %)']);
  assert.deepEqual(milestones(after, after), []);
});

test('a hostile name cannot command the terminal', () => {
  let text = '';
  const painter = terminalPainter({ write: (part) => void (text += part), columns: () => 80 });
  painter.line('\u001b[2J\u001b]0;owned\u0007name');
  assert.equal(text.includes('\u001b]0'), false);
  assert.match(text, /name\n$/);
});

test('the terminal view is erased before a line that stays', () => {
  let text = '';
  const painter = terminalPainter({ write: (part) => void (text += part), columns: () => 80 });
  painter.view(viewOf(snapshot({}), null, 0), 0);
  const shown = text.length;
  painter.line('done');
  assert.equal(text.slice(shown), '\r\u001b[2K\u001b[1A\r\u001b[2Kdone\n');
});

test('plain lines are not repeated and come at most every interval', () => {
  const lines: string[] = [];
  const painter = plainPainter((line) => lines.push(line), 1000);
  const view = (detail: string) => viewOf(snapshot({}), { task: 't', detail, fraction: -1, item_id: 'i', epoch: 1 }, 0);
  painter.view(view('a'), 0);
  painter.view(view('a'), 5000);
  painter.view(view('b'), 900);
  painter.view(view('c'), 1000);
  assert.deepEqual(
    lines.map((line) => line.split(' [')[0]),
    ['  verifying: a', '  verifying: c'],
  );
});
