import { plural } from '@codeoptima/contracts';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangedFunction } from '../instrument/changed-functions.ts';
import { instrumentationOf } from '../instrument/manifest.ts';
import { ownFiles } from '../instrument/own-files.ts';
import type { FunctionMeta, Manifest, Session } from '../runtime/graph.ts';
import type { FunctionCounts } from '../runtime/record-log.ts';
import { caseText } from '../report/workload.ts';
import { readRecords } from './read-records.ts';
import { sampleSessions } from './sample.ts';
import { type CaptureLimits, DEFAULT_CAPTURE_LIMITS, HARNESS_FOLDER, instrumentScratch } from './scratch.ts';
import { neededForWorkloads, sealedKeys } from './seal.ts';
import { runBounded } from './run-bounded.ts';
import { sessionsOf, STEPS_MAX } from './sessions.ts';

export interface RunContext {
  env: Record<string, string>;
  extra_mounts: { source: string; target: string; mode: 'ro' | 'rw' }[];
  /** Ends the run: the caller gave up, or the time for recording is over. */
  signal?: AbortSignal;
}

/** Runs the repository's tests (or one workload) in the tree `dir`; red tests are no error here. */
export type RunCallback = (dir: string, context: RunContext) => Promise<void>;

export interface CaptureRequest {
  dir: string;
  toolchain?: unknown;
  changed: ChangedFunction[] | 'all-own';
  runTests: RunCallback;
  /** Benchmarks and workloads, each run on the instrumented copy before the tests: they are short and known to reach the code. */
  workloads?: RunCallback[];
  /** Called after instrumentation when the tests run built files. */
  rebuild?: RunCallback;
  limits?: Partial<CaptureLimits>;
  /** Bound on tests and workloads together; a run that is over it is ended once a changed function has been seen. */
  budget_ms?: number;
  /** Draws the sessions that are never shown to whoever proposes changes; random, and not the seed of anything else. */
  secret?: string;
  /** Texts that a proposer has seen: sessions that stand in them cannot be sealed. Left out where workloads are yet to be made. */
  shown?: readonly string[];
  seed: number;
  signal?: AbortSignal;
}

export interface CapturedFunction {
  meta: FunctionMeta;
  counts: FunctionCounts | null;
  sessions_kept: number;
  not_carried: Record<string, number>;
}

export interface Captured {
  manifest: Manifest;
  sessions: Session[];
  /** Keys of sessions held back: they take part in every comparison and stand in nothing that a proposer sees. */
  sealed: ReadonlySet<string>;
  functions: CapturedFunction[];
  skipped_files: { file: string; reason: string }[];
  /** What was seen and is not, or not whole, among the sessions, in words. */
  left_out: string[];
  spent_ms: number;
  seed: number;
}

const BUDGET_MS = 10 * 60_000;

/** Runs tests and workloads on an instrumented copy of `dir` and returns a bounded, diverse sample of what ran. */
export async function captureCalls(request: CaptureRequest): Promise<Captured> {
  const started = performance.now();
  const scratch = mkdtempSync(join(tmpdir(), 'codeoptima-capture-'));
  try {
    cpSync(request.dir, scratch, { recursive: true, verbatimSymlinks: true });
    const always = request.changed === 'all-own' ? [] : request.changed.map((item) => item.file);
    const instrumentation = instrumentationOf(request.dir, ownFiles(request.dir, always), request.changed);
    instrumentScratch(scratch, instrumentation, { ...DEFAULT_CAPTURE_LIMITS, ...request.limits });
    const context: RunContext = { env: {}, extra_mounts: [] };
    await request.rebuild?.(scratch, context);
    const records_dir = join(scratch, HARNESS_FOLDER, 'records');
    const budget_ms = request.budget_ms ?? BUDGET_MS;
    const runs = [...(request.workloads ?? []), request.runTests];
    const cut_runs = await runBounded({ runs, scratch, records: records_dir, context, budget_ms, signal: request.signal });
    const records = readRecords(records_dir);
    const { functions } = instrumentation.manifest;
    const pool = sessionsOf(records, functions);
    const sessions = sampleSessions(pool.sessions, request.limits?.sessions_per_function ?? DEFAULT_CAPTURE_LIMITS.sessions_per_function);
    const { secret, shown } = request;
    const isShown = (session: Session): boolean => {
      const text = caseText(session, functions);
      return text !== null && shown?.some((other) => other.includes(text)) === true;
    };
    const isOpen = shown === undefined ? neededForWorkloads(sessions) : isShown;
    return {
      manifest: instrumentation.manifest,
      sessions,
      sealed: secret === undefined ? new Set() : sealedKeys(sessions, secret, isOpen),
      functions: functions
        .filter((meta) => meta.changed)
        .map((meta) => summarise(meta, sessions, records.counts.get(meta.id) ?? null, pool.notCarried.get(meta.id))),
      skipped_files: instrumentation.skipped,
      left_out: [
        ...(cut_runs > 0
          ? [`${cut_runs} of ${plural(runs.length, 'run')} of tests and workloads after ${Math.round(budget_ms / 1000)} s`]
          : []),
        ...(pool.cut > 0 ? [`${plural(pool.cut, 'recorded session')} after ${STEPS_MAX} steps`] : []),
      ],
      spent_ms: Math.round(performance.now() - started),
      seed: request.seed,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function summarise(
  meta: FunctionMeta,
  sessions: Session[],
  counts: FunctionCounts | null,
  lost: Record<string, number> = {},
): CapturedFunction {
  const not_carried = { ...counts?.not_carried };
  for (const [reason, count] of Object.entries(lost)) not_carried[reason] = (not_carried[reason] ?? 0) + count;
  return { meta, counts, sessions_kept: sessions.filter((session) => session.targets.includes(meta.id)).length, not_carried };
}
