import { gainPctOfLogRatio, logRatio, median } from '@codeoptima/statistics';
import type { CandidateEvidence } from '../schema/candidate.ts';
import type { WorkloadMeasurement } from '../schema/measurement.ts';

/** What a table row says about one measured workload. */
export interface WorkloadFigures {
  measurement: WorkloadMeasurement;
  base_ns: number;
  candidate_ns: number;
  /** Old time / new time by the estimate; above 1 is faster. */
  ratio: number;
  /** 99 % interval of that ratio, lower first. */
  ratio_interval: [number, number] | null;
}

/** Old time / new time of a gain in percent of the old time. A gain of 50 % is a ratio of 2. */
export const ratioOfGain = (gain_pct: number): number => 1 / (1 - gain_pct / 100);

/** Figures of one workload; null when it has no pairs. Medians are over pairs. */
export function figuresOf(measurement: WorkloadMeasurement): WorkloadFigures | null {
  const { pairs } = measurement;
  if (pairs.length === 0) return null;
  const log_ratio = median(pairs.map(({ base_ns, candidate_ns }) => logRatio(base_ns, candidate_ns)));
  const gain_pct = measurement.estimate_pct ?? gainPctOfLogRatio(log_ratio);
  const interval = measurement.interval_pct;
  return {
    measurement,
    base_ns: median(pairs.map(({ base_ns }) => base_ns)),
    candidate_ns: median(pairs.map(({ candidate_ns }) => candidate_ns)),
    ratio: ratioOfGain(gain_pct),
    ratio_interval: interval === null ? null : [ratioOfGain(interval[0]), ratioOfGain(interval[1])],
  };
}

/** Rows of the table in reading order: the claim, its sizes, confirmation, what must not get slower, the control. */
const ROLE_ORDER = ['target', 'size_ladder', 'confirmation', 'neutral', 'control', 'quick_trial'];

export const allFigures = (evidence: CandidateEvidence): WorkloadFigures[] =>
  (evidence.measurement?.workloads ?? [])
    .flatMap((measurement) => figuresOf(measurement) ?? [])
    .sort((a, b) => ROLE_ORDER.indexOf(a.measurement.role) - ROLE_ORDER.indexOf(b.measurement.role) || sizeOf(a) - sizeOf(b));

const sizeOf = ({ measurement }: WorkloadFigures): number => measurement.size ?? 0;

/** The measurement that the claim rests on. */
export function targetOf(evidence: CandidateEvidence): WorkloadFigures | null {
  const targets = allFigures(evidence).filter(({ measurement }) => measurement.role === 'target');
  return targets.find(({ measurement }) => measurement.mode === 'stabilised') ?? targets[0] ?? null;
}

/** What the change gives without stabilising flags, measured on fresh pairs. */
export const productionOf = (evidence: CandidateEvidence): WorkloadFigures | null =>
  allFigures(evidence).find(({ measurement }) => measurement.role === 'confirmation' && measurement.mode === 'production') ??
  allFigures(evidence).find(({ measurement }) => measurement.mode === 'production') ??
  null;

export interface Gain {
  provable_pct: number | null;
  estimate_pct: number | null;
}

/** The gain that may be claimed: only a certified candidate has a provable one. */
export function gainOf(evidence: CandidateEvidence): Gain {
  const target = targetOf(evidence)?.measurement;
  return {
    provable_pct: evidence.verdict === 'certified' ? (target?.provable_pct ?? null) : null,
    estimate_pct: target?.estimate_pct ?? null,
  };
}
