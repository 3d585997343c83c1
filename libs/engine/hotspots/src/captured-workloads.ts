import { randomBytes } from 'node:crypto';
import { type Captured, type CapturedFunction, captureCalls, workloadFromCaptured } from '@codeoptima/behaviour';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import type { Draft } from './draft.ts';
import { isProduct } from './rank.ts';
import type { RunTests } from './test-evidence.ts';
import { type Ground, profileOn, repeats, tryOut } from './try-out.ts';

export interface CapturePorts {
  ground: Ground;
  run_tests: RunTests;
  /** Makes the built files of a tree anew; null when the repository builds nothing. */
  build: BuildTree | null;
  ignore: readonly string[];
}

/** Runs the repository's build in the tree `dir`; gives what went wrong, in words. */
export type BuildTree = (dir: string, signal: AbortSignal) => Promise<string | null>;

const FUNCTIONS_TRIED_MAX = 12;
const DRAFTS_MAX = 6;
const PROFILE_MS = 200;
/** Below this the calls do not run the package's code, as when the package does not export what the tests called. */
const OWN_SHARE_MIN = 0.05;
const WEIGHT = 0.5;
const SEED = 1;

/** How much work a function saw in the tests: its calls, each counted by the size of its largest argument. */
export function seenWork(f: Pick<CapturedFunction, 'counts'>): number {
  return Object.entries(f.counts?.sizes ?? {}).reduce((sum, [bucket, calls]) => sum + calls * 2 ** Number(bucket), 0);
}

/** The functions that saw most work, hottest first; an inner function comes with the one it is written in. */
export function worthReplaying(captured: Pick<Captured, 'functions'>, ignore: readonly string[]): CapturedFunction[] {
  return captured.functions
    .filter((f) => f.sessions_kept > 0 && !f.meta.symbol.includes('/') && isProduct(f.meta.file, ignore))
    .toSorted((a, b) => seenWork(b) - seenWork(a))
    .slice(0, FUNCTIONS_TRIED_MAX);
}

/** Workloads from calls seen while the tests ran on an instrumented copy. A failing capture is a note, never an end. */
export async function capturedWorkloads(
  { ground, run_tests, build, ignore }: CapturePorts,
  limit_ms: number,
): Promise<{ drafts: Draft[]; notes: string[] }> {
  const limit = AbortSignal.timeout(Math.max(1, Math.round(limit_ms)));
  const signal = AbortSignal.any([ground.signal, limit]);
  const result: { drafts: Draft[]; notes: string[] } = { drafts: [], notes: [] };
  try {
    const captured = await captureCalls({
      dir: ground.dir,
      changed: 'all-own',
      runTests: (copy, { env, extra_mounts }) => run_tests(copy, env, signal, extra_mounts),
      // Tests that import built files would run none of the sources that are watched.
      ...(build === null ? {} : { rebuild: async (copy) => tell(result.notes, await build(copy, signal)) }),
      seed: SEED,
      // Nobody needs it again: what it holds back is simply not shown to whoever proposes changes.
      secret: randomBytes(16).toString('hex'),
      signal,
    });
    await collect(captured, { ...ground, signal }, ignore, result.drafts);
    if (result.drafts.length === 0) result.notes.push('The tests made no call that could be repeated as a workload.');
  } catch (error) {
    ground.signal.throwIfAborted();
    result.notes.push(`Capturing calls ended early: ${limit.aborted ? 'it took too long' : CodeOptimaError.from(error).message}.`);
  }
  return result;
}

/** What was built of it is run as well: many builds fail only at a step that judges style or types, after the files are written. */
const tell = (notes: string[], failure: string | null): void => {
  if (failure !== null) notes.push(`The build of the watched copy failed, so calls of built files may be missing: ${failure}`);
};

async function collect(captured: Captured, ground: Ground, ignore: readonly string[], drafts: Draft[]): Promise<void> {
  const texts = new Set<string>();
  for (const { meta } of worthReplaying(captured, ignore)) {
    if (drafts.length >= DRAFTS_MAX) return;
    const text = textFor(captured, meta);
    if (text === null || texts.has(text)) continue;
    texts.add(text);
    const workload: MeasuredWorkload = {
      id: `captured-${drafts.length + 1}`,
      name: `calls of ${meta.symbol} in the tests`,
      source: 'captured',
      text,
      path: null,
      entry: null,
    };
    // Tests often call modules that the package itself does not export.
    for (const entry of [null, meta.file]) {
      if (!(await usable(ground, { ...workload, entry }, ignore))) continue;
      drafts.push({ workload: { ...workload, entry }, weight: WEIGHT });
      break;
    }
  }
}

function textFor(captured: Captured, { symbol, file }: CapturedFunction['meta']): string | null {
  try {
    return workloadFromCaptured({ captured, symbol, file });
  } catch {
    return null; // its values cannot be written as source
  }
}

/** Runs the package's code and gives the same values in every process. */
async function usable(ground: Ground, workload: MeasuredWorkload, ignore: readonly string[]): Promise<boolean> {
  const tried = await tryOut(ground, workload);
  if (!tried.ok || !(await repeats(ground, workload, tried.sample))) return false;
  const outcome = await profileOn(ground, workload, PROFILE_MS);
  return outcome.ok && outcome.profile.functions.some((f) => isProduct(f.file, ignore) && f.inclusive_share >= OWN_SHARE_MIN);
}
