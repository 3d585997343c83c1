export { betaQuantile, incompleteBeta, logGamma, studentT } from './beta.ts';
export { coefficientOfVariationPct, mean, median, medianAbsoluteDeviation, robustCvPct, standardDeviation } from './describe.ts';
export { gainPctOfLogRatio, logRatio, logRatioOfGainPct, ratioOfLog } from './gain.ts';
export { fitGrowth, type GrowthFit, type GrowthPoint, growthClass } from './growth.ts';
export { exactInterval, hodgesLehmann, type Interval, walshAverages } from './hodges-lehmann.ts';
export { holm } from './holm.ts';
export { Pcg32 } from './pcg32.ts';
export { clopperPearson, type Share } from './proportion.ts';
export { provableGainPct, provesAtLeast } from './provable-gain.ts';
export {
  DEFAULT_PLAN,
  endEarly,
  FAMILY_CONFIDENCE,
  INITIAL_SEQUENCE,
  isImproved,
  type Look,
  lookAt,
  observePair,
  type SequencePlan,
  type SequenceState,
  type StopReason,
  validatePlan,
} from './sequence.ts';
export {
  type Alternative,
  criticalValue,
  nullDistribution,
  PAIRS_MAX,
  signedRankTest,
  type SignedRankResult,
  type ZeroPolicy,
} from './signed-rank.ts';
