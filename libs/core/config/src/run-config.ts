import { z } from 'zod';

/** A `[[workload]]` of codeoptima.toml, or `--workload FILE`. */
export const WorkloadConfig = z.strictObject({
  name: z.string().min(1).optional(),
  /** Module that default-exports `setup(lib) -> {fn, check}`, relative to the repository's root. */
  file: z.string().min(1),
  /** Module handed to `setup`, relative to the repository's root; by default the package's entry. */
  entry: z.string().min(1).optional(),
  weight: z.number().positive().default(1),
});
export type WorkloadConfig = z.infer<typeof WorkloadConfig>;

/** The configuration of one run, after flags, codeoptima.toml and defaults were merged. */
export const RunConfig = z.strictObject({
  /** A change counts when it is at least this many percent faster. */
  target_pct: z.number().min(1).max(90).default(5),
  /** tolerant: failing and flaky tests are named and taken out of the gate; strict: all green within two retries. */
  baseline: z.enum(['tolerant', 'strict']).default('tolerant'),
  /** Workspace package to optimise, by name or folder. */
  package: z.string().min(1).optional(),
  ignore: z.array(z.string()).default([]),
  workload: z.array(WorkloadConfig).default([]),
  limits: z
    .strictObject({
      max_iterations: z.number().int().min(1).max(50).default(5),
      wall_clock_minutes: z.number().min(1).max(1440).default(120),
      build_minutes: z.number().min(1).max(120).default(30),
      hotspots_minutes: z.number().min(1).max(60).default(3),
      test_minutes: z.number().min(1).max(60).default(10),
      patches_per_iteration: z.number().int().min(1).max(20).default(5),
      misses_in_a_row: z.number().int().min(1).max(50).default(3),
    })
    .prefault({}),
  budget: z
    .strictObject({
      /** Spending on models per repository and month, in US dollars. */
      repo_month_usd: z.number().nonnegative().default(10),
      run_usd: z.number().nonnegative().default(5),
      run_ci_minutes: z.number().positive().default(240),
      max_concurrency: z.number().int().min(1).max(64).default(2),
    })
    .prefault({}),
  model_tier: z.enum(['none', 'local', 'economic', 'standard', 'high']).default('none'),
  /** Runs the repository's code without a sandbox. Only for code you trust. */
  unsafe_no_sandbox: z.boolean().default(false),
});
export type RunConfig = z.infer<typeof RunConfig>;
