import { z } from 'zod';

/** Last stdout line of `codeoptima run --json`. */
export const RunOutput = z.object({
  run_id: z.string(),
  state: z.string(),
  reason: z.string(),
  branch: z.string().nullable(),
  base_commit: z.string().nullable(),
  changes: z.array(
    z.object({
      commit: z.string(),
      source: z.enum(['rule', 'model', 'person']),
      rule: z.string().nullable(),
      file: z.string(),
      symbol: z.string(),
      estimate_pct: z.number(),
      provable_pct: z.number(),
    }),
  ),
  report: z.object({ html: z.string(), markdown: z.string(), evidence: z.string() }).nullable(),
  cost: z.object({ usd: z.number(), ci_minutes: z.number() }),
  duration_s: z.number(),
});
export type RunOutput = z.infer<typeof RunOutput>;
