import { plural, type JudgedCandidate, type RunSnapshot } from '@codeoptima/contracts';
import { provedPercent } from '@codeoptima/evidence';
import { percent } from '../text.ts';
import { stageName } from './view.ts';

/** What happened between two looks at a run, as lines that stay on the screen. */
export function milestones(before: RunSnapshot | null, after: RunSnapshot): string[] {
  const lines: string[] = [];
  if (after.baseline !== null && before?.baseline == null) lines.push(...baselineLines(after.baseline));
  if (after.hotspots !== null && before?.hotspots == null) lines.push(...hotspotLines(after.hotspots));
  for (const judged of fresh(before?.rejected, after.rejected)) lines.push(rejectedLine(judged));
  for (const judged of fresh(before?.accepted, after.accepted)) lines.push(acceptedLine(judged));
  if (after.state !== before?.state && !after.terminal) lines.push(`stage: ${stageName(after.state)}`);
  return lines;
}

function baselineLines(baseline: NonNullable<RunSnapshot['baseline']>): string[] {
  if (baseline.outcome === 'failed') return [`✗ baseline: ${baseline.reason}`];
  const { tests } = baseline;
  const gate = tests === null ? 'no tests' : `${tests.passed} of ${plural(tests.total, 'test')} ${tests.total === 1 ? 'passes' : 'pass'}`;
  const out = tests === null ? 0 : tests.failing.length + tests.flaky.length;
  const taken = out === 0 ? '' : `, ${out} failing or flaky taken out of the gate`;
  return [`✓ baseline: ${gate}${taken}`, ...baseline.notes.map((note) => `  note: ${note}`)];
}

function hotspotLines(hotspots: NonNullable<RunSnapshot['hotspots']>): string[] {
  const top = hotspots.hotspots[0];
  const hottest = top ? `, first ${top.symbol} in ${top.file} (${percent(top.inclusive_share * 100)} of the profile)` : '';
  return [`✓ hot spots: ${hotspots.hotspots.length} over ${plural(hotspots.workloads.length, 'workload')}${hottest}`];
}

const where = ({ candidate }: JudgedCandidate): string =>
  `${candidate.rule ?? candidate.source} in ${candidate.symbol} (${candidate.file})`;

const rejectedLine = (judged: JudgedCandidate): string =>
  `✗ ${where(judged)}: ${judged.result.verdict.replaceAll('_', ' ')}, ${judged.result.reason}`;

function acceptedLine(judged: JudgedCandidate): string {
  const { provable_pct, estimate_pct } = judged.result;
  const gain = provable_pct === null ? '' : `at least ${provedPercent(provable_pct)} faster`;
  const estimate = estimate_pct === null ? '' : ` (estimate ${percent(estimate_pct)})`;
  return `✓ ${where(judged)}: ${gain}${estimate}`;
}

function fresh(before: readonly JudgedCandidate[] | undefined, after: readonly JudgedCandidate[]): JudgedCandidate[] {
  const seen = new Set(before?.map(({ candidate }) => candidate.id));
  return after.filter(({ candidate }) => !seen.has(candidate.id));
}
