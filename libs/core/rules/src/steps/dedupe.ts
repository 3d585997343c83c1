import { type Edit, replace } from '../edit/edits.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { indentAt, styleCode } from '../edit/style.ts';
import { staticType } from '../facts/static-type.ts';
import { usesOf } from '../facts/uses.ts';
import type { SourceModel } from '../syntax/model.ts';
import { endOf, methodCall, type Node, startOf, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { bindingOfValue, NOT_APPLICABLE, type Step } from './step.ts';

/** `!out.includes(x)` or `out.indexOf(x) === -1`, alone or joined by `&&`. */
function absenceTest(model: SourceModel, test: Node, binding: Binding, wanted: string): { node: Node; strict: boolean } | null {
  const node = unwrap(test);
  if (node.type === 'LogicalExpression' && node.operator === '&&')
    return absenceTest(model, node.left, binding, wanted) ?? absenceTest(model, node.right, binding, wanted);
  const asks = (call: Node, name: string): boolean => {
    const method = methodCall(unwrap(call));
    return (
      !!method &&
      !method.optional &&
      method.name === name &&
      method.args.length === 1 &&
      model.binding(unwrap(method.receiver)) === binding &&
      model.text(method.args[0] as Node) === wanted
    );
  };
  if (node.type === 'UnaryExpression' && node.operator === '!' && asks(node.argument, 'includes')) return { node, strict: false };
  if (node.type !== 'BinaryExpression' || !asks(node.left as Node, 'indexOf')) return null;
  const right = model.text(node.right);
  const absent = (right === '-1' && ['===', '=='].includes(node.operator)) || (right === '0' && node.operator === '<');
  return absent ? { node, strict: true } : null;
}

/** `if (absent) out.push(x)`: a Set beside the list takes over the look-ups once the list is long. */
export const remember_pushed = ((context, list, value, loop) => {
  const { model, match, style } = context;
  const binding = bindingOfValue(context, list);
  const statement = model.parent(match);
  if (!binding || !value?.node || !loop?.node || statement?.type !== 'ExpressionStatement') return NOT_APPLICABLE;
  const holder = model.parent(statement);
  const branch = holder?.type === 'BlockStatement' ? holder : statement;
  const condition = model.parent(branch);
  if (condition?.type !== 'IfStatement' || condition.consequent !== branch) return NOT_APPLICABLE;
  const test = absenceTest(model, condition.test, binding, value.text);
  if (!test) return NOT_APPLICABLE;
  if (!isRepeatable(value.node)) return fails(`\`${value.text}\` may give another value when it is read twice`);
  const init = binding.declaration.type === 'VariableDeclarator' && binding.declaration.init ? unwrap(binding.declaration.init) : null;
  if (init?.type !== 'ArrayExpression' || init.elements.length > 0) return fails(`\`${binding.name}\` does not start empty`);
  for (const use of usesOf(model, binding)) {
    const changes = use.kind === 'write' || (use.kind === 'assign' && use.reference.node !== binding.identifier);
    const adds =
      use.kind === 'method' &&
      !['includes', 'indexOf', 'some', 'every', 'find', 'join', 'slice', 'map', 'filter', 'forEach'].includes(use.name ?? '');
    if (changes || (adds && use.node !== match && startOf(use.node) < endOf(loop.node)))
      return fails(`\`${binding.name}\` is also changed elsewhere`);
  }
  const point = insertionPoint(model, binding.declaration);
  if (!point) return NOT_APPLICABLE;
  const seen = context.freshName(`${binding.name}Seen`);
  const typed = model.language === 'ts' || model.language === 'tsx' ? ': Set<unknown> | undefined' : '';
  const type = staticType(model, value.node)?.name;
  const guard = test.strict && (type === undefined || type === 'number') ? ` && ${value.text} === ${value.text}` : '';
  const base = indentAt(model.source, startOf(statement));
  const push = [
    `${model.text(match)};`,
    `if (${seen}) ${seen}.add(${value.text});`,
    `else if (${binding.name}.length >= 32) ${seen} = new Set(${binding.name});`,
  ];
  const lines = push.map((line) => styleCode(line, style));
  const alone = holder?.type !== 'BlockStatement';
  const outer = indentAt(model.source, startOf(condition));
  const text = alone
    ? `{${style.eol}${lines.map((line) => outer + style.indent + line).join(style.eol)}${style.eol}${outer}}`
    : lines.join(style.eol + base);
  const edits: Edit[] = [
    {
      kind: 'statements',
      where: 'after',
      point,
      text: styleCode(
        `// Takes over from ${binding.name} when that is long enough for a Set to be faster than a scan.\nlet ${seen}${typed};`,
        style,
      ),
    },
    replace(
      startOf(test.node),
      endOf(test.node),
      parenthesised(model, test.node, `${seen}${guard} ? !${seen}.has(${value.text}) : ${model.text(test.node)}`),
    ),
    replace(startOf(statement), endOf(statement), text),
  ];
  return { text: seen, edits };
}) satisfies Step;

const parenthesised = (model: SourceModel, node: Node, text: string): string =>
  model.parent(node)?.type === 'IfStatement' ? text : `(${text})`;
