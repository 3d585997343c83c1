import { z } from 'zod';
import { ArtifactRef } from './refs.ts';
import { Verdict } from './verdict.ts';

/** The function that a candidate changes, so that whoever judges it can remember what was judged. */
export const CandidateSubject = z.object({
  language: z.enum(['js', 'ts', 'python', 'cpp']),
  symbol: z.string(),
  /** Text of the function before and after the change. */
  before: ArtifactRef,
  after: ArtifactRef,
  /** `normalisedHash` of both: layout and comments do not count. */
  function_hash: z.string(),
  change_hash: z.string(),
});
export type CandidateSubject = z.infer<typeof CandidateSubject>;

/** Something the memory knows about code that looks like a hot function. Texts are cut to what an example needs. */
export const Experience = z.object({
  memory_id: z.string(),
  /** A judged candidate, or a change that people of this organisation made for speed. */
  kind: z.enum(['verdict', 'pattern']),
  hotspot_id: z.string(),
  /** Cosine of the embeddings, 0 to 1. */
  likeness: z.number(),
  rule: z.string().nullable(),
  verdict: Verdict.nullable(),
  /** Percent of the old time that was saved, as proved; null when nothing was. */
  gain_pct: z.number().nullable(),
  /** Why it fell, or what the commit says. */
  reason: z.string(),
  repository: z.string(),
  /** Unix milliseconds. */
  at_ms: z.number(),
  before: z.string(),
  after: z.string(),
  /** Costly signs that the change took away; of mined changes. */
  removed: z.array(z.string()),
});
export type Experience = z.infer<typeof Experience>;

/** An idea that fell earlier on this very code and runtime. */
export const NotTriedAgain = z.object({
  rule: z.string(),
  file: z.string(),
  symbol: z.string(),
  verdict: Verdict,
  reason: z.string(),
  repository: z.string(),
  at_ms: z.number(),
});
export type NotTriedAgain = z.infer<typeof NotTriedAgain>;

/** What the memory did for a task. `absent`: the installation has none; `down`: it did not answer, and work went on without it. */
export const MemoryUse = z.object({
  state: z.enum(['used', 'absent', 'down']),
  /** One sentence for people; null when there is nothing to say. */
  note: z.string().nullable(),
});
export type MemoryUse = z.infer<typeof MemoryUse>;

export const Recollection = MemoryUse.extend({
  experiences: z.array(Experience),
  not_tried_again: z.array(NotTriedAgain),
});
export type Recollection = z.infer<typeof Recollection>;
