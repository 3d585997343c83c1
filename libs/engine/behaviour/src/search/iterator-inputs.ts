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

/** Each iterator that was handed in, in every form; and one in the place of a list where other iterables were seen as well. */
export function iteratorInputs(session: Session, domain: Domain): Make[] {
  const iterators = session.nodes.flatMap((node, index) => (node.k === 'iterator' ? [index] : [])).slice(0, PLACES_MAX);
  const made = (change: (copy: Session) => boolean): Make => {
    return () => {
      const copy = copyOf(session);
      return change(copy) ? { session: copy, origin: session.key, in_domain: true } : null;
    };
  };
  const lists = slotsOf(session).flatMap((slot, index) => (isAnyIterable(slot, session, domain) ? [index] : []));
  return [
    ...lists.slice(0, PLACES_MAX).map((index) => made((copy) => asIterator(copy, slotsOf(copy)[index]) !== null)),
    ...iteratorForms.flatMap((form) => [
      ...iterators.map((index) =>
        made((copy) => {
          const node = iteratorAt(copy, index);
          return node !== null && form(node, copy);
        }),
      ),
      ...lists.slice(0, PLACES_MAX).map((index) =>
        made((copy) => {
          const node = asIterator(copy, slotsOf(copy)[index]);
          return node !== null && form(node, copy);
        }),
      ),
    ]),
  ];
}

/** A list where nobody relies on its being one: iterables of several kinds stood there. */
function isAnyIterable(slot: Slot, session: Session, domain: Domain): boolean {
  if (typeOf(slot.get(), session) !== 'array' || domain.declared(session, slot)) return false;
  return ITERABLE.filter((type) => domain.observed.has(slot.key, type)).length > 1;
}

function asIterator(session: Session, slot: Slot | undefined): IteratorNode | null {
  const value: Value | undefined = slot?.get();
  const list = value !== undefined && isRef(value) ? session.nodes[value.r] : undefined;
  if (list?.k !== 'array' || list.items.some((item) => typeof item === 'object' && item !== null && 'p' in item && item.p === 'hole'))
    return null;
  const node: IteratorNode = { k: 'iterator', form: 'generator', has: ['return', 'throw'], items: [...list.items] };
  session.nodes.push(node);
  slot?.set({ r: session.nodes.length - 1 });
  return node;
}
