import type { InsertionPoint } from '../edit/insertion.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { isFunction, isTypeWrapper, type Node, unwrap } from '../syntax/node.ts';

const STATEMENTS = new Set([
  'ExpressionStatement',
  'ReturnStatement',
  'ThrowStatement',
  'VariableDeclaration',
  'IfStatement',
  'SwitchStatement',
  'ForOfStatement',
  'ForInStatement',
]);

/** Whether `child` is evaluated before all else in `parent`, whatever happens. */
function comesFirst(parent: Node, child: Node): boolean {
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.init === child && parent.id.type === 'Identifier';
    case 'VariableDeclaration':
      return parent.declarations[0] === child;
    case 'AssignmentExpression':
      return parent.right === child && parent.operator === '=' && parent.left.type === 'Identifier';
    case 'MemberExpression':
      return parent.object === child;
    case 'CallExpression': {
      if (parent.callee === child) return true;
      const callee = unwrap(parent.callee);
      const plain =
        callee.type === 'Identifier' || (callee.type === 'MemberExpression' && !callee.computed && callee.object.type === 'Identifier');
      return parent.arguments[0] === child && plain;
    }
    case 'BinaryExpression':
    case 'LogicalExpression':
      return parent.left === child;
    case 'ConditionalExpression':
    case 'IfStatement':
      return parent.test === child;
    case 'SwitchStatement':
      return parent.discriminant === child;
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.right === child;
    case 'UnaryExpression':
    case 'AwaitExpression':
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'SpreadElement':
      return true;
    case 'ExpressionStatement':
      return true;
    case 'ArrayExpression':
      return parent.elements[0] === child;
    case 'TemplateLiteral':
      return parent.expressions[0] === child;
    case 'ObjectExpression':
      return parent.properties[0] === child;
    case 'ObjectProperty':
      return parent.value === child && !parent.computed;
    default:
      return isTypeWrapper(parent);
  }
}

/** The node is evaluated exactly once, and before anything else, when control reaches the point: its value can be computed there. */
export function isEvaluatedFirst(model: SourceModel, node: Node, point: InsertionPoint): boolean {
  let below = node;
  for (let current = model.parent(node); current; current = model.parent(current)) {
    if (point.kind === 'arrow-body' && current === point.node) return true;
    if (!comesFirst(current, below)) return false;
    if (current === point.node) return STATEMENTS.has(current.type);
    below = current;
  }
  return false;
}

/** An exception of the node may be caught in its own function, which then sees what was done so far. */
export function isCaughtHere(model: SourceModel, node: Node): boolean {
  for (const ancestor of ancestors(model, node)) {
    if (isFunction(ancestor)) return false;
    if (ancestor.type === 'TryStatement') return true;
  }
  return false;
}
