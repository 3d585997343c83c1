import { z } from 'zod';

/** P10: what every step tells while it runs. `progress` is live only; the other two are stored with the run. */
export const ProgressEvent = z.object({
  task: z.string(),
  detail: z.string(),
  fraction: z.number(),
  item_id: z.string(),
  epoch: z.number(),
});
export type ProgressEvent = z.infer<typeof ProgressEvent>;

export const CostEvent = z.object({
  task: z.string(),
  usd: z.number(),
  ci_minutes: z.number(),
  total_usd: z.number(),
  total_ci_minutes: z.number(),
});
export type CostEvent = z.infer<typeof CostEvent>;

export const DeltaPerfEvent = z.object({
  candidate_id: z.string(),
  verdict: z.string(),
  estimate_pct: z.number().nullable(),
  provable_pct: z.number().nullable(),
});
export type DeltaPerfEvent = z.infer<typeof DeltaPerfEvent>;
