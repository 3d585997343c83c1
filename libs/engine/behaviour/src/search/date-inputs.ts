import { copyOf, type Node, type Session, type Value } from '../runtime/graph.ts';
import type { Change } from './change-values.ts';
import type { Make } from './systematic.ts';

const DAY_MS = 86_400_000;
/** The epoch, before it, leap days, the changes of summer time in the replayed zone, years before 0 and 100, the end of the range, no date at all. */
const dateEdges: readonly Value[] = [
  0,
  -1,
  Date.UTC(2024, 1, 29),
  Date.UTC(2026, 2, 8, 5, 30),
  Date.UTC(2026, 10, 1, 4, 30),
  Date.UTC(1999, 11, 31, 23, 59, 59, 999),
  -62_198_755_200_000,
  -60_836_659_200_000,
  8_640_000_000_000_000,
  { p: 'NaN' },
];

const nearDates = ({ time }: Node & { k: 'date' }): number[] =>
  typeof time === 'number' ? [time + DAY_MS, time - 1, time + 31 * DAY_MS] : [];

/** One date at an edge or near what it was. */
export const toDate: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'date'));
  if (node?.k !== 'date') return null;
  node.time = random.pick([...dateEdges, ...nearDates(node)]) ?? 0;
  return true;
};

const DATES_MAX = 3;

/** Every date handed in, at the edges and near what it was. */
export function dateInputs(session: Session): Make[] {
  const dates = session.nodes.flatMap((node, index) => (node.k === 'date' ? [{ node, index }] : [])).slice(0, DATES_MAX);
  return dates.flatMap(({ node, index }) =>
    [...dateEdges, ...nearDates(node)].map((time) => () => {
      const copy = copyOf(session);
      const own = copy.nodes[index];
      if (own?.k !== 'date') return null;
      own.time = time;
      return { session: copy, origin: session.key, in_domain: true };
    }),
  );
}
