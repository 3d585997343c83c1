import { copyOf, isRef, type IteratorNode, type Node, type Session, type Value } from '../runtime/graph.ts';
import type { Domain } from './change-values.ts';
import { iteratorForms } from './iterator-forms.ts';
import { type Slot, slotsOf, typeOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PLACES_MAX = 4;
/** Kinds of values that code can only have in common by asking them for an iterator. */
const ITERABLE = ['array', 'set', 'map', 'view', 'iterator'];

const iteratorAt = (session: Session, index: number): IteratorNode | null => {
  const node: Node | undefined = session.nodes[index];
  return node?.k === 'iterator' ? node : null;
};

/**
 * Each iterator that was handed in, in every form; and one, or a Set, in the place of a list where other iterables were seen as well or any is
 * declared to be welcome.
 */
export function iteratorInputs(session: Session, domain: Domain): Make[] {
  const iterators = session.nodes.flatMap((node, index) => (node.k === 'iterator' ? [index] : [])).slice(0, PLACES_MAX);
  const made = (change: (copy: Session) => boolean): Make => {
    return () => {
      const copy = copyOf(session);
      return change(copy) ? { session: copy, origin: session.key, in_domain: true } : null;
    };
  };
  const lists = slotsOf(session)
    .flatMap((slot, index) => kindsAt(slot, session, domain).map((kind) => ({ index, kind })))
    .slice(0, PLACES_MAX);
  return [
    ...lists.map(({ index, kind }) => made((copy) => asIterator(copy, slotsOf(copy)[index], kind) !== null)),
    ...lists.filter(({ kind }) => kind === 'sync').map(({ index }) => made((copy) => asSet(copy, slotsOf(copy)[index]))),
    ...iteratorForms.flatMap((form) => [
      ...iterators.map((index) =>
        made((copy) => {
          const node = iteratorAt(copy, index);
          return node !== null && form(node, copy);
        }),
      ),
      ...lists.map(({ index, kind }) =>
        made((copy) => {
          const node = asIterator(copy, slotsOf(copy)[index], kind);
          return node !== null && form(node, copy);
        }),
      ),
    ]),
  ];
}

/** Kinds of iterators for a list where nobody relies on its being one: iterables of several kinds stood there, or are declared. */
function kindsAt(slot: Slot, session: Session, domain: Domain): readonly ('sync' | 'async')[] {
  if (typeOf(slot.get(), session) !== 'array') return [];
  const declared = domain.iterated(session, slot);
  if (declared.length > 0 || domain.declared(session, slot)) return declared;
  return ITERABLE.filter((type) => domain.observed.has(slot.key, type)).length > 1 ? ['sync'] : [];
}

/** The items of a list without holes. */
function itemsAt(session: Session, slot: Slot | undefined): Value[] | null {
  const value: Value | undefined = slot?.get();
  const list = value !== undefined && isRef(value) ? session.nodes[value.r] : undefined;
  if (list?.k !== 'array' || list.items.some((item) => typeof item === 'object' && item !== null && 'p' in item && item.p === 'hole'))
    return null;
  return [...list.items];
}

function asIterator(session: Session, slot: Slot | undefined, kind: 'sync' | 'async'): IteratorNode | null {
  const items = itemsAt(session, slot);
  if (!items) return null;
  const node: IteratorNode = { k: 'iterator', form: 'generator', has: ['return', 'throw'], items };
  if (kind === 'async') node.async = true;
  session.nodes.push(node);
  slot?.set({ r: session.nodes.length - 1 });
  return node;
}

function asSet(session: Session, slot: Slot | undefined): boolean {
  const items = itemsAt(session, slot);
  if (!items) return false;
  session.nodes.push({ k: 'set', items });
  slot?.set({ r: session.nodes.length - 1 });
  return true;
}
