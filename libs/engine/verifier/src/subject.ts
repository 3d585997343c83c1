import type { Candidate, TestOutcome, Toolchain } from '@codeoptima/contracts';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import type { Origin } from './guards/index.ts';

/** Runs the repository's tests on a copy of a tree, test by test. */
export type RunTests = (
  dir: string,
  options: { env?: Record<string, string>; signal: AbortSignal; detail: (line: string) => void },
) => Promise<{ outcomes: TestOutcome[]; outcome: string; log: string; wall_ms: number }>;

/** A command of the repository in the sandbox, such as its type check. */
export type RunCommand = (dir: string, command: string, signal: AbortSignal) => Promise<{ exit_code: number | null; output: string }>;

/** Everything the ladder needs to know about the change. The base is prepared (installed, built); the candidate is built by its rung. */
export interface Subject {
  base_dir: string;
  candidate_dir: string;
  /** Unified diff from base to candidate. */
  patch: string;
  candidate: Candidate;
  origin: Origin;
  toolchain: Toolchain;
  /** Ids of the tests that must pass. */
  gate: readonly string[];
  before: { total: number; passed: number };
  /** In the order of trust; the first that reaches the changed code best is the claim's, the others must not get slower. */
  workloads: readonly MeasuredWorkload[];
  /** Workload in which the changed function is hottest; null when unknown. */
  hottest_workload_id: string | null;
  /** How many of the other workloads are held against the claim; at least one where there is one. */
  other_workloads_max: number;
  target_pct: number;
  changed_lines_max: number;
  ignored: (path: string) => boolean;
  /** Changes of the static surface are allowed. */
  allow_surface: boolean;
  /** Differences outside the domain refuse as well. */
  strict: boolean;
  /** Time for the differential search in milliseconds a changed function. */
  search_budget_ms: number;
  /** Inputs the search tries at most; unlike the time, the same on every machine. */
  search_inputs_max?: number;
  /** Seed of every random choice of this verification. */
  seed: number;
  /** Stabilising flags of this host and runtime, as calibration chose them. */
  flags: readonly string[];
  unsafe_no_sandbox: boolean;
  run_tests: RunTests;
  run_command: RunCommand;
  /** Builds a tree in place; null when it succeeded, else its words. Called only where the repository has a build. */
  build: (dir: string, signal: AbortSignal) => Promise<string | null>;
  /** Makes a scratch copy of a tree; the caller removes it. */
  copy: (dir: string) => Promise<string>;
  /** Command that repeats the claim, shown in the report. */
  reproduce: string | null;
}
