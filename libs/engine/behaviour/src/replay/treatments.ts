import type { Session } from '../runtime/graph.ts';
import { sizeOf } from '../search/compact.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { type Comparison, compareSides, type SessionDifference, TOO_SLOW } from './compare.ts';
import { type ReplayContext, resultKey, runSide, type SideJob, type SideResult } from './run-side.ts';
import type { Side } from './side.ts';

export type { Treatment } from '../runtime/replay-main.ts';
export const TREATMENTS: readonly Treatment[] = ['cold', 'warm', 'aliased', 'concurrent'];

export interface TreatmentOutcome {
  comparison: Comparison;
  /** Keys of sessions in which the base differs from itself. */
  nondeterministic: Set<string>;
  base: SideResult;
  /** Sessions that did not have their turn under every treatment before the time was over. */
  unfinished: Session[];
}

/** The order of sessions in a treatment: seeded, and another one when warm than when cold. */
export function ordered(sessions: readonly Session[], treatment: Treatment, seed: number): string[] {
  const keys = sessions.map((session) => session.key);
  if (treatment === 'cold') return keys;
  let state = (seed ^ (TREATMENTS.indexOf(treatment) * 0x9e3779b9)) >>> 0;
  for (let i = keys.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [keys[i], keys[j]] = [keys[j] as string, keys[i] as string];
  }
  return keys;
}

/** What holds more runs cold and aliased only: order and overlap show on smaller ones as well. */
const LARGE = 8000;

export function planOf(sessions: readonly Session[], treatments: readonly Treatment[], seed: number): SideJob['plan'] {
  const light = sessions.filter((session) => sizeOf(session) <= LARGE);
  const isEnough = light.length > 0;
  return treatments.map((treatment) => {
    const all = treatment === 'cold' || treatment === 'aliased' || !isEnough;
    return { treatment, keys: ordered(all ? sessions : light, treatment, seed) };
  });
}

/** Base against base, and base against candidate, under the given treatments. */
export async function underTreatments(
  sessions: Session[],
  treatments: readonly Treatment[],
  base: Side,
  candidate: Side,
  context: ReplayContext,
  options: Pick<SideJob, 'own_process' | 'wall_ms'> = {},
): Promise<TreatmentOutcome> {
  const job: SideJob = { sessions, plan: planOf(sessions, treatments, context.seed), ...options };
  const [first, again, other] = await Promise.all([
    runSide(base, job, context),
    runSide(base, job, context),
    runSide(candidate, job, context),
  ]);
  const unlike = compareSides(sessions, treatments, first, again).differences;
  // At the edge of the time a session is given, one run of the base ends and the other does not: that is slow, and says nothing else.
  const slow = new Set(
    unlike.filter((item) => again.dead.has(resultKey(item.treatment, item.session.key))).map((item) => item.session.key),
  );
  const nondeterministic = new Set(unlike.map((item) => item.session.key).filter((key) => !slow.has(key)));
  const steady = sessions.filter((session) => !nondeterministic.has(session.key) && !slow.has(session.key));
  const isOver = (key: string): boolean => [first, other].every((side) => side.results.has(key) || side.dead.has(key));
  const open = new Set(
    job.plan.flatMap(({ treatment, keys }) =>
      keys.filter((key) => !first.dead.has(resultKey(treatment, key)) && !isOver(resultKey(treatment, key))),
    ),
  );
  const unfinished = sessions.filter((session) => open.has(session.key));
  const comparison = compareSides(steady, treatments, first, other);
  for (const key of slow) for (const treatment of treatments) comparison.broken.set(resultKey(treatment, key), TOO_SLOW);
  return { comparison, nondeterministic, base: first, unfinished };
}

/** Runs one session again on both sides and keeps everything that was observed. */
export async function explain(
  { session, treatment }: SessionDifference,
  base: Side,
  candidate: Side,
  context: ReplayContext,
): Promise<{ base: SideResult; candidate: SideResult }> {
  const job: SideJob = { sessions: [session], plan: [{ treatment, keys: [session.key] }], explain: true };
  const [left, right] = await Promise.all([runSide(base, job, context), runSide(candidate, job, context)]);
  return { base: left, candidate: right };
}
