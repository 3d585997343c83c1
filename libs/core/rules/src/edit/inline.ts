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
export function inlineBody(model: SourceModel, fn: InlineFunction, names: readonly string[]): string {
  const text = inlineText(model, fn, names);
  return BINDS_LOOSER.has(fn.body.type) || fn.body.type === 'ObjectExpression' ? `(${text})` : text;
}

/** As `inlineBody`, for a place where any one expression fits: the right of an assignment, an argument. */
export const inlineOperand = (model: SourceModel, fn: InlineFunction, names: readonly string[]): string =>
  fn.body.type === 'SequenceExpression' ? inlineBody(model, fn, names) : inlineText(model, fn, names);

const OPPOSITE: Record<string, string> = { '===': '!==', '!==': '===', '==': '!=', '!=': '==' };

/** The condition that the body is false. */
export function inlineNegation(model: SourceModel, fn: InlineFunction, names: readonly string[]): string {
  const body = unwrap(fn.body);
  const part = (node: Node): string => inlineText(model, { params: fn.params, body: node }, names);
  if (body.type === 'UnaryExpression' && body.operator === '!') return part(body.argument);
  const opposite = body.type === 'BinaryExpression' ? OPPOSITE[body.operator] : undefined;
  if (body.type === 'BinaryExpression' && opposite) {
    const bare = startOf(body.left) === startOf(body) && endOf(body.right) === endOf(body);
    if (bare && model.source.slice(endOf(body.left), startOf(body.right)).trim() === body.operator)
      return `${part(body.left as Node)} ${opposite} ${part(body.right)}`;
  }
  const tight = /^(Identifier|MemberExpression|CallExpression|OptionalMemberExpression|OptionalCallExpression)$/.test(body.type);
  return tight ? `!${part(body)}` : `!(${inlineText(model, fn, names)})`;
}

/** Text of the body, or of a part of it, with other names for the parameters. */
function inlineText(model: SourceModel, { params, body }: InlineFunction, names: readonly string[]): string {
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
  return applyEdits(model.text(body), edits);
}
