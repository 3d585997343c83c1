import type { Verdict } from '@codeoptima/contracts';
import { provedPercent } from '@codeoptima/evidence';
import type { RepositoryVerdict } from '@codeoptima/verifier';

/** Exit codes of `codeoptima verify`, one for each verdict. */
export const VERIFY_EXIT_CODES: Record<Verdict, number> = {
  certified: 0,
  not_proven: 20,
  nondeterministic: 20,
  behaviour_differs: 21,
  tests_regressed: 22,
  cannot_certify_here: 23,
  refused: 24,
};

const MARKS = { passed: '✓', failed: '✗', skipped: '-', warning: '!' } as const;

/** What `codeoptima verify --json` prints: the verdict, and what a caller would act on. */
export function verifyObject(verdict: RepositoryVerdict, files: { evidence: string; report: string }): object {
  const { evidence, checks, estimate_pct, provable_pct, reason, notes } = verdict;
  return {
    verdict: verdict.verdict,
    exit_code: VERIFY_EXIT_CODES[verdict.verdict],
    reason,
    estimate_pct,
    provable_pct,
    checks,
    difference: evidence.behaviour?.difference ?? null,
    regressed: evidence.tests?.regressed ?? [],
    findings: evidence.findings ?? [],
    notes,
    ...files,
  };
}

/** The same for people: each rung with its outcome, then the verdict and what to do with it. */
export function verifyText(verdict: RepositoryVerdict, files: { evidence: string; report: string }): string {
  const lines = verdict.checks.map(
    (check) => `  ${MARKS[check.outcome]} ${check.name.padEnd(18)} ${check.detail.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
  );
  const difference = verdict.evidence.behaviour?.difference;
  const shown = difference
    ? [
        '',
        `Smallest input found: ${difference.input}`,
        `  before: ${difference.base}`,
        `  after:  ${difference.candidate}`,
        ...(typeof difference['as_test'] === 'string' ? ['', 'As a test:', difference['as_test']] : []),
      ]
    : [];
  const regressed = (verdict.evidence.tests?.regressed ?? []).map((id) => `  now fails: ${id}`);
  const notes = verdict.notes.map((note) => `  note: ${note}`);
  const touchesJudges = verdict.verdict === 'refused' && verdict.reason.includes('forbidden-path');
  if (touchesJudges)
    notes.push('  note: --product-only judges the rest of the change, with tests, benchmarks and settings as the base has them');
  const head =
    verdict.verdict === 'certified'
      ? `Certified: at least ${provedPercent(verdict.provable_pct ?? 0)} faster (estimate ${(verdict.estimate_pct ?? 0).toFixed(0)} %).`
      : `Not certified (${verdict.verdict}): ${verdict.reason}`;
  return `${[...lines, timeLine(verdict.checks), ...notes, ...shown, ...regressed, '', head, `Evidence: ${files.evidence}`, `Report:   ${files.report}`].join('\n')}\n`;
}

/** The share of each rung in the time of the ladder, the slowest first; what took less than one in a hundred is left out. */
function timeLine(checks: RepositoryVerdict['checks']): string {
  const all = Math.max(
    1,
    checks.reduce((sum, check) => sum + check.duration_ms, 0),
  );
  const shares = checks
    .map(({ name, duration_ms }) => ({ name, percent: Math.round((100 * duration_ms) / all) }))
    .filter(({ percent }) => percent > 0)
    .sort((a, b) => b.percent - a.percent);
  return `  time ${(all / 1000).toFixed(0)} s: ${shares.map(({ name, percent }) => `${name} ${percent} %`).join(', ')}`;
}
