import type { Session } from '../runtime/graph.ts';
import { type ReplayContext, type ReplayedSession, resultKey, runSide, type SideJob } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { sizeOf } from './compact.ts';

const SESSIONS_MAX = 40;
const SIZE_MAX = 300;
const WALL_MS = 5000;

export interface Surveyed {
  session: Session;
  seen: ReplayedSession;
}

/** Small sessions, those of most steps first, with what the base does in them. */
export async function survey(sessions: readonly Session[], base: Side, context: ReplayContext): Promise<Surveyed[]> {
  const chosen = sessions
    .filter((session) => sizeOf(session) < SIZE_MAX)
    .toSorted((a, b) => b.steps.length - a.steps.length || b.nodes.length - a.nodes.length)
    .slice(0, SESSIONS_MAX);
  if (chosen.length === 0) return [];
  const plan: SideJob['plan'] = [{ treatment: 'warm', keys: chosen.map((session) => session.key) }];
  const { results } = await runSide(base, { sessions: chosen, plan, dead_max: 1, wall_ms: WALL_MS }, context);
  return chosen.flatMap((session) => {
    const seen = results.get(resultKey('warm', session.key));
    return seen ? [{ session, seen }] : [];
  });
}
