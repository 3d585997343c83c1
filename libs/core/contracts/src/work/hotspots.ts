import { RunConfig } from '@codeoptima/config';
import { z } from 'zod';
import { BaselineResult } from './baseline.ts';
import { ArtifactRef } from './refs.ts';

export const HotspotsPayload = z.object({ run_id: z.string(), baseline: BaselineResult, config: RunConfig });
export type HotspotsPayload = z.infer<typeof HotspotsPayload>;

/** Where a workload came from, best first. A claim names it; a generated-only win is never certified. */
export const WorkloadSource = z.enum(['user', 'repository', 'captured', 'generated']);
export type WorkloadSource = z.infer<typeof WorkloadSource>;

/**
 * One workload: a module that default-exports `setup(lib) -> {fn, check}` (maybe async). `fn` is one operation,
 * `check` a value, or a function giving one, that must be equal before and after.
 */
export const Workload = z.object({
  id: z.string(),
  name: z.string(),
  source: WorkloadSource,
  /** Source text of the workload module. */
  module: ArtifactRef,
  /** Where the module lies in the repository, so that its relative imports work; absent for a module of its own. */
  path: z.string().nullish(),
  /** Module that is passed to `setup`, relative to the repository's root; null passes the package's entry. */
  entry: z.string().nullable(),
  /** A shell command that is measured as a whole process; `module` then runs it too, for those who only want it run. */
  command: z.string().optional(),
  /** Relative weight in the ranking, above 0. */
  weight: z.number().positive(),
});
export type Workload = z.infer<typeof Workload>;

export const HotSpot = z.object({
  id: z.string(),
  /** Relative to the repository's root, source-mapped to the repository's own source. */
  file: z.string(),
  symbol: z.string(),
  /** 1-based, inclusive. */
  start_line: z.number().int(),
  end_line: z.number().int(),
  /** Shares of profile samples, 0 to 1, the largest over the workloads. */
  inclusive_share: z.number(),
  self_share: z.number(),
  /** Calls per operation of the workload; null when not counted. */
  calls: z.number().nullable(),
  /** Ratio of its time per operation at twice the size to that at the size; null when no sizes were compared. */
  growth: z.number().nullable(),
  reached_by_tests: z.boolean().nullable(),
  /** Workload in which it is hottest. */
  workload_id: z.string(),
  /** What an optimal change could give: higher first. */
  score: z.number(),
  reasons: z.array(z.string()),
});
export type HotSpot = z.infer<typeof HotSpot>;

export const HotspotsResult = z.object({
  workloads: z.array(Workload),
  /** At most 50, ranked. */
  hotspots: z.array(HotSpot).max(50),
  profile: ArtifactRef.nullable(),
  notes: z.array(z.string()),
});
export type HotspotsResult = z.infer<typeof HotspotsResult>;
