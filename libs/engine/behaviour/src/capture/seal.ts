import { createHmac } from 'node:crypto';
import type { Session } from '../runtime/graph.ts';
import { sizeOf } from '../search/compact.ts';

const SHARE = 0.3;
/** Fewer sessions than this are all needed for workloads. */
const SESSIONS_MIN = 4;

/** Sessions a workload cannot do without: the largest of each function, and all where there are few. */
export function neededForWorkloads(sessions: readonly Session[]): (session: Session) => boolean {
  if (sessions.length < SESSIONS_MIN) return () => true;
  const largest = new Map<number, Session>();
  for (const session of sessions)
    for (const id of session.targets) {
      const known = largest.get(id);
      if (!known || sizeOf(session) > sizeOf(known)) largest.set(id, session);
    }
  const needed = new Set(largest.values());
  return (session) => needed.has(session);
}

/** A share of the sessions (at least one of two, where it may be) that whoever does not know the secret cannot foretell; by content. */
export function sealedKeys(sessions: readonly Session[], secret: string, isOpen: (session: Session) => boolean): Set<string> {
  const drawn = sessions
    .filter((session) => !isOpen(session))
    .map((session) => ({
      key: session.key,
      lot: createHmac('sha256', secret)
        .update(JSON.stringify([session.steps, session.nodes]))
        .digest('hex'),
    }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const count = Math.min(drawn.length, Math.max(sessions.length > 1 ? 1 : 0, Math.round(sessions.length * SHARE)));
  return new Set(drawn.slice(0, count).map((item) => item.key));
}
