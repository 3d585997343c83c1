import { z } from 'zod';
import { RunRequest } from '../run-request.ts';
import { BaselineResult } from './baseline.ts';
import { Recollection } from './experience.ts';
import { HotspotsResult } from './hotspots.ts';
import { CertifiedCandidate, JudgedCandidate } from './judged.ts';
import { ArtifactRef, CommitHash } from './refs.ts';

/** The reviewer writes the report also for a run that proved nothing; then `accepted` is empty and no branch is made. */
export const ReviewPayload = z.object({
  run_id: z.string(),
  request: RunRequest,
  baseline: BaselineResult,
  hotspots: HotspotsResult.nullable(),
  accepted: z.array(CertifiedCandidate),
  rejected: z.array(JudgedCandidate),
  cost: z.object({ usd: z.number(), ci_minutes: z.number() }),
  /** Date of the commits: the same in every attempt, so that every attempt makes the same commits. Null: the date of the attempt. */
  submitted_at_ms: z.number().nullable().default(null),
  /** What the memory gave, and sentences about when it did not answer. */
  memory: Recollection.nullish(),
  memory_notes: z.array(z.string()).nullish(),
});
export type ReviewPayload = z.infer<typeof ReviewPayload>;

export const ReviewResult = z.object({
  /** `codeoptima/<slug>` in the repository; null when nothing was accepted. */
  branch: z.string().nullable(),
  commits: z.array(z.object({ candidate_id: z.string(), commit: CommitHash })),
  report: z.object({ html: ArtifactRef, markdown: ArtifactRef, evidence: ArtifactRef }),
});
export type ReviewResult = z.infer<typeof ReviewResult>;

export const MergePayload = z.object({
  run_id: z.string(),
  request: RunRequest,
  branch: z.string(),
  base_branch: z.string().nullable(),
  base_commit: CommitHash,
});
export type MergePayload = z.infer<typeof MergePayload>;

export const MergeResult = z.object({ merged: z.boolean(), reason: z.string() });
export type MergeResult = z.infer<typeof MergeResult>;
