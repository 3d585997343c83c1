import { z } from 'zod';
import { CandidateSubject } from './experience.ts';
import { ArtifactRef } from './refs.ts';

/** A proposed change. Nothing in it is believed before the verifier has judged it. */
export const Candidate = z.object({
  /** Hash of file, symbol and normalised syntax of the result. */
  id: z.string(),
  source: z.enum(['rule', 'model', 'person']),
  rule: z.string().nullable(),
  file: z.string(),
  symbol: z.string(),
  hotspot_id: z.string().nullable(),
  /** Workload in which the hot spot takes the largest share: the claim will be about it. */
  workload_id: z.string().nullable().optional(),
  /** Unified diff against the head it was proposed on (git apply -p1). */
  patch: ArtifactRef,
  changed_lines: z.number().int().max(60),
  /** `perf(scope): what`. */
  title: z.string(),
  /** What was slow and why, in sentences for a reviewer. */
  explanation: z.string(),
  /** What could go wrong with this kind of change. */
  risk: z.string(),
  /** safe: equal for every input; guarded: keeps the old path behind a check; assumes: needs the stated assumption. */
  safety: z.enum(['safe', 'guarded', 'assumes']),
  /** Absent when the function could not be cut out of its file. */
  subject: CandidateSubject.nullish(),
});
export type Candidate = z.infer<typeof Candidate>;

/** A change that was accepted earlier in the run and lies under everything that follows. */
export const AcceptedChange = z.object({ candidate: Candidate, estimate_pct: z.number(), provable_pct: z.number(), evidence: ArtifactRef });
export type AcceptedChange = z.infer<typeof AcceptedChange>;
