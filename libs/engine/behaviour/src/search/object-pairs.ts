import { copyOf, isRef, type Node, type Session, undefinedValue } from '../runtime/graph.ts';
import { allowed, type Domain } from './change-values.ts';
import { slotsOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PAIRS_MAX = 4;

type ObjectNode = Node & { k: 'object' };

/** How two objects of one shape come to be nearly the same: on one side a property is there without a value, on the other it is not there. */
export const nearlySame: readonly ((left: ObjectNode, right: ObjectNode, at: number) => void)[] = [
  (left, right, at) => {
    const prop = right.props?.[at];
    setNothing(left, at);
    if (prop && typeof prop[0] === 'string') prop[0] = `${prop[0]}2`;
  },
  (left, right, at) => {
    setNothing(left, at);
    right.props?.splice(at, 1);
  },
];

function setNothing(node: ObjectNode, at: number): void {
  const prop = node.props?.[at];
  if (prop) prop[1] = undefinedValue;
}

/** Pairs of plain objects with the same keys, made nearly the same in ways that code which compares, joins or updates them has to tell apart. */
export function objectPairInputs(session: Session, domain: Domain): Make[] {
  return pairsOf(session).flatMap(([a, b]) =>
    nearlySame.flatMap((form) =>
      [
        [a, b],
        [b, a],
      ].map(
        ([first, second]): Make =>
          () => {
            const copy = copyOf(session);
            const slots = slotsOf(copy);
            const [left, right] = [objectAt(copy, first as number), objectAt(copy, second as number)];
            const at = (left?.props?.length ?? 0) - 1;
            const key = left?.props?.[at]?.[0];
            const owner = slots.find((slot) => isRef(slot.get()) && (slot.get() as { r: number }).r === first);
            if (!left || !right || !owner || typeof key !== 'string') return null;
            const place = slots.find((slot) => slot.key === `${owner.key}.${key}`);
            const isIn =
              domain.tells_missing ||
              domain.observed.isOptional(owner.key, key) ||
              (place !== undefined && allowed(place, copy, domain, 'undefined'));
            form(left, right, at);
            return { session: copy, origin: session.key, in_domain: isIn };
          },
      ),
    ),
  );
}

function objectAt(session: Session, index: number): ObjectNode | null {
  const node = session.nodes[index];
  return node?.k === 'object' && node.cls === undefined && node.state === undefined && (node.props?.length ?? 0) > 0 ? node : null;
}

/** Indexes of nodes, two by two: for each list of keys the first of one argument and the first of another, else two neighbours. */
function pairsOf(session: Session): [number, number][] {
  const byKeys = new Map<string, { index: number; argument: string }[]>();
  const seen = new Set<number>();
  for (const slot of slotsOf(session)) {
    const value = slot.get();
    const node = isRef(value) ? objectAt(session, value.r) : null;
    if (!isRef(value) || !node || seen.has(value.r)) continue;
    seen.add(value.r);
    const keys = JSON.stringify(node.props?.map(([key]) => key));
    byKeys.set(keys, [...(byKeys.get(keys) ?? []), { index: value.r, argument: `${slot.step}.${slot.argument}` }]);
  }
  return [...byKeys.values()]
    .flatMap((list): [number, number][] => {
      const [first, second] = list;
      const other = list.find((item) => item.argument !== first?.argument) ?? second;
      return first && other ? [[first.index, other.index]] : [];
    })
    .slice(0, PAIRS_MAX);
}
