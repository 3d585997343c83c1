import { CodeOptimaError } from '@codeoptima/contracts';
import type { SessionResult } from '../runtime/session-result.ts';
import type { Manifest } from '../runtime/graph.ts';
import type { ReplayJob, ReplayLine, Treatment } from '../runtime/replay-main.ts';
import type { JobEnd } from './replay-process.ts';
import type { Side } from './side.ts';

const WALL_MS = 10 * 60_000;
/** Reading a file takes as long as the machine is busy. */
const HOST_MS = 10_000;

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
    /** In a process that has done nothing else, and will not: what earlier jobs left behind cannot show. */
    own_process?: boolean;
  };

export const resultKey = (treatment: Treatment, key: string): string => `${treatment}:${key}`;

/** Replays sessions on one side in a process apart; when a session ends the process, the rest goes on in another one. */
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

/** Sessions that want another stack run in a process of their own. */
export async function runByStack(side: Side, job: SideJob, context: ReplayContext): Promise<SideResult> {
  const out: SideResult = { results: new Map(), dead: new Set(), mutants: new Map() };
  for (const stack of new Set(job.sessions.map((session) => session.stack_kib))) {
    const sessions = job.sessions.filter((session) => session.stack_kib === stack);
    const own = new Set(sessions.map((session) => session.key));
    const plan = job.plan.map(({ treatment, keys }) => ({ treatment, keys: keys.filter((key) => own.has(key)) }));
    const part = await runSide(side, { ...job, sessions, plan }, context);
    for (const [key, result] of part.results) out.results.set(key, result);
    for (const key of part.dead) out.dead.add(key);
  }
  return out;
}

const isOpen = (out: SideResult, key: string): boolean => !out.results.has(key) && !out.dead.has(key);

interface Ended extends JobEnd {
  last: { treatment: Treatment; key: string; mutant: number } | null;
}

async function runOnce(side: Side, job: SideJob, context: ReplayContext, out: SideResult): Promise<Ended> {
  const { manifest, seed, hang_ms } = context;
  const { dead_max: _dead, wall_ms, own_process = false, ...asked } = job;
  const full: ReplayJob = {
    manifest,
    overlay: side.overlay,
    explain: false,
    seed,
    hang_ms,
    settle_ms: HOST_MS,
    coverage: false,
    reads: false,
    alone: false,
    mutants: [],
    expected: {},
    ...asked,
  };
  let last: Ended['last'] = null;
  const onLine = (line: ReplayLine): void => {
    if (line.t === 'start') last = line;
    else if (line.t === 'done')
      out.results.set(resultKey(line.treatment, line.result.key), { ...line.result, blocks: line.blocks, ms: line.ms });
    else if (line.t === 'mutant') out.mutants.set(line.mutant, { killed: line.killed, by: line.by });
  };
  const stack_kib = job.sessions.find((session) => session.stack_kib !== undefined)?.stack_kib;
  const alone = own_process || stack_kib !== undefined;
  const worker = side.take({ ...context, stack_kib }, alone);
  try {
    const end = await worker.do(full, wall_ms ?? WALL_MS, onLine);
    return { ...end, last };
  } finally {
    await side.giveBack(worker, alone);
  }
}
