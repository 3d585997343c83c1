import type { Session } from '../runtime/graph.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { resultKey, type SideResult } from './run-side.ts';

export interface SessionDifference {
  session: Session;
  treatment: Treatment;
  /** `internal`: only state that a class keeps to itself differs. */
  strength: 'public' | 'internal';
  /** The base ended in an error of the engine's own. */
  engine_error: boolean;
  /** Index of the first step whose outcome differs; -1 when one side never ended. */
  step: number;
}

export interface Comparison {
  differences: SessionDifference[];
  /** Keys of sessions that were compared, by treatment. */
  compared: Set<string>;
  /** Sessions the harness could not run on a side, with the reason. */
  broken: Map<string, string>;
}

/** Why a session was not compared that has used up its time on the base. */
export const TOO_SLOW = 'does not end in time';

/** Compares what two replays of the same sessions observed. */
export function compareSides(
  sessions: readonly Session[],
  treatments: readonly Treatment[],
  left: SideResult,
  right: SideResult,
): Comparison {
  const out: Comparison = { differences: [], compared: new Set(), broken: new Map() };
  for (const treatment of treatments) for (const session of sessions) compareOne(session, treatment, left, right, out);
  return out;
}

function compareOne(session: Session, treatment: Treatment, left: SideResult, right: SideResult, out: Comparison): void {
  const key = resultKey(treatment, session.key);
  const [a, b] = [left.results.get(key), right.results.get(key)];
  if (left.dead.has(key) || !a) {
    // The base itself does not end: nothing can be said about the other side.
    if (left.dead.has(key)) out.broken.set(key, TOO_SLOW);
    return;
  }
  if (a.broken !== null) {
    out.broken.set(key, a.broken);
    return;
  }
  if (!b) {
    if (right.dead.has(key)) out.differences.push({ session, treatment, strength: 'public', engine_error: a.engine_error, step: -1 });
    return;
  }
  // A helper the candidate no longer has is no difference: nobody outside could call it.
  if (b.broken !== null && session.level !== 'entry' && b.broken.endsWith('cannot be reached')) return;
  out.compared.add(key);
  // Both ended in an error of the engine's own: its wording tells how the code is written, not what it means.
  if (a.engine_error && b.engine_error && a.digests.map((digest) => digest.kind).join() === b.digests.map((digest) => digest.kind).join())
    return;
  const step = a.digests.findIndex((digest, index) => digest.engine !== true && digest.public !== b.digests[index]?.public);
  const inside = a.digests.findIndex((digest, index) => digest.engine !== true && digest.full !== b.digests[index]?.full);
  const isPublic = step >= 0 || b.broken !== null || a.digests.length !== b.digests.length;
  if (isPublic) out.differences.push({ session, treatment, strength: 'public', engine_error: a.engine_error, step: Math.max(step, 0) });
  // In which turn independent calls settle is the schedule's matter; it is told, and decides nothing.
  else if (inside >= 0 || a.order.join() !== b.order.join())
    out.differences.push({ session, treatment, strength: 'internal', engine_error: a.engine_error, step: Math.max(inside, 0) });
}
