import type { SourceModel } from '../syntax/model.ts';
import { ancestors } from '../syntax/model.ts';
import { endOf, isFunction, type Node, startOf } from '../syntax/node.ts';

/** A place where statements can be put before (or after) a piece of code. */
export interface InsertionPoint {
  kind: 'statement' | 'lone-statement' | 'arrow-body';
  /** The statement, or the arrow function whose body is one expression. */
  node: Node;
  start: number;
  end: number;
}

const LISTS = new Set(['Program', 'BlockStatement', 'StaticBlock', 'SwitchCase', 'TSModuleBlock']);

/** Nearest point before the node at which a statement can stand. Null inside default values and class fields. */
export function insertionPoint(model: SourceModel, node: Node): InsertionPoint | null {
  let below = node;
  for (const ancestor of ancestors(model, node)) {
    if (LISTS.has(ancestor.type)) {
      if (ancestor.type === 'SwitchCase' && ancestor.test === below) below = ancestor;
      else return { kind: 'statement', node: below, start: startOf(below), end: endOf(below) };
    }
    if (ancestor.type === 'ArrowFunctionExpression' && ancestor.body === below) {
      const open = (below.extra?.['parenStart'] as number | undefined) ?? startOf(below);
      return { kind: 'arrow-body', node: ancestor, start: open, end: endOf(ancestor) };
    }
    if (isFunction(ancestor) || ancestor.type === 'ClassBody') return null;
    if (isLoneBody(ancestor, below)) return { kind: 'lone-statement', node: below, start: startOf(below), end: endOf(below) };
    below = ancestor;
  }
  return null;
}

/** A statement that is the whole body of an `if` or a loop, without braces. */
function isLoneBody(parent: Node, child: Node): boolean {
  if (child.type === 'BlockStatement') return false;
  switch (parent.type) {
    case 'IfStatement':
      return parent.consequent === child || (parent.alternate === child && child.type !== 'IfStatement');
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.body === child;
    default:
      return false;
  }
}

/** The statement directly below the program that holds the node. */
export function topLevelStatement(model: SourceModel, node: Node): Node {
  let below = node;
  for (const ancestor of ancestors(model, node)) {
    if (ancestor.type === 'Program') return below;
    below = ancestor;
  }
  return below;
}
