import { copyOf, isRef, type Session } from '../runtime/graph.ts';
import { type ReplayContext, resultKey, runSide, type SideJob } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { storedProperties } from '../instrument/stored-properties.ts';
import { sizeOf } from './compact.ts';
import type { SystematicInput } from './systematic.ts';

const SESSIONS_MAX = 12;
const SIZE_MAX = 300;
const INPUTS_MAX = 12;
const WALL_MS = 5000;

/**
 * Properties of plain data that the base takes care to read once, into a variable, and the candidate reads more often: what it tested may no
 * longer be what it uses. Each is turned into an input whose property gives its value once and nothing afterwards, as a lazy or consuming accessor does.
 */
export async function rereadInputs(
  sessions: readonly Session[],
  base: Side,
  candidate: Side,
  context: ReplayContext,
): Promise<SystematicInput[]> {
  const stored = storedProperties(base.dir, context.manifest);
  if (stored.size === 0) return [];
  const chosen = sessions
    .filter(
      (session) =>
        session.steps.length === 1 && sizeOf(session) < SIZE_MAX && session.nodes.some((node) => node.k === 'object' && node.props),
    )
    .toSorted((a, b) => a.nodes.length - b.nodes.length)
    .slice(0, SESSIONS_MAX);
  if (chosen.length === 0) return [];
  const job: SideJob = {
    sessions: chosen,
    plan: [{ treatment: 'warm', keys: chosen.map((session) => session.key) }],
    reads: true,
    dead_max: 1,
    wall_ms: WALL_MS,
  };
  const [left, right] = await Promise.all([runSide(base, job, context), runSide(candidate, job, context)]);
  const out: SystematicInput[] = [];
  for (const session of chosen) {
    const key = resultKey('warm', session.key);
    const [before, after] = [left.results.get(key), right.results.get(key)];
    if (!before || !after || before.broken !== null || after.broken !== null || before.engine_error) continue;
    for (const [place, reads] of Object.entries(after.reads)) {
      const isStored = stored.has(place.slice(place.indexOf('.') + 1));
      if (!isStored || reads <= 1 || before.reads[place] !== 1 || out.length >= INPUTS_MAX) continue;
      const copy = withSingleRead(session, place);
      if (copy) out.push({ session: copy, origin: session.key, in_domain: true });
    }
  }
  return out;
}

function withSingleRead(session: Session, place: string): Session | null {
  const at = place.indexOf('.');
  const copy = copyOf(session);
  const node = copy.nodes[Number(place.slice(0, at))];
  const prop = node?.props?.find(([key]) => key === place.slice(at + 1));
  if (!prop || isRef(prop[1])) return null;
  prop[2] = 'o';
  return copy;
}
