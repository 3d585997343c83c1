import { chain, child, children, isFunction, type Node, walk } from '../guards/syntax.ts';

/** Stands for what is put into a message when it is thrown. */
const HOLE = '…';

/** The fixed text of a message, however it is written down: `'no ' + a` and `` `no ${a}` `` are the same; null when nothing of it is fixed. */
function fixedText(message: Node, constants: ReadonlyMap<string, Node>): string | null {
  const read = (node: Node | null, depth: number): string => {
    if (!node || depth === 0) return HOLE;
    if (node.type === 'StringLiteral') return String(node['value']);
    if (node.type === 'Identifier') return read(constants.get(String(node['name'])) ?? null, depth - 1);
    if (node.type === 'BinaryExpression' && node['operator'] === '+')
      return read(child(node, 'left'), depth - 1) + read(child(node, 'right'), depth - 1);
    if (node.type !== 'TemplateLiteral') return HOLE;
    const values = children(node, 'expressions').map((value) => read(value, depth - 1));
    return children(node, 'quasis')
      .map((part, index) => ((part['value'] as { cooked?: string | null }).cooked ?? '') + (values[index] ?? ''))
      .join('');
  };
  const DEPTH_MAX = 50;
  const text = read(message, DEPTH_MAX).replaceAll(/…+/g, HOLE);
  return text === HOLE ? null : JSON.stringify(text);
}

/** Kind and fixed text of an error that is made here. */
function madeBy(node: Node | null, constants: ReadonlyMap<string, Node>): string | null {
  if (!node || !/^(New|Call)Expression$/.test(node.type)) return null;
  const [message] = children(node, 'arguments');
  const text = message ? fixedText(message, constants) : null;
  return text === null ? null : `${chain(child(node, 'callee')) ?? ''}(${text})`;
}

/** Whether the function around a `throw` catches it, and does not always throw on what it caught: a way to leave a loop or to go on elsewhere. */
function isCaught(ancestors: readonly Node[]): boolean {
  for (let at = ancestors.length - 1; at > 0; at--) {
    const [node, parent] = [ancestors[at] as Node, ancestors[at - 1] as Node];
    if (isFunction(node)) return false;
    if (parent.type !== 'TryStatement' || parent['block'] !== node) continue;
    const handler = child(parent, 'handler');
    const body = handler && child(handler, 'body');
    if (body && !children(body, 'body').some((statement) => statement.type === 'ThrowStatement')) return true;
  }
  return false;
}

export interface Messages {
  /** Thrown on the spot. */
  thrown: Set<string>;
  /** Handed by functions to whoever throws them. */
  returned: Set<string>;
  /** Thrown only where the same function catches them: a caller sees what it makes of them. */
  caught: Set<string>;
}

/** Texts of errors, in no order. */
export function readMessages(tree: Node, constants: ReadonlyMap<string, Node>): Messages {
  const thrown = new Set<string>();
  const returned = new Set<string>();
  const caught = new Set<string>();
  walk(tree, (node, ancestors) => {
    if (/^(Throw|Return)Statement$/.test(node.type)) {
      const text = madeBy(child(node, 'argument'), constants);
      const found = node.type === 'ReturnStatement' ? returned : isCaught(ancestors) ? caught : thrown;
      if (text !== null) found.add(text);
    }
    const body = isFunction(node) ? madeBy(child(node, 'body'), constants) : null;
    if (body !== null) returned.add(body);
    return;
  });
  return { thrown, returned, caught };
}
