import { createHmac } from 'node:crypto';
import type { Session } from '../runtime/graph.ts';

const SHARE = 0.3;

/** A share of the sessions (at least one of two) that whoever does not know the secret cannot foretell; by content, not by order. */
export function sealedKeys(sessions: readonly Session[], secret: string, isShown: (session: Session) => boolean): Set<string> {
  const drawn = sessions
    .filter((session) => !isShown(session))
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
