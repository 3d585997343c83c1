import { RunRequest } from '@codeoptima/contracts';

// Values that fit the contracts, for tests of everything that drives a run.

export const artifact = (digit: string): string => `sha256:${digit.repeat(64).slice(0, 64)}`;

export const request = (config: Record<string, unknown> = {}): RunRequest =>
  RunRequest.parse({ repository: '/srv/library', ref: null, config });

export const baselineReady = {
  outcome: 'ready',
  reason: 'built and tested',
  base_commit: 'a'.repeat(40),
  base_branch: 'main',
  notes: [],
  toolchain: null,
  prepared: artifact('1'),
  tests: null,
  log: null,
};

export const baselineFailed = { ...baselineReady, outcome: 'failed', reason: 'the build script exits with 1', prepared: null };

const hotspot = {
  id: 'h1',
  file: 'src/index.ts',
  symbol: 'merge',
  start_line: 1,
  end_line: 9,
  inclusive_share: 0.5,
  self_share: 0.4,
  calls: 3,
  growth: null,
  reached_by_tests: true,
  workload_id: 'w1',
  score: 1,
  reasons: ['half of the time'],
};

export const hotspotsFound = {
  workloads: [{ id: 'w1', name: 'merge', source: 'repository', module: artifact('2'), entry: null, weight: 1 }],
  hotspots: [hotspot],
  profile: null,
  notes: [],
};

export const candidate = (id: string): Record<string, unknown> => ({
  id,
  source: 'rule',
  rule: 'concat-in-loop',
  file: 'src/index.ts',
  symbol: 'merge',
  hotspot_id: 'h1',
  patch: artifact('3'),
  changed_lines: 4,
  title: 'perf(merge): push instead of concat',
  explanation: 'The list was copied for each entry.',
  risk: 'none known',
  safety: 'safe',
});

export const proposed = (...ids: string[]): Record<string, unknown> => ({ candidates: ids.map(candidate), skipped: [] });

export const judged = (verdict: string): Record<string, unknown> => ({
  verdict,
  reason: `it is ${verdict}`,
  checks: [{ name: 'tests', outcome: 'passed', detail: '', duration_ms: 12 }],
  estimate_pct: verdict === 'certified' ? 38 : verdict === 'not_proven' ? 2 : null,
  provable_pct: verdict === 'certified' ? 31 : null,
  evidence: artifact('4'),
});

export const reviewed = (branch: string | null): Record<string, unknown> => ({
  branch,
  commits: branch === null ? [] : [{ candidate_id: 'c1', commit: 'b'.repeat(40) }],
  report: { html: artifact('5'), markdown: artifact('6'), evidence: artifact('7') },
});
