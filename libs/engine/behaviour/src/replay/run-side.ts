import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { NODE_TARGET, REPO_TARGET, run } from '@codeoptima/sandbox';
import type { SessionResult } from '../runtime/executor.ts';
import type { Manifest } from '../runtime/graph.ts';
import type { ReplayJob, ReplayLine, Treatment } from '../runtime/replay-main.ts';
import type { Side } from './side.ts';

const HOME_IN_SANDBOX = '/codeoptima-replay';
const WALL_MS = 10 * 60_000;
const MIB = 1024 * 1024;

export interface ReplayContext {
  manifest: Manifest;
  seed: number;
  hang_ms: number;
  unsafe_no_sandbox: boolean;
  signal?: AbortSignal | undefined;
}

export type ReplayedSession = SessionResult & { blocks: number[]; ms: number };

/** Results of one side; everything is keyed by `treatment:session`. */
export interface SideResult {
  results: Map<string, ReplayedSession>;
  /** Sessions in which the process died or hung. */
  dead: Set<string>;
  mutants: Map<number, { killed: boolean; by: string | null }>;
}

export type SideJob = Pick<ReplayJob, 'plan' | 'sessions'> &
  Partial<ReplayJob> & {
    /** Sessions that may end the process before the rest is left undone. */
    dead_max?: number;
    /** After this time the rest is left undone. */
    wall_ms?: number;
  };

export const resultKey = (treatment: Treatment, key: string): string => `${treatment}:${key}`;

/** Replays sessions on one side in a process of its own; when a session ends the process, the rest goes on in a new one. */
export async function runSide(side: Side, job: SideJob, context: ReplayContext): Promise<SideResult> {
  const out: SideResult = { results: new Map(), dead: new Set(), mutants: new Map() };
  let rest: SideJob = job;
  for (;;) {
    context.signal?.throwIfAborted();
    const { last, finished, late, failure } = await runOnce(side, rest, context, out);
    if (finished || late) return out;
    if (last === null) throw new CodeOptimaError('internal', `The replay of the ${side.name} side did not start: ${failure}`);
    if (job.mutants !== undefined && job.mutants.length > 0) {
      out.mutants.set(last.mutant, { killed: true, by: last.key });
      const mutants = job.mutants.filter((mutant) => !out.mutants.has(mutant));
      if (mutants.length === 0) return out;
      rest = { ...job, mutants };
    } else {
      out.dead.add(resultKey(last.treatment, last.key));
      const plan = job.plan.map(({ treatment, keys }) => ({
        treatment,
        keys: keys.filter((key) => isOpen(out, resultKey(treatment, key))),
      }));
      if (out.dead.size >= (job.dead_max ?? Infinity)) return out;
      rest = { ...job, plan: plan.filter(({ keys }) => keys.length > 0) };
      if (rest.plan.length === 0) return out;
    }
  }
}

const isOpen = (out: SideResult, key: string): boolean => !out.results.has(key) && !out.dead.has(key);

interface Ended {
  last: { treatment: Treatment; key: string; mutant: number } | null;
  finished: boolean;
  /** Ended by `wall_ms`, which says nothing about the session that ran. */
  late: boolean;
  failure: string;
}

async function runOnce(side: Side, job: SideJob, context: ReplayContext, out: SideResult): Promise<Ended> {
  const { manifest, seed, hang_ms } = context;
  const full: ReplayJob = {
    manifest,
    overlay: side.overlay,
    explain: false,
    seed,
    hang_ms,
    settle_ms: 1000,
    coverage: false,
    alone: false,
    mutants: [],
    expected: {},
    ...job,
  };
  const number = side.nextRun();
  const [jobPath, outPath] = [join(side.home, `job-${number}.json`), join(side.home, `out-${number}.jsonl`)];
  writeFileSync(jobPath, JSON.stringify(full));
  const result = await run({
    argv: [
      NODE_TARGET,
      '--stack-size=900',
      '--no-warnings',
      `${HOME_IN_SANDBOX}/runtime/replay-main.ts`,
      HOME_IN_SANDBOX,
      REPO_TARGET,
      String(number),
    ],
    cwd: REPO_TARGET,
    mounts: [
      { source: side.dir, target: REPO_TARGET, mode: 'ro' },
      { source: side.home, target: HOME_IN_SANDBOX, mode: 'rw' },
    ],
    env: { NODE_ENV: 'test', TZ: 'UTC', LANG: 'C.UTF-8' },
    limits: { wall_ms: job.wall_ms ?? WALL_MS, memory_bytes: 3072 * MIB, file_bytes: 2048 * MIB, output_bytes: MIB },
    ...(context.signal ? { signal: context.signal } : {}),
    unsafe_no_sandbox: context.unsafe_no_sandbox,
  });
  const ended: Ended = {
    last: null,
    finished: false,
    late: job.wall_ms !== undefined && result.outcome === 'timed_out',
    failure: result.stderr.slice(-2000),
  };
  for (const text of existsSync(outPath) ? readFileSync(outPath, 'utf8').split('\n') : []) {
    const line = parse(text);
    if (line?.t === 'start') ended.last = line;
    else if (line?.t === 'done')
      out.results.set(resultKey(line.treatment, line.result.key), { ...line.result, blocks: line.blocks, ms: line.ms });
    else if (line?.t === 'mutant') out.mutants.set(line.mutant, { killed: line.killed, by: line.by });
    else if (line?.t === 'failed') ended.failure = line.message;
    else if (line?.t === 'finished') ended.finished = true;
  }
  rmSync(jobPath, { force: true });
  rmSync(outPath, { force: true });
  return ended;
}

function parse(text: string): ReplayLine | null {
  try {
    return text === '' ? null : (JSON.parse(text) as ReplayLine);
  } catch {
    return null;
  }
}
