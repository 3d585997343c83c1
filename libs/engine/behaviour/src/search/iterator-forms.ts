import type { IteratorNode, Session } from '../runtime/graph.ts';
import type { Change } from './change-values.ts';
import { cloneValue } from './clone-value.ts';

type Form = (node: IteratorNode, session: Session) => boolean;

const throwingAt =
  (place: (size: number) => number): Form =>
  (node, session) => {
    node.items.length = Math.max(0, Math.min(place(node.items.length), node.items.length));
    session.nodes.push({ k: 'error', name: 'Error', message: 'thrown by the iterator' });
    node.ends = { throw: { r: session.nodes.length - 1 } };
    return true;
  };

/** What a source of values may do: give none, one, more, fail at any of them, come without the methods that the protocol leaves open, end with a value. */
export const iteratorForms: readonly Form[] = [
  (node, session) => {
    const more = [...node.items, ...node.items].slice(0, Math.max(3, node.items.length + 3));
    node.items.push(...more.map((item) => cloneValue(session, item)));
    return more.length > 0;
  },
  throwingAt((size) => size >> 1),
  (node) => {
    node.items.length = 0;
    return true;
  },
  (node) => {
    const isOpen = node.has.length > 0;
    Object.assign(node, { form: 'object', has: [] } satisfies Partial<IteratorNode>);
    return isOpen;
  },
  (node) => {
    node.items.length = Math.min(1, node.items.length);
    return true;
  },
  throwingAt(() => 0),
  throwingAt((size) => size),
  throwingAt((size) => size - 1),
  (node) => {
    node.ends = { ret: 'the end' };
    return true;
  },
  (node) => {
    const isShut = node.has.length === 0;
    Object.assign(node, { form: 'generator', has: ['return', 'throw'] } satisfies Partial<IteratorNode>);
    return isShut;
  },
];

export const toIterator: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'iterator'));
  const form = random.pick(iteratorForms);
  return node?.k === 'iterator' && form?.(node, session) === true ? true : null;
};
