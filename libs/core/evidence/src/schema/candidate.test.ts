import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CandidateEvidence, type CandidateEvidenceInput } from './candidate.ts';

const written: CandidateEvidenceInput = {
  candidate: {
    id: 'c1',
    source: 'rule',
    rule: 'some-rule',
    file: 'src/a.ts',
    symbol: 'f',
    hotspot_id: null,
    patch: `sha256:${'0'.repeat(64)}`,
    changed_lines: 2,
    title: 'perf(a): f',
    explanation: 'e',
    risk: 'r',
    safety: 'safe',
  },
  verdict: 'not_proven',
  reason: 'no gain in 30 pairs',
  checks: [],
  patch: '',
  measurement: {
    workloads: [
      {
        id: 'w',
        name: 'w',
        source: 'captured',
        role: 'target',
        mode: 'stabilised',
        pairs: [{ order: 'base_first', base_ns: 2, candidate_ns: 1, base_raw: [2], candidate_raw: [1], check_equal: true }],
        estimate_pct: 50,
        interval_pct: [40, 60],
        provable_pct: null,
        p_value: 0.5,
        steal_pct: 3,
      },
    ],
  },
  behaviour: null,
  tests: null,
};

test('defaults are filled in and a writer may add keys of its own', () => {
  const read = CandidateEvidence.parse(written);
  assert.deepEqual(read.seeds, {});
  assert.equal(read.reproduce, null);
  assert.equal(read.measurement?.workloads[0]?.size, null);
  assert.equal(read.measurement?.workloads[0]?.['steal_pct'], 3);
});

test('a pair without a positive time is refused', () => {
  const bad = structuredClone(written);
  const pair = bad.measurement?.workloads[0]?.pairs[0];
  assert.ok(pair);
  pair.base_ns = 0;
  assert.equal(CandidateEvidence.safeParse(bad).success, false);
});
