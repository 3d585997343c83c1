import type * as t from '@babel/types';
import type { SourceModel } from '../syntax/model.ts';
import { contains, endOf, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import { applyEdits, replace, type TextEdit } from './edits.ts';

/** An arrow function of plain parameters whose body is one expression, fit to be written out where it is called. */
export interface InlineFunction {
  params: t.Identifier[];
  body: Node;
}

export function inlineFunction(node: Node | null | undefined): InlineFunction | null {
  const fn = node ? unwrap(node) : null;
  if (fn?.type !== 'ArrowFunctionExpression' || fn.async || fn.body.type === 'BlockStatement') return null;
  const params = fn.params.filter((param): param is t.Identifier => param.type === 'Identifier');
  if (params.length !== fn.params.length) return null;
  let plain = true;
  walk(fn.body, (child) => {
    if (/^(AwaitExpression|YieldExpression|AssignmentExpression|UpdateExpression)$/.test(child.type)) plain = false;
  });
  return plain ? { params, body: fn.body } : null;
}

const BINDS_LOOSER = new Set([
  'ConditionalExpression',
  'LogicalExpression',
  'AssignmentExpression',
  'SequenceExpression',
  'ArrowFunctionExpression',
]);

/** Text of the body with other names for the parameters, in parentheses where it could bind too loosely. */
export function inlineBody(model: SourceModel, { params, body }: InlineFunction, names: readonly string[]): string {
  const edits: TextEdit[] = [];
  for (const [index, param] of params.entries()) {
    const binding = model.binding(param);
    for (const { node } of binding?.references ?? []) {
      if (!contains(body, node)) continue;
      const parent = model.parent(node);
      const shorthand = parent?.type === 'ObjectProperty' && parent.shorthand;
      const name = names[index] ?? param.name;
      edits.push(replace(startOf(node) - startOf(body), endOf(node) - startOf(body), shorthand ? `${node.name}: ${name}` : name));
    }
  }
  edits.sort((a, b) => a.start - b.start);
  const text = applyEdits(model.text(body), edits);
  return BINDS_LOOSER.has(body.type) || body.type === 'ObjectExpression' ? `(${text})` : text;
}
