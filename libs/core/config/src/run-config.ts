import { z } from 'zod';

const INSIDE_REPOSITORY = /^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/u;
const IDENTITY = /^[^<>\r\n]+$/u;

const workloadFields = {
  name: z.string().min(1).optional().meta({ description: "Name shown in the report; by default the file's name." }),
  entry: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Module handed to `setup`, relative to the repository's root; by default the package's entry." }),
  weight: z.number().positive().default(1).meta({ description: 'How much this workload counts when hot spots are ranked.' }),
};

/** A `[[workload]]` of codeoptima.toml: the file must lie inside the repository. */
const FileWorkload = z.strictObject({
  file: z.string().regex(INSIDE_REPOSITORY, 'a path inside the repository').meta({
    description: "Module that default-exports `setup(lib) -> {fn, check}`, relative to the repository's root.",
  }),
  ...workloadFields,
});

/** A workload of a run: from codeoptima.toml, or from `--workload FILE`. */
export const WorkloadConfig = z.strictObject({
  /** Relative to the repository's root; for `--workload` the absolute path it was read from (then `text` is set). */
  file: z.string().min(1),
  /** Source of the module, read by the client: `--workload` may name a file that the services cannot see. */
  text: z.string().min(1).max(1_048_576).optional(),
  /** A shell command, measured as a whole process at the repository's root; `file` then only names it. */
  command: z.string().min(1).max(4096).optional(),
  ...workloadFields,
});
export type WorkloadConfig = z.infer<typeof WorkloadConfig>;

const Limits = z.strictObject({
  max_iterations: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(5)
    .meta({ description: 'Rounds of proposals after which a run ends; a round ends with its first accepted change.' }),
  wall_clock_minutes: z.number().min(1).max(1440).default(120).meta({ description: 'Wall-clock limit of a run, in minutes.' }),
  build_minutes: z.number().min(1).max(120).default(30).meta({ description: 'Limit of install and build together, in minutes.' }),
  hotspots_minutes: z.number().min(1).max(60).default(3).meta({ description: 'Limit of the search for hot spots, in minutes.' }),
  test_minutes: z.number().min(0.05).max(60).default(10).meta({ description: "Limit of one pass of the repository's tests, in minutes." }),
  patches_per_iteration: z.number().int().min(1).max(20).default(5).meta({ description: 'Candidates proposed at a time.' }),
  misses_in_a_row: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(3)
    .meta({ description: 'Candidates without a proven gain, in a row, that end a run.' }),
});

const Budget = z.strictObject({
  repo_month_usd: z.number().nonnegative().default(10).meta({ description: 'Spending on models per repository and month, in US dollars.' }),
  run_usd: z.number().nonnegative().default(5).meta({ description: 'Spending on models in one run, in US dollars.' }),
  run_ci_minutes: z.number().positive().default(240).meta({ description: 'Minutes of build, test and measurement in one run.' }),
  max_concurrency: z.number().int().min(1).max(64).default(2).meta({ description: 'Runs of this repository at the same time.' }),
});

const Commit = z.strictObject({
  author_name: z
    .string()
    .regex(IDENTITY, 'a name on one line without < or >')
    .default('Code Optima')
    .meta({ description: 'Author of the commits on the proposed branch.' }),
  author_email: z
    .string()
    .regex(IDENTITY, 'an address on one line without < or >')
    .default('noreply@codeoptima.invalid')
    .meta({ description: 'Mail address of that author.' }),
});

const fields = {
  target_pct: z.number().min(1).max(90).default(5).meta({ description: 'A change counts when it is at least this many percent faster.' }),
  baseline: z.enum(['tolerant', 'strict']).default('tolerant').meta({
    description:
      'tolerant: failing and flaky tests are named and taken out of the gate. strict: all tests green within two retries, or the run ends.',
  }),
  package: z.string().min(1).optional().meta({ description: 'Workspace package to optimise, by name or folder; by default the root.' }),
  ignore: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: "Paths that are never changed, as glob patterns relative to the repository's root." }),
  limits: Limits.prefault({}).meta({ description: 'Where a run stops.' }),
  budget: Budget.prefault({}).meta({ description: 'What a run may cost.' }),
  commit: Commit.prefault({}).meta({ description: 'Who signs the proposed commits.' }),
  model_tier: z
    .enum(['none', 'local', 'economic', 'standard', 'high'])
    .default('none')
    .meta({ description: 'Which models may propose changes beside the rules; none works by rules alone.' }),
};

/** What may stand in codeoptima.toml. A repository must not switch off its own sandbox, so that stands only in RunConfig. */
export const FileConfig = z.strictObject({
  ...fields,
  workload: z.array(FileWorkload).default([]).meta({ description: 'What the code is measured on, best first.' }),
});
export type FileConfig = z.infer<typeof FileConfig>;

/** The configuration of one run, after flags, codeoptima.toml and defaults were merged. */
export const RunConfig = z.strictObject({
  ...fields,
  workload: z.array(WorkloadConfig).default([]).meta({ description: 'What the code is measured on, best first.' }),
  unsafe_no_sandbox: z
    .boolean()
    .default(false)
    .meta({ description: "Runs the repository's code without a sandbox. Only for code you trust." }),
});
export type RunConfig = z.infer<typeof RunConfig>;
