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
  if (!text.startsWith('(') || closing(text) !== text.length - 1) return text;
  const parent = model.parent(node);
  if (!parent) return text;
  const argument = (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee !== node;
  const clear =
    CLEAR_PARENTS.has(parent.type) ||
    argument ||
    (parent.type === 'AssignmentExpression' && parent.right === node) ||
    (parent.type === 'ArrowFunctionExpression' && parent.body === node) ||
    (node.extra?.['parenthesized'] === true && (node.extra['parenStart'] as number) === startOf(node) - 1);
  return clear ? text.slice(1, -1) : text;
}

/** Offset of the parenthesis that closes the first one; text in strings is not looked into, so an odd one just keeps the pair. */
function closing(text: string): number {
  if (/['"`/]/.test(text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, ''))) return -1;
  let depth = 0;
  const bare = text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, (quoted) => ' '.repeat(quoted.length));
  for (let i = 0; i < bare.length; i++) {
    if (bare[i] === '(') depth++;
    else if (bare[i] === ')' && --depth === 0) return i;
  }
  return -1;
}
