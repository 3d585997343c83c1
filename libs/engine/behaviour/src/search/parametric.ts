import { copyOf, type Session } from '../runtime/graph.ts';
import { type ReplayContext, resultKey, runSide } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { isLeaf, slotsOf } from './slots.ts';

const sessionsTried = 8;
const deadMax = 3;
const wallMs = 8000;

/**
 * Places whose values the base never looks into: with unique tokens there that trip on any coercion, it runs to its end. Places that share
 * values stand or fall together, since the code may compare one with the other.
 */
export async function parametricPlaces(sessions: readonly Session[], base: Side, context: ReplayContext): Promise<Set<string>> {
  const groups = placeGroups(sessions);
  const members = (group: string): Session[] =>
    sessions
      .filter((session) => slotsOf(session).some((slot) => groups.get(slot.key) === group && isLeaf(slot.get())))
      .slice(0, sessionsTried);
  const verdicts = new Map<string, boolean>();
  let open = [...new Set(groups.values())];
  // One session for each group first: most groups fall at once.
  for (const part of [(list: Session[]) => list.slice(0, 1), (list: Session[]) => list.slice(1)]) {
    const trials = open.flatMap((group, number) =>
      part(members(group)).map((session, index) => ({
        session: withTokens(session, groups, group, `opaque ${number}.${index}`),
        origin: session,
        group,
      })),
    );
    await judgeTrials(trials, verdicts, base, context);
    open = open.filter((group) => verdicts.get(group) !== false);
  }
  return new Set([...groups].filter(([, group]) => verdicts.get(group) === true).map(([key]) => key));
}

async function judgeTrials(
  trials: { session: Session; origin: Session; group: string }[],
  verdicts: Map<string, boolean>,
  base: Side,
  context: ReplayContext,
): Promise<void> {
  if (trials.length === 0) return;
  const originals = [...new Set(trials.map(({ origin }) => origin))];
  const all = [...originals, ...trials.map(({ session }) => session)];
  const result = await runSide(
    base,
    { sessions: all, plan: [{ treatment: 'warm', keys: all.map((session) => session.key) }], dead_max: deadMax, wall_ms: wallMs },
    context,
  );
  for (const { session, origin, group } of trials) {
    const seen = result.results.get(resultKey('warm', session.key));
    const before = result.results.get(resultKey('warm', origin.key));
    const kinds = (item: typeof seen): string => item?.digests.map((digest) => digest.kind).join() ?? '';
    // What threw before says nothing; what throws only with tokens looks into them.
    if (!before || before.broken !== null || /throw|reject/.test(kinds(before))) continue;
    const isOpaque = seen !== undefined && seen.broken === null && !seen.tripped && kinds(seen) === kinds(before);
    verdicts.set(group, isOpaque && (verdicts.get(group) ?? true));
  }
}

/** Groups of places that hold equal values within one session, named by one of them. */
function placeGroups(sessions: readonly Session[]): Map<string, string> {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    while (parent.get(at) !== at) at = parent.get(at) as string;
    return at;
  };
  for (const session of sessions) {
    const byValue = new Map<string, string>();
    for (const slot of slotsOf(session)) {
      const value = slot.get();
      if (!isLeaf(value)) continue;
      if (!parent.has(slot.key)) parent.set(slot.key, slot.key);
      const name = JSON.stringify(value);
      const other = byValue.get(name);
      if (other === undefined) byValue.set(name, slot.key);
      else if (find(other) !== find(slot.key)) parent.set(find(other), find(slot.key));
    }
  }
  return new Map([...parent.keys()].map((key) => [key, find(key)]));
}

function withTokens(original: Session, groups: Map<string, string>, group: string, key: string): Session {
  const session: Session = { ...copyOf(original), key };
  const tokens = new Map<string, number>();
  for (const slot of slotsOf(session)) {
    const value = slot.get();
    if (groups.get(slot.key) !== group || !isLeaf(value)) continue;
    const name = JSON.stringify(value);
    let node = tokens.get(name);
    if (node === undefined) {
      session.nodes.push({ k: 'opaque', token: tokens.size, stands_for: value });
      node = session.nodes.length - 1;
      tokens.set(name, node);
    }
    slot.set({ r: node });
  }
  return session;
}
