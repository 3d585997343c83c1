import { z } from 'zod';
import { RunRequest } from '../run-request.ts';
import { ArtifactRef, CommitHash } from './refs.ts';

export const BaselinePayload = z.object({ run_id: z.string(), request: RunRequest });
export type BaselinePayload = z.infer<typeof BaselinePayload>;

/** How the repository is installed, built and tested; found once, used by every later stage. */
export const Toolchain = z.object({
  language: z.literal('node'),
  package_manager: z.object({ name: z.enum(['npm', 'pnpm', 'yarn']), version: z.string().nullable() }),
  /** Version of the Node that runs the repository's code. */
  runtime_version: z.string(),
  /** Folder of the chosen package, relative to the repository's root; '' is the root. */
  package_dir: z.string(),
  package_name: z.string().nullable(),
  module_format: z.enum(['esm', 'commonjs']),
  typescript: z.boolean(),
  build_script: z.string().nullable(),
  /** Shell command that type-checks, when the repository has one. */
  typecheck_command: z.string().nullable(),
  framework: z.enum(['node-test', 'vitest', 'jest', 'mocha', 'ava', 'tap', 'tape', 'command']),
  /** Shell command of the repository's tests. */
  test_command: z.string(),
});
export type Toolchain = z.infer<typeof Toolchain>;

export const TestOutcome = z.object({
  /** `file > suite > test`, unique within a run of the tests. */
  id: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
  duration_ms: z.number().nonnegative().nullable(),
  message: z.string().nullable(),
});
export type TestOutcome = z.infer<typeof TestOutcome>;

export const TestSummary = z.object({
  total: z.number().int(),
  passed: z.number().int(),
  /** Failed in every baseline run: named and taken out of the gate. */
  failing: z.array(z.string()),
  /** Differed between baseline runs: named and taken out of the gate. */
  flaky: z.array(z.string()),
  /** Ids that must pass after a change (JSON array in the object store). */
  gate: ArtifactRef,
  /** Outcome per test of each run (JSON array of arrays of TestOutcome in the object store). */
  outcomes: ArtifactRef,
  runs: z.number().int(),
  /** Median wall time of a run of the tests. */
  duration_ms: z.number(),
});
export type TestSummary = z.infer<typeof TestSummary>;

export const BaselineResult = z.object({
  outcome: z.enum(['ready', 'failed']),
  /** One sentence; for `failed` what was wrong, where, and what would be right. */
  reason: z.string(),
  base_commit: CommitHash,
  base_branch: z.string().nullable(),
  /** Things a person should know: dirty tree left alone, shallow clone, submodules, tests taken out of the gate. */
  notes: z.array(z.string()),
  /** Null only when `outcome` is `failed` before detection ended. */
  toolchain: Toolchain.nullable(),
  /** The checked-out, installed and built tree as tar.zst; null when failed. */
  prepared: ArtifactRef.nullable(),
  tests: TestSummary.nullable(),
  log: ArtifactRef.nullable(),
});
export type BaselineResult = z.infer<typeof BaselineResult>;
