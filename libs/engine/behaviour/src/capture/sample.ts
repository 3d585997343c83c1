import type { Session } from '../runtime/graph.ts';

/** What makes two sessions alike: the functions called, the kinds and sizes of the values. */
function signature(session: Session): string {
  const steps = session.steps.map((step) => `${step.op}${step.id}(${step.args.map((arg) => kindOf(arg, session)).join()})`);
  return `${session.level}:${steps.slice(0, 20).join(';')}:${Math.floor(Math.log2(steps.length + 1))}`;
}

function kindOf(value: Session['steps'][number]['self'], session: Session): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? `s${Math.floor(Math.log2(value.length + 1))}` : typeof value;
  if (!('r' in value)) return Object.keys(value).join();
  const node = session.nodes[value.r];
  const size = node && 'items' in node ? Math.floor(Math.log2(node.items.length + 1)) : (node?.props?.length ?? 0);
  return `${node?.k ?? '?'}${size}`;
}

/** At most `limit` sessions for each changed function, one of each kind first; identical ones are kept once. */
export function sampleSessions(sessions: Session[], limit: number): Session[] {
  const distinct = new Map(sessions.map((session) => [JSON.stringify([session.steps, session.nodes]), session]));
  const groups = new Map<string, Session[]>();
  for (const session of distinct.values()) groups.set(signature(session), [...(groups.get(signature(session)) ?? []), session]);
  const kept = new Set<Session>();
  const counts = new Map<string, number>();
  // Round by round over the groups, so that rare kinds are never crowded out.
  for (let round = 0, found = true; found; round++) {
    found = false;
    for (const group of groups.values()) {
      const session = group[round];
      if (!session) continue;
      found = true;
      const free = session.targets.filter((id) => (counts.get(`${session.level}${id}`) ?? 0) < limit);
      if (free.length === 0) continue;
      kept.add(session);
      for (const id of session.targets) counts.set(`${session.level}${id}`, (counts.get(`${session.level}${id}`) ?? 0) + 1);
    }
  }
  return [...kept];
}
