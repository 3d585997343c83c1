import { copyOf, isRef, type Node, type PathPart, type Session, type Value } from '../runtime/graph.ts';
import { cloneValue } from './clone-value.ts';

/** An object that holds another of its own kind: a reply in a comment, a child in a tree, a list in a list. */
export interface Recursion {
  /** Index of the holder in the session's node table. */
  holder: number;
  /** The way from the holder to the one inside. */
  path: PathPart[];
}

/** Places where the data of a session repeats its own shape. */
export function recursionsOf(session: Session): Recursion[] {
  const out: Recursion[] = [];
  for (const [holder, node] of session.nodes.entries()) {
    if (node.k === 'array' && isMixed(node.items, session)) {
      const at = node.items.findIndex((item) => nodeOf(item, session)?.k === 'array');
      if (at >= 0) out.push({ holder, path: [at] });
    }
    if (node.k !== 'object') continue;
    for (const [key, value] of node.props ?? []) {
      if (typeof key !== 'string') continue;
      const inner = nodeOf(value, session);
      if (inner?.k === 'object' && areAlike(node, inner)) out.push({ holder, path: [key] });
      if (inner?.k !== 'array') continue;
      const at = inner.items.findIndex((item) => {
        const child = nodeOf(item, session);
        return child?.k === 'object' && areAlike(node, child);
      });
      if (at >= 0) out.push({ holder, path: [key, at] });
    }
  }
  return out;
}

const nodeOf = (value: Value, session: Session): Node | undefined => (isRef(value) ? session.nodes[value.r] : undefined);

const isMixed = (items: Value[], session: Session): boolean =>
  items.some((item) => !isRef(item)) && items.some((item) => nodeOf(item, session)?.k === 'array');

function areAlike(a: Node, b: Node): boolean {
  const keys = (node: Node): string[] => (node.props ?? []).map(([key]) => JSON.stringify(key));
  const [left, right] = [keys(a), keys(b)];
  if (right.length === 0 || JSON.stringify(a.cls) !== JSON.stringify(b.cls)) return false;
  return right.every((key) => left.includes(key)) || left.every((key) => right.includes(key));
}

/** One level more: in the place of the inner one stands a copy of the whole holder. */
export function deepen(session: Session, { holder, path }: Recursion): boolean {
  const copy = cloneValue(session, { r: holder });
  return put(session, holder, path, copy);
}

function put(session: Session, holder: number, path: PathPart[], value: Value): boolean {
  let node = session.nodes[holder];
  for (const part of path.slice(0, -1)) {
    const prop = node?.props?.find(([key]) => key === part);
    node = prop ? nodeOf(prop[1], session) : undefined;
  }
  const last = path.at(-1);
  if (node?.k === 'array' && typeof last === 'number') node.items[last] = value;
  else {
    const prop = node?.props?.find(([key]) => key === last);
    if (!prop) return false;
    prop[1] = value;
  }
  return true;
}

/** The holder becomes a chain of so many of its kind. */
export function toChain(session: Session, { holder, path }: Recursion, times: number): void {
  session.nodes.push(copyOf(session.nodes[holder]) as Node);
  session.nodes[holder] = { k: 'chain', of: { r: session.nodes.length - 1 }, path, times };
}
