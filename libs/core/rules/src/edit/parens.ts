import { parseExpression } from '@babel/parser';
import type { SourceModel } from '../syntax/model.ts';
import { type Node, startOf } from '../syntax/node.ts';

const CLEAR_PARENTS = new Set([
  'ReturnStatement',
  'VariableDeclarator',
  'IfStatement',
  'WhileStatement',
  'ExpressionStatement',
  'TemplateLiteral',
  'ArrayExpression',
]);

/** A template is written so that it fits anywhere; its outer parentheses go where nothing can bind tighter. */
export function withoutNeedlessParens(model: SourceModel, node: Node, text: string): string {
  if (!text.startsWith('(')) return text;
  const parent = model.parent(node);
  if (!parent || !isOnePair(text)) return text;
  const argument = (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee !== node;
  const clear =
    CLEAR_PARENTS.has(parent.type) ||
    argument ||
    (parent.type === 'AssignmentExpression' && parent.right === node) ||
    (parent.type === 'ArrowFunctionExpression' && parent.body === node) ||
    ((parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') && parent.right === node) ||
    (node.extra?.['parenthesized'] === true && (node.extra['parenStart'] as number) === startOf(node) - 1);
  return clear ? text.slice(1, -1) : text;
}

/** The first parenthesis is closed by the last one; a text the parser does not take just keeps the pair. */
function isOnePair(text: string): boolean {
  try {
    const parsed = parseExpression(text, { createParenthesizedExpressions: true, plugins: ['typescript'] });
    return parsed.type === 'ParenthesizedExpression' && parsed.end === text.length && parsed.expression.type !== 'SequenceExpression';
  } catch {
    return false;
  }
}
