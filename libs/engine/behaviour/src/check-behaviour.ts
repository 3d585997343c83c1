import { captureCalls, type Captured, type RunCallback } from './capture/capture-calls.ts';
import { changedFunctions } from './instrument/changed-functions.ts';
import { newFields } from './instrument/new-fields.ts';
import { Judge } from './judge.ts';
import { prepareSide } from './replay/side.ts';
import type { ReplayContext } from './replay/run-side.ts';
import type { Session } from './runtime/graph.ts';
import type { Treatment } from './replay/treatments.ts';

export interface CheckRequest {
  base_dir: string;
  candidate_dir: string;
  toolchain?: unknown;
  /** Files the change touches, relative to the root. */
  changed_files: string[];
  captured?: Captured;
  run_tests: RunCallback;
  workloads?: RunCallback[];
  rebuild?: RunCallback;
  seed: number;
  /** Bound on the search, all functions together. */
  budget_ms: number;
  /** Bound on the replay of what was seen; what it leaves out is told as not covered. */
  replay_ms?: number;
  /** Bound on the inputs the search tries, checked after each round; unlike the time, the same on every machine. */
  inputs_max?: number;
  /** Differences outside the domain refuse too. */
  strict?: boolean;
  /** How long one session may run before its process is ended. */
  hang_ms?: number;
  unsafe_no_sandbox?: boolean;
  signal?: AbortSignal;
  progress?(message: string): void;
  /** Receives the inputs the search kept because they reached something new; `oracleStrength` takes them. */
  on_kept?(sessions: Session[]): void;
}

export interface BehaviourDifference {
  /** `file: path of names`. */
  function: string;
  level: Session['level'];
  treatment: Treatment;
  /** The steps as JavaScript. */
  input: string;
  base_outcome: string;
  candidate_outcome: string;
  in_domain: boolean;
  /** Only the package calls the function, and what calls it from outside gave the same. */
  inside: boolean;
  /** Whether the input was seen in tests or workloads, or made by the search. */
  origin: 'seen' | 'searched';
  /** Source of a node:test file that passes on the base and fails on the candidate. */
  as_test: string;
}

export interface FunctionReport {
  symbol: string;
  file: string;
  calls_seen: number;
  sessions_kept: number;
  /** Of those, how many ran on the base to an end that could be compared. */
  sessions_replayed: number;
  /** Share of the kept and lost sessions that could be carried, 0 to 1. */
  carried_share: number;
  not_carried: Record<string, number>;
  /** Calls by power of two of the largest argument: bucket 0 is empty, k is [2^(k-1), 2^k). */
  sizes: Record<string, number>;
}

export interface BehaviourReport {
  verdict: 'same' | 'differs' | 'nondeterministic';
  difference: BehaviourDifference | null;
  /** Differences outside the domain, or inside the representation of instances. */
  warnings: BehaviourDifference[];
  functions: FunctionReport[];
  searched: { inputs: number; seconds: number; seed: number };
  /** Sessions no proposer has seen, and how many of them ran on the base to an end that could be compared. */
  sealed: { sessions: number; replayed: number };
  /** Changed functions no session reached, or sessions the harness could not run or had no time for, with the reason. */
  uncovered: string[];
  spent_ms: { replay: number; search: number };
}

/** Compares how two versions of a repository behave: what was seen under four treatments, then a search around it. */
export async function checkBehaviour(request: CheckRequest): Promise<BehaviourReport> {
  const changed = changedFunctions(request.base_dir, request.candidate_dir, request.changed_files);
  const captured =
    request.captured ??
    (await captureCalls({
      dir: request.base_dir,
      changed,
      runTests: request.run_tests,
      ...(request.workloads ? { workloads: request.workloads } : {}),
      ...(request.rebuild ? { rebuild: request.rebuild } : {}),
      seed: request.seed,
      ...(request.signal ? { signal: request.signal } : {}),
    }));
  const files = [...new Set(captured.manifest.functions.map((meta) => meta.file))];
  const base = prepareSide('base', request.base_dir, captured.manifest, files);
  const candidate = prepareSide('candidate', request.candidate_dir, captured.manifest, files);
  const context: ReplayContext = {
    manifest: {
      ...captured.manifest,
      internal_names: [...captured.manifest.internal_names, ...newFields(request.base_dir, request.candidate_dir, request.changed_files)],
    },
    seed: request.seed,
    hang_ms: request.hang_ms ?? 5000,
    unsafe_no_sandbox: request.unsafe_no_sandbox ?? false,
    signal: request.signal,
  };
  try {
    return await new Judge(captured, base, candidate, context, request).judge();
  } finally {
    await Promise.all([base.close(), candidate.close()]);
  }
}
