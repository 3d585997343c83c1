import { RunConfig } from '@codeoptima/config';
import { z } from 'zod';
import { BaselineResult } from './baseline.ts';
import { AcceptedChange, Candidate } from './candidate.ts';
import { MemoryUse } from './experience.ts';
import { Workload } from './hotspots.ts';
import { ArtifactRef } from './refs.ts';
import { Verdict } from './verdict.ts';

export const VerifyPayload = z.object({
  run_id: z.string(),
  baseline: BaselineResult,
  workloads: z.array(Workload),
  accepted: z.array(AcceptedChange),
  candidate: Candidate,
  config: RunConfig,
  /** As in the request; absent in runs that were submitted before there was a memory. */
  repository: z.string().nullish(),
});
export type VerifyPayload = z.infer<typeof VerifyPayload>;

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
  /** Whether the verdict is remembered. */
  memory: MemoryUse.optional(),
});
export type VerifyResult = z.infer<typeof VerifyResult>;
