import { RunConfig } from '@codeoptima/config';
import { z } from 'zod';
import { BaselineResult } from './baseline.ts';
import { AcceptedChange, Candidate } from './candidate.ts';
import { Recollection } from './experience.ts';
import { HotspotsResult } from './hotspots.ts';

export const ProposePayload = z.object({
  run_id: z.string(),
  baseline: BaselineResult,
  hotspots: HotspotsResult,
  accepted: z.array(AcceptedChange),
  /** Candidate ids that were judged already: never proposed again. */
  tried: z.array(z.string()),
  /** P4: at most 5 patches. */
  limit: z.number().int().positive(),
  config: RunConfig,
  /** As in the request; absent in runs that were submitted before there was a memory. */
  repository: z.string().nullish(),
  /** What was recalled in the iteration before: used when the memory is down by now, and as examples for whoever writes changes. */
  memory: Recollection.nullish(),
});
export type ProposePayload = z.infer<typeof ProposePayload>;

export const ProposeResult = z.object({
  /** In the order they should be tried. Empty: nothing left to propose. */
  candidates: z.array(Candidate),
  /** Matches that did not become candidates, with the failed precondition. */
  skipped: z.array(z.object({ rule: z.string(), file: z.string(), symbol: z.string(), reason: z.string() })),
  memory: Recollection.optional(),
});
export type ProposeResult = z.infer<typeof ProposeResult>;
