export { quieterCore } from './affinity.ts';
export { type CompareInput, comparePairs, type PairProgress } from './compare.ts';
export {
  type ComparisonInput,
  comparePaired,
  type Confirmation,
  confirm,
  controlRow,
  type QuickTrial,
  quickTrial,
  withSampler,
} from './comparisons.ts';
export { resolveEntry } from './entry.ts';
export { type AxisComparison, MEMORY_LIMIT_PCT } from './memory-axis.ts';
export type { OutputCheck } from './output-check.ts';
export type { ArmFacts, MeasuredPair, Trees } from './pair.ts';
export { estimateDuration, prepare, type Prepared } from './prepare.ts';
export type { Decision, KeptLook, PairedResult, Role } from './result.ts';
export { DEFAULT_SETTINGS, type Sample, type SampleOutcome, type Sampler, type SampleSettings } from './sample.ts';
export { ProcessSampler, type SamplerOptions } from './sampler.ts';
export { type Mode, type Statistic, statisticFor } from './statistic.ts';
export type { MeasuredWorkload, RuntimeOptions } from './workload.ts';
