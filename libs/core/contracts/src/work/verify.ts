import { RunConfig } from '@codeoptima/config';
import { z } from 'zod';
import { BaselineResult } from './baseline.ts';
import { AcceptedChange, Candidate } from './candidate.ts';
import { Workload } from './hotspots.ts';
import { ArtifactRef } from './refs.ts';

export const VerifyPayload = z.object({
  run_id: z.string(),
  baseline: BaselineResult,
  workloads: z.array(Workload),
  accepted: z.array(AcceptedChange),
  candidate: Candidate,
  config: RunConfig,
});
export type VerifyPayload = z.infer<typeof VerifyPayload>;

export const Verdict = z.enum([
  'certified',
  'not_proven',
  'behaviour_differs',
  'tests_regressed',
  'refused',
  'cannot_certify_here',
  'nondeterministic',
]);
export type Verdict = z.infer<typeof Verdict>;

/** One rung of the ladder. */
export const Check = z.object({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'skipped', 'warning']),
  detail: z.string(),
  duration_ms: z.number(),
});
export type Check = z.infer<typeof Check>;

export const VerifyResult = z.object({
  verdict: Verdict,
  /** One sentence: why. */
  reason: z.string(),
  checks: z.array(Check),
  /** Faster by this many percent of the old time, median estimate; null when not measured. */
  estimate_pct: z.number().nullable(),
  /** Minimum provable gain in percent; null unless certified. */
  provable_pct: z.number().nullable(),
  /** `CandidateEvidence` of @codeoptima/evidence as JSON. */
  evidence: ArtifactRef,
});
export type VerifyResult = z.infer<typeof VerifyResult>;
