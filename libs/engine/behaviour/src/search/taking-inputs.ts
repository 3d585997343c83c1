import { copyOf, isOut, type Session, type Step, type Taking } from '../runtime/graph.ts';
import type { Surveyed } from './survey.ts';
import type { SystematicInput } from './systematic.ts';

/** Sessions that get their turn for each function that hands out iterators. */
const ALIKE_MAX = 2;
const INPUTS_MAX = 30;
const OTHERS_MAX = 6;

const USES: readonly Taking[] = [
  { after: 1, doing: 'return' },
  { after: 1, doing: 'add' },
  { after: 1, doing: 'remove' },
  { after: 0, doing: 'add' },
  { after: 1, doing: 'throw' },
  { after: 0, doing: 'return' },
  { after: 2, doing: 'return' },
  { after: 2, doing: 'remove' },
];

/**
 * Iterators that a step hands out, used as consumers do: not to their end, or with something changed between two values. Which steps hand
 * out one is seen on the base.
 */
export function takingInputs(surveyed: readonly Surveyed[]): SystematicInput[] {
  const tried = new Map<string, number>();
  const lists: SystematicInput[][] = [];
  for (const { session, seen } of surveyed)
    for (const index of seen.iterates) {
      const step = session.steps[index];
      const kind = `${step?.id}.${step?.name ?? ''}`;
      const times = tried.get(kind) ?? 0;
      if (!step || times >= ALIKE_MAX) continue;
      tried.set(kind, times + 1);
      lists.push(usesOf(session, step, index));
    }
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1)))
    .flat()
    .slice(0, INPUTS_MAX);
}

function usesOf(session: Session, step: Step, index: number): SystematicInput[] {
  const owner = ownerOf(step);
  const others = session.steps.flatMap((other, at): Taking[] =>
    at !== index && isDoing(other) && owner !== null && ownerOf(other) === owner ? [{ after: 1, doing: { step: at } }] : [],
  );
  return [...others.slice(-OTHERS_MAX), ...USES].map((takes) => {
    const copy = copyOf(session);
    (copy.steps[index] as Step).takes = takes;
    // A source that was handed in need not be told the error by name: a loop over it closes it as well.
    const isIn = takes.doing !== 'throw' || !session.nodes.some((node) => node.k === 'iterator');
    return { session: copy, origin: session.key, in_domain: isIn };
  });
}

const isDoing = ({ op }: Step): boolean => op === 'method' || op === 'set' || op === 'apply';

/** The step that made the object on which a step works; null for none. */
function ownerOf({ op, self, callee }: Step): number | null {
  const owner = op === 'apply' ? (callee ?? null) : self;
  return isOut(owner) ? owner.out : null;
}
