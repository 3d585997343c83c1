import type { Session } from '../runtime/graph.ts';
import { sizeOf } from '../search/compact.ts';
import type { Comparison, SessionDifference } from './compare.ts';
import type { ReplayContext } from './run-side.ts';
import type { Side } from './side.ts';
import { TREATMENTS, underTreatments } from './treatments.ts';

/** Sessions of the first batch, and how much larger each next one is: a wrong change mostly falls in the first. */
const FIRST = 20;
const GROWTH = 3;
/** What holds more waits until all that holds less has had its turn. */
const LIGHT = 500;
/** A batch gets at least this long. */
const BATCH_MS_MIN = 5000;

export interface ReplayRequest {
  sessions: readonly Session[];
  base: Side;
  candidate: Side;
  context: ReplayContext;
  /** After this time no further batch begins. */
  budget_ms: number;
  /** Monotonic clock in ms. */
  now: () => number;
  /** Called with the differences of each batch; true ends the replay. */
  onDifferences(differences: SessionDifference[]): Promise<boolean>;
}

export interface ReplayOutcome {
  /** All batches together; the differences are those of the last one. */
  comparison: Comparison;
  /** Keys of sessions in which the base differs from itself. */
  nondeterministic: Set<string>;
  /** Sessions that did not have their turn under every treatment. */
  left_out: Session[];
  isDecided: boolean;
}

/** Replays batch by batch under all treatments, light sessions of every kind first, until something decides or the time is over. */
export async function replayAll(request: ReplayRequest): Promise<ReplayOutcome> {
  const { base, candidate, context, now } = request;
  const until = now() + request.budget_ms;
  const out: ReplayOutcome = {
    comparison: { differences: [], compared: new Set(), broken: new Map() },
    nondeterministic: new Set(),
    left_out: [],
    isDecided: false,
  };
  const waiting = lightFirst(request.sessions);
  for (let size = FIRST; waiting.length > 0; size *= GROWTH) {
    if (now() > until) break;
    const batch = waiting.splice(0, size);
    const wall_ms = Math.max(BATCH_MS_MIN, until - now());
    const { comparison, nondeterministic, unfinished } = await underTreatments(batch, TREATMENTS, base, candidate, context, { wall_ms });
    for (const key of comparison.compared) out.comparison.compared.add(key);
    for (const [key, reason] of comparison.broken) out.comparison.broken.set(key, reason);
    for (const key of nondeterministic) out.nondeterministic.add(key);
    out.left_out.push(...unfinished);
    out.comparison.differences = comparison.differences;
    out.isDecided = await request.onDifferences(comparison.differences);
    if (out.isDecided) break;
  }
  out.left_out.push(...waiting);
  return out;
}

/** The order they came in, one of each kind first, but what takes long last. */
function lightFirst(sessions: readonly Session[]): Session[] {
  const weighed = sessions.map((session) => ({ session, size: sizeOf(session) }));
  const heavy = weighed.filter(({ size }) => size > LIGHT).sort((a, b) => a.size - b.size);
  return [...weighed.filter(({ size }) => size <= LIGHT), ...heavy].map(({ session }) => session);
}
