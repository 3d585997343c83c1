import { captureCalls, type Captured, type RunCallback } from './capture/capture-calls.ts';
import { changedFunctions } from './instrument/changed-functions.ts';
import { newFields } from './instrument/new-fields.ts';
import type { Comparison, SessionDifference } from './replay/compare.ts';
import { type ReplayContext, resultKey } from './replay/run-side.ts';
import { prepareSide, type Side } from './replay/side.ts';
import { explain, type Treatment, TREATMENTS, underTreatments } from './replay/treatments.ts';
import type { FunctionMeta } from './runtime/graph.ts';
import { asTest } from './report/as-test.ts';
import { outcomeText, sessionText } from './report/readable.ts';

const WARNINGS_MAX = 10;

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
  /** Bound on replay and search together. */
  budget_ms: number;
  /** Differences outside the domain refuse too. */
  strict?: boolean;
  hang_ms?: number;
  unsafe_no_sandbox?: boolean;
  signal?: AbortSignal;
  progress?(message: string): void;
}

export interface BehaviourDifference {
  function: string;
  level: 'function' | 'entry';
  treatment: Treatment;
  input: string;
  base_outcome: string;
  candidate_outcome: string;
  in_domain: boolean;
  as_test: string;
}

export interface FunctionReport {
  symbol: string;
  file: string;
  calls_seen: number;
  sessions_kept: number;
  /** Share of the kept and lost sessions that could be carried, 0 to 1. */
  carried_share: number;
  not_carried: Record<string, number>;
  sizes: Record<string, number>;
}

export interface BehaviourReport {
  verdict: 'same' | 'differs' | 'nondeterministic';
  difference: BehaviourDifference | null;
  warnings: BehaviourDifference[];
  functions: FunctionReport[];
  searched: { inputs: number; seconds: number; seed: number };
  uncovered: string[];
}

/** Compares how two versions behave: what was seen under four treatments. */
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
    return await judge(request, captured, base, candidate, context);
  } finally {
    base.close();
    candidate.close();
  }
}

async function judge(
  request: CheckRequest,
  captured: Captured,
  base: Side,
  candidate: Side,
  context: ReplayContext,
): Promise<BehaviourReport> {
  const report: BehaviourReport = {
    verdict: 'same',
    difference: null,
    warnings: [],
    functions: captured.functions.map(summary),
    searched: { inputs: 0, seconds: 0, seed: request.seed },
    uncovered: captured.functions
      .filter((item) => item.sessions_kept === 0)
      .map((item) => `${item.meta.file}: ${item.meta.symbol}${reasons(item.not_carried)}`),
  };
  request.progress?.(`replay of ${captured.sessions.length} sessions under ${TREATMENTS.length} treatments`);
  const outcome = await underTreatments(captured.sessions, TREATMENTS, base, candidate, context);
  if (outcome.nondeterministic.size > 0) report.verdict = 'nondeterministic';
  for (const difference of outcome.comparison.differences) {
    const inDomain = difference.strength === 'public' && !difference.engine_error && !isInside(difference, outcome.comparison, captured);
    if (!inDomain && request.strict !== true && report.warnings.length >= WARNINGS_MAX) continue;
    const told = await describe(difference, inDomain, base, candidate, context);
    if (inDomain || request.strict === true) return { ...report, verdict: 'differs', difference: told };
    report.warnings.push(told);
  }
  return report;
}

/**
 * A helper nobody outside can call may change what it hands to its callers, as long as the entries through which it ran behave the same:
 * they were compared too, and a difference that shows there is found there.
 */
function isInside(difference: SessionDifference, comparison: Comparison, captured: Captured): boolean {
  if (difference.session.level !== 'function') return false;
  const [target] = difference.session.targets;
  const meta = captured.manifest.functions[target ?? 0];
  if (target === undefined || !meta || isReachable(meta)) return false;
  return captured.sessions.some(
    (session) =>
      session.level === 'entry' &&
      session.targets.includes(target) &&
      [...comparison.compared].some((key) => key.endsWith(`:${session.key}`)),
  );
}

const isReachable = (meta: FunctionMeta): boolean =>
  meta.exported !== null || (meta.expression !== null && /^(?:module\.)?exports\b/.test(meta.expression));

async function describe(
  difference: SessionDifference,
  in_domain: boolean,
  base: Side,
  candidate: Side,
  context: ReplayContext,
): Promise<BehaviourDifference> {
  const { session, treatment } = difference;
  const key = resultKey(treatment, session.key);
  const seen = await explain(difference, base, candidate, context);
  const [left, right] = [seen.base.results.get(key), seen.candidate.results.get(key)];
  const step = Math.max(0, left?.digests.findIndex((digest, index) => digest.public !== right?.digests[index]?.public) ?? 0);
  const { functions } = context.manifest;
  const [before, after] = [left?.observations?.[step], right?.observations?.[step]];
  const target = functions[session.targets[0] ?? 0];
  return {
    function: `${target?.file}: ${target?.symbol}`,
    level: session.level,
    treatment,
    input: sessionText(session, functions),
    base_outcome: outcomeText(before, functions),
    candidate_outcome: right?.broken ?? (seen.candidate.dead.has(key) ? 'does not end' : outcomeText(after, functions)),
    in_domain,
    as_test: asTest(session, functions, step, before, after),
  };
}

function summary(item: Captured['functions'][number]): FunctionReport {
  const lost = Object.values(item.not_carried).reduce((sum, count) => sum + count, 0);
  return {
    symbol: item.meta.symbol,
    file: item.meta.file,
    calls_seen: item.counts?.calls ?? 0,
    sessions_kept: item.sessions_kept,
    carried_share: item.sessions_kept + lost === 0 ? 0 : item.sessions_kept / (item.sessions_kept + lost),
    not_carried: item.not_carried,
    sizes: item.counts?.sizes ?? {},
  };
}

const reasons = (lost: Record<string, number>): string => {
  const all = Object.entries(lost).map(([reason, count]) => `${reason} ×${count}`);
  return all.length === 0 ? ' (never called)' : ` (${all.join(', ')})`;
};
