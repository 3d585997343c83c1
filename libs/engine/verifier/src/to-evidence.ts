import type { CandidateEvidenceInput, MeasurementEvidence } from '@codeoptima/evidence';
import type { PairedResult } from '@codeoptima/measurement';
import type { Ascent } from './ascent.ts';
import type { LadderResult } from './ladder.ts';

type WorkloadRow = MeasurementEvidence['workloads'][number];

/** A measurement as the evidence keeps it: all raw samples, and the raw facts beside the figures. */
function toRow(result: PairedResult): WorkloadRow {
  return { ...result, pairs: result.pairs.map((pair) => ({ ...pair })), looks: result.looks.map((look) => ({ ...look })) };
}

/** Everything a reader needs to believe or refute the verdict. */
export function toEvidence(ascent: Ascent, ladder: LadderResult): CandidateEvidenceInput {
  const { subject, claim } = ascent;
  const memory = (claim?.memory ?? [])
    .filter((axis) => axis.unit === 'bytes')
    .map((axis) => ({
      workload_id: claim?.id ?? '',
      metric: axis.metric,
      base_bytes: Math.max(0, axis.base),
      candidate_bytes: Math.max(0, axis.candidate),
    }));
  return {
    candidate: subject.candidate,
    verdict: ladder.verdict,
    reason: ladder.reason,
    checks: ladder.checks,
    patch: subject.patch,
    measurement:
      ascent.measurements.length === 0
        ? null
        : { workloads: ascent.measurements.map(toRow), callgrind: ascent.callgrind, memory, growth: ascent.growth },
    behaviour: ascent.behaviour,
    tests: ascent.tests,
    seeds: { verification: subject.seed },
    flags: { stabilised: [...subject.flags], production: [] },
    durations_ms: Object.fromEntries(ladder.checks.map((check) => [check.name, check.duration_ms])),
    reproduce: subject.reproduce,
    findings: ascent.findings.map((finding) => ({ ...finding })),
    surface: ascent.surface,
    not_covered: ascent.not_covered,
    target_pct: subject.target_pct,
  };
}
