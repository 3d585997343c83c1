import type { WorkloadSource } from '@codeoptima/contracts';
import type { Look, SequencePlan, StopReason } from '@codeoptima/statistics';
import type { AxisComparison } from './memory-axis.ts';
import type { OutputCheck } from './output-check.ts';
import type { MeasuredPair } from './pair.ts';
import type { Mode, Statistic } from './statistic.ts';

export type Role = 'target' | 'neutral' | 'control' | 'confirmation' | 'size_ladder' | 'quick_trial';

/**
 * improved: the sequential test rejected "not faster" and the median gain reached half the target; output_differs: the check value is
 * not the base's, or the candidate fails where the base runs; unstable_output: the base differs from itself; tampered: the candidate
 * replaced timers or built-ins, or wrote to the answer. `claimed` says whether "at least the target" was proved as well.
 */
export type Decision = 'improved' | 'not_proven' | 'output_differs' | 'unstable_output' | 'tampered';

/** One look as it is kept in the evidence. */
export interface KeptLook extends Look {
  p_value: number;
  alpha: number;
  rejected: boolean;
}

/** Everything about a paired measurement of one workload; fits `WorkloadMeasurement` of the evidence. */
export interface PairedResult {
  id: string;
  name: string;
  source: WorkloadSource;
  size: number | null;
  role: Role;
  mode: Mode;
  decision: Decision;
  /** "at least target_pct" was proved. */
  claimed: boolean;
  /** One sentence. */
  reason: string;
  pairs: MeasuredPair[];
  looks: KeptLook[];
  stopped: StopReason | null;
  /** Hodges-Lehmann estimate in percent of the old time saved; null with fewer than two pairs. */
  estimate_pct: number | null;
  median_pct: number | null;
  /** 99 % over all looks together. */
  interval_pct: [number, number] | null;
  /** Minimum provable gain: the best bound over the looks, each at its own alpha, so that all hold together. */
  provable_pct: number | null;
  p_value: number | null;
  /** Process-to-process noise of the base in percent. */
  noise_cv_pct: number | null;
  /** Time in milliseconds that processes stood still or were not started, since the core was slower than usual. */
  waited_ms: number;
  output: OutputCheck;
  memory: AxisComparison[];
  startup: AxisComparison[];
  plan: SequencePlan;
  statistic: Statistic;
  flags: string[];
  seed: number;
  cpu: number | null;
  iterations: number;
  batches: number;
  operation_ns: number;
  duration_ms: number;
}
