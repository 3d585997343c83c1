import { z } from 'zod';
import { BaselineResult } from './work/baseline.ts';
import { HotspotsResult } from './work/hotspots.ts';
import { JudgedCandidate } from './work/judged.ts';
import { ReviewResult } from './work/review.ts';
import { RunRequest } from './run-request.ts';

/** The part of a folded run that clients may read (GetRun.snapshot_json). */
export const RunSnapshot = z.object({
  run_id: z.string(),
  state: z.string(),
  terminal: z.boolean(),
  reason: z.string(),
  request: RunRequest,
  iteration: z.number().int(),
  submitted_at_ms: z.number(),
  deadline_ms: z.number().nullable(),
  cost: z.object({ usd: z.number(), ci_minutes: z.number() }),
  baseline: BaselineResult.nullable(),
  hotspots: HotspotsResult.nullable(),
  accepted: z.array(JudgedCandidate),
  rejected: z.array(JudgedCandidate),
  review: ReviewResult.nullable(),
  /** Sentences about what the memory did for the run; absent in runs that were submitted before there was one. */
  memory_notes: z.array(z.string()).nullish(),
});
export type RunSnapshot = z.infer<typeof RunSnapshot>;
