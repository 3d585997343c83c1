import { z } from 'zod';

/**
 * One pair: a fresh process of each arm, run one after the other. Times are nanoseconds per operation. `*_ns` is the figure that is
 * compared (the protocol's minimum or median of the batches); `*_raw` holds every batch.
 */
export const PairSample = z.looseObject({
  order: z.enum(['base_first', 'candidate_first']),
  base_ns: z.number().positive(),
  candidate_ns: z.number().positive(),
  base_raw: z.array(z.number()),
  candidate_raw: z.array(z.number()),
  /** Whether both arms gave the same `check` value. */
  check_equal: z.boolean(),
});
export type PairSample = z.infer<typeof PairSample>;

/** One look of the sequential design: after `pairs` pairs, one-sided p of "faster" against the alpha of this look. */
export const SequentialLook = z.looseObject({
  pairs: z.number().int().positive(),
  p_value: z.number().min(0).max(1),
  alpha: z.number().min(0).max(1).nullable().default(null),
  rejected: z.boolean().nullable().default(null),
});
export type SequentialLook = z.infer<typeof SequentialLook>;

/**
 * What a measured workload is for. target: the claim; neutral: another workload that must not get slower; control: identical code in
 * both arms; confirmation: fresh pairs after certification; size_ladder: the target at another size; quick_trial: the cheap first look.
 */
export const WorkloadRole = z.enum(['target', 'neutral', 'control', 'confirmation', 'size_ladder', 'quick_trial']);
export type WorkloadRole = z.infer<typeof WorkloadRole>;

/** stabilised: with the runtime flags that calibration chose, CPU time; production: no flags, wall time. */
export const MeasurementMode = z.enum(['stabilised', 'production']);
export type MeasurementMode = z.infer<typeof MeasurementMode>;

/** Paired measurement of one workload. Percentages are gains, positive is faster, negative slower, on the scale of `VerifyResult.estimate_pct`. */
export const WorkloadMeasurement = z.looseObject({
  id: z.string(),
  name: z.string(),
  source: z.enum(['user', 'repository', 'captured', 'generated']),
  /** Size of the input, in the workload's own unit. */
  size: z.number().positive().nullable().default(null),
  role: WorkloadRole,
  mode: MeasurementMode,
  pairs: z.array(PairSample),
  estimate_pct: z.number().nullable(),
  /** 99 % interval of the gain. */
  interval_pct: z.tuple([z.number(), z.number()]).nullable(),
  provable_pct: z.number().nullable(),
  /** One-sided exact p of the hypothesis this role tests. */
  p_value: z.number().min(0).max(1).nullable(),
  looks: z.array(SequentialLook).default([]),
});
export type WorkloadMeasurement = z.infer<typeof WorkloadMeasurement>;

/** Second witness: instructions per operation. */
export const InstructionCount = z.looseObject({
  workload_id: z.string(),
  base_per_op: z.number().nonnegative(),
  candidate_per_op: z.number().nonnegative(),
  /** Whether its sign agrees with the measured time. */
  agrees: z.boolean().nullable().default(null),
});
export type InstructionCount = z.infer<typeof InstructionCount>;

export const MemoryComparison = z.looseObject({
  workload_id: z.string(),
  /** What was compared, such as `peak resident set` or `allocated per operation`. */
  metric: z.string(),
  base_bytes: z.number().nonnegative(),
  candidate_bytes: z.number().nonnegative(),
});
export type MemoryComparison = z.infer<typeof MemoryComparison>;

/** Exponent of time over size (1 linear, 2 quadratic), fitted over the size ladder. */
export const GrowthComparison = z.looseObject({
  base_exponent: z.number(),
  candidate_exponent: z.number(),
  /** Such as `quadratic → linear`. */
  text: z.string().nullable().default(null),
  /** What the sizes of recorded calls say about the sizes that got faster. */
  sizes: z.string().nullable().default(null),
});
export type GrowthComparison = z.infer<typeof GrowthComparison>;

export const MeasurementEvidence = z.looseObject({
  workloads: z.array(WorkloadMeasurement),
  callgrind: z.array(InstructionCount).default([]),
  memory: z.array(MemoryComparison).default([]),
  growth: GrowthComparison.nullable().default(null),
});
export type MeasurementEvidence = z.infer<typeof MeasurementEvidence>;
