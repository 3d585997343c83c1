import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Experience } from '@codeoptima/contracts';
import { type Idea, verdictAgainst } from './again.ts';
import { opinionOf } from './order.ts';
import { projectOf, stableUuid } from './project.ts';
import { type VerdictData, verdictMemory } from './records.ts';

const verdict = (more: Partial<VerdictData> = {}): VerdictData => ({
  schema: 'verdict/1',
  repository: 'r',
  file: 'a.js',
  symbol: 'f',
  language: 'js',
  function_hash: 'h',
  after: 'x',
  at_ms: 1,
  rule: 'rule-a',
  change_hash: 'c',
  candidate_id: 'id',
  run_id: 'run',
  title: 't',
  verdict: 'not_proven',
  reason: 'no gain',
  estimate_pct: 1,
  provable_pct: null,
  target_pct: 5,
  runtime: 'v24',
  ...more,
});
const experience = (more: Partial<Experience> = {}): Experience => ({
  memory_id: 'm',
  kind: 'verdict',
  hotspot_id: 'h',
  likeness: 0.9,
  rule: 'rule-a',
  verdict: 'certified',
  gain_pct: 20,
  reason: '',
  repository: 'r',
  at_ms: 1,
  before: '',
  after: '',
  removed: [],
  ...more,
});
const idea: Idea = { rule: 'rule-a', function_hash: 'h', change_hash: 'c', runtime: 'v24', repository: 'r', target_pct: 5 };

test('names of repositories are stable, short, and hold no secret', () => {
  assert.equal(projectOf('https://user:secret@git.example.org:8443/team/lib.git'), 'git.example.org/team/lib');
  assert.equal(projectOf('git@git.example.org:team/lib.git'), 'git.example.org/team/lib');
  assert.match(projectOf('/srv/my repo'), /^my_repo@[0-9a-f]{12}$/);
  assert.notEqual(projectOf('/srv/a/lib'), projectOf('/srv/b/lib'));
  for (const repository of ['/', 'file:///tmp/x', `/srv/${'é'.repeat(300)}`, `https://a.b/${'x'.repeat(300)}`])
    assert.match(projectOf(repository), /^[\w./:@-]{1,128}$/, repository);
});

test('ids are UUIDs of version 8 that depend on every part', () => {
  assert.match(stableUuid('a', 'b'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(stableUuid('a', 'b'), stableUuid('ab', ''));
  assert.equal(verdictMemory(verdict(), 'b').id, verdictMemory(verdict({ at_ms: 9, verdict: 'certified' }), 'b').id);
  assert.notEqual(verdictMemory(verdict(), 'b').id, verdictMemory(verdict({ runtime: 'v25' }), 'b').id);
});

test('what worked on similar code comes earlier, what fell later, and nothing known changes nothing', () => {
  assert.equal(opinionOf('rule-a', [], []).factor, 1);
  const worked = opinionOf('rule-a', [], [experience()]);
  const fell = opinionOf('rule-a', [], [experience({ verdict: 'behaviour_differs' })]);
  assert.ok(worked.factor > 1.2 && worked.factor < 2, String(worked.factor));
  assert.ok(fell.factor < 0.8 && fell.factor > 0, String(fell.factor));
  assert.equal(opinionOf('rule-b', [], [experience()]).factor, 1);
  assert.equal(opinionOf('rule-a', [], [experience({ likeness: 0.2 })]).factor, 1);
  assert.equal(opinionOf('rule-a', [], [experience({ verdict: 'cannot_certify_here' })]).factor, 1);
  assert.equal(worked.because, 'On similar code it was proved once.');
  const more = opinionOf(
    'rule-a',
    [],
    Array.from({ length: 5 }, () => experience({ verdict: 'not_proven' })),
  );
  assert.ok(more.factor < fell.factor);
});

test('a look-alike of what people made faster comes earlier, most when the rule takes the same sign away', () => {
  const mined = experience({ kind: 'pattern', rule: null, verdict: null, removed: ['search repeated on fixed'] });
  const same = opinionOf('rule-a', ['search repeated on fixed'], [mined]).factor;
  const other = opinionOf('rule-a', ['sort'], [mined]).factor;
  assert.ok(same > other && other > 1, `${same} ${other}`);
});

test('an idea that fell is not tried again until code, change, runtime or target changes', () => {
  const against = (more: Partial<Idea>, known: Partial<VerdictData> = {}): boolean =>
    verdictAgainst({ ...idea, ...more }, [verdict(known)]) !== null;
  assert.ok(against({}));
  for (const changed of [{ function_hash: 'x' }, { change_hash: 'x' }, { runtime: 'v26' }, { rule: 'rule-b' }, { target_pct: 2 }])
    assert.ok(!against(changed), JSON.stringify(changed));
  assert.ok(!against({}, { verdict: 'certified' }));
  assert.ok(!against({}, { verdict: 'nondeterministic' }));
  assert.ok(!against({}, { estimate_pct: null }), 'never measured');
  assert.ok(against({ target_pct: 2 }, { verdict: 'refused' }));
  assert.ok(!against({ repository: 'other' }), 'another repository has other workloads');
  assert.ok(against({ repository: 'other' }, { verdict: 'behaviour_differs' }), 'behaviour differs everywhere');
  const recovered = [verdict(), verdict({ verdict: 'certified', at_ms: 2 })];
  assert.equal(verdictAgainst(idea, recovered), null, 'the newest verdict counts');
});
