export { quieterCore } from './affinity.ts';
export {
  calibrate,
  type CalibrateOptions,
  Calibration,
  calibrationKey,
  type CalibrationStore,
  chooseFlags,
  DEFAULT_FLAGS,
  FLAG_SETS,
  FlagSetNoise,
  WORTH_PCT,
} from './calibration.ts';
export { calibrationFolder } from './calibration-store.ts';
export { type CompareInput, comparePairs, type PairProgress } from './compare.ts';
export {
  compareAs,
  type ComparisonInput,
  comparePaired,
  type Confirmation,
  confirm,
  controlRow,
} from './comparisons.ts';
export { entryFor, resolveEntry } from './entry.ts';
export { type Certifiability, certifiability, type HostFacts, NOISE_LIMIT_PCT, probeHost } from './host.ts';
export { type InstructionInput, type InstructionWitness, instructionWitness } from './instructions.ts';
export { type AxisComparison, MEMORY_LIMIT_PCT } from './memory-axis.ts';
export { judgeNeutral, NEUTRAL_LIMIT_PCT, type NeutralRow, type NeutralVerdict, neutralWorkloads } from './neutral.ts';
export type { OutputCheck } from './output-check.ts';
export type { ArmFacts, MeasuredPair, Trees } from './pair.ts';
export { estimateDuration, prepare, type Prepared } from './prepare.ts';
export { isHopeful, type QuickTrial, quickTrial } from './quick-trial.ts';
export type { Decision, KeptLook, PairedResult, Role } from './result.ts';
export { DEFAULT_SETTINGS, type Sample, type SampleOutcome, type Sampler, type SampleSettings } from './sample.ts';
export { type FunctionShare, type TreeShares } from './profile/call-tree.ts';
export { profileFolder, ReachedFunctions, reachedFunctions } from './profile/profile-folder.ts';
export {
  type ProfiledFunction,
  type ProfileInput,
  type ProfileOutcome,
  profileWorkload,
  type WorkloadProfile,
} from './profile/profile-workload.ts';
export { type Place, SourceFiles } from './profile/source-files.ts';
export { functionAt, namedOwner, type SourceFunction, sourceFunctions } from './profile/source-functions.ts';
export { ProcessSampler, type SamplerOptions } from './sampler.ts';
export { type Growth, type SizeLadder, sizeClassLadder, sizeLadder } from './size-ladder.ts';
export { type Mode, type Statistic, statisticFor } from './statistic.ts';
export { repositoryUrl } from './layout.ts';
export { commandModule, type MeasuredWorkload, type RuntimeOptions } from './workload.ts';
