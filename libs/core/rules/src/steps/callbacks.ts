import { inlineFunction } from '../edit/inline.ts';
import { effectsOf, isPure, type Write } from '../facts/effects.ts';
import { isPrivate } from '../facts/mutation.ts';
import { staticType } from '../facts/static-type.ts';
import type { SourceModel } from '../syntax/model.ts';
import { contains, isFunction, isTypeOnly, isTypeWrapper, type Node, unwrap, walk } from '../syntax/node.ts';
import { all, assumes, fails, HOLDS, type Verdict } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { NOT_APPLICABLE, type Step } from './step.ts';

/** A function written in place whose body does nothing but compute. Calls of unknown functions fail. */
export const pure_callback: Step = ({ model }, value) => {
  const fn = value?.node ? unwrap(value.node) : null;
  if (!fn || !isFunction(fn)) return fails(`\`${value?.text}\` is not a function written in place`);
  if (('async' in fn && fn.async) || fn.generator) return fails('the callback waits or yields');
  return isPure(model, fn) ? HOLDS : fails('the callback does more than compute');
};

/** Takes only the element, neither its index nor the array. */
export const element_only: Step = (_context, value) => {
  const fn = value?.node ? unwrap(value.node) : null;
  if (!fn || !isFunction(fn)) return fails(`\`${value?.text}\` is not a function written in place`);
  const usesArguments = fn.type !== 'ArrowFunctionExpression' && mentionsArguments(fn);
  return fn.params.length <= 1 &&
    fn.params.every((param) => param.type === 'Identifier' || param.type === 'ObjectPattern') &&
    !usesArguments
    ? HOLDS
    : fails('the callback looks at more than the element');
};

function mentionsArguments(fn: Node): boolean {
  let found = false;
  walk(fn, (node) => {
    if (node.type === 'Identifier' && node.name === 'arguments') found = true;
  });
  return found;
}

/** Elements behind the first hit are no longer looked at: the callback must not have thrown on one of them. */
export const may_stop_early: Step = ({ model }, value): Verdict => {
  const fn = value?.node ? unwrap(value.node) : null;
  if (!fn) return fails('there is no callback');
  let throws = isFunction(fn) && !fn.params.every((param) => param.type === 'Identifier');
  walk(isFunction(fn) ? fn.body : fn, (node) => {
    if (isTypeOnly(node)) return false;
    if (!cannotThrow(model, node)) throws = true;
    return true;
  });
  return throws ? assumes('the callback throws for no element behind the first hit') : HOLDS;
};

const NEVER_THROWS = new Set([
  'BlockStatement',
  'BooleanLiteral',
  'ConditionalExpression',
  'ExpressionStatement',
  'IfStatement',
  'LogicalExpression',
  'NullLiteral',
  'NumericLiteral',
  'RegExpLiteral',
  'ReturnStatement',
  'StringLiteral',
  'TemplateElement',
]);
const PRIMITIVES = new Set(['string', 'number', 'boolean', 'null', 'undefined']);

/** Whatever the values are. Operators that convert throw on symbols, on bigints beside numbers, and as a `valueOf` likes. */
function cannotThrow(model: SourceModel, node: Node): boolean {
  const converts = (...sides: Node[]): boolean => sides.every((side) => PRIMITIVES.has(staticType(model, side)?.name ?? ''));
  switch (node.type) {
    case 'Identifier':
      return model.binding(node) !== null || node.name === 'undefined' || node.name === 'NaN';
    case 'BinaryExpression':
      return (
        ['===', '!=='].includes(node.operator) || (!['in', 'instanceof'].includes(node.operator) && converts(node.left as Node, node.right))
      );
    case 'UnaryExpression':
      return ['!', 'typeof', 'void'].includes(node.operator) || (node.operator !== 'delete' && converts(node.argument));
    case 'TemplateLiteral':
      return converts(...(node.expressions as Node[]));
    default:
      return NEVER_THROWS.has(node.type) || isTypeWrapper(node);
  }
}

interface KeyLookup {
  param: string;
  key: string;
  wanted: Node;
}

/** `(item) => item.key === wanted`, either way round. */
function keyLookup(callback: Node): KeyLookup | null {
  const fn = inlineFunction(callback);
  const [param] = fn?.params ?? [];
  if (!fn || !param || fn.params.length !== 1 || fn.body.type !== 'BinaryExpression' || fn.body.operator !== '===') return null;
  for (const [member, wanted] of [
    [unwrap(fn.body.left as Node), fn.body.right],
    [unwrap(fn.body.right), fn.body.left as Node],
  ] as const) {
    if (member.type !== 'MemberExpression' || member.computed || member.object.type !== 'Identifier') continue;
    if (member.object.name === param.name && member.property.type === 'Identifier')
      return { param: param.name, key: member.property.name, wanted };
  }
  return null;
}

/** Key by which the predicate looks: its property name. */
export const lookup_key: Step = (_context, callback) => {
  const found = callback?.node ? keyLookup(callback.node) : null;
  return found ? { text: found.key } : NOT_APPLICABLE;
};

/** What the predicate looks for; it must not depend on the element. */
export const lookup_value: Step = ({ model }, callback) => {
  const found = callback?.node ? keyLookup(callback.node) : null;
  const fn = inlineFunction(callback?.node);
  if (!found || !fn) return NOT_APPLICABLE;
  const binding = model.binding(fn.params[0]);
  if (binding?.references.some((reference) => contains(found.wanted, reference.node)))
    return fails('the sought value depends on the element');
  if (!isRepeatable(found.wanted)) return fails(`\`${model.text(found.wanted)}\` may give another value when it is read twice`);
  return { text: model.text(found.wanted), node: found.wanted };
};

/** No property of that name is written in the region, so an index by it stays right. */
export const key_unwritten_in: Step = ({ model }, key, region) => {
  if (!region?.node) return NOT_APPLICABLE;
  const { writes, unknown } = effectsOf(model, region.node);
  const elsewhere = (write: Write): boolean => write.binding !== null && isPrivate(model, write.binding, region.node as Node);
  const wrong = writes.find(
    (write) =>
      !elsewhere(write) &&
      write.how === 'object' &&
      (write.property === key?.text || (write.property === null && write.node.type === 'MemberExpression')),
  );
  if (wrong) return fails(`\`${model.text(wrong.node)}\` may change the key`);
  return all(
    unknown.map((call) =>
      assumes(`\`${model.text(call).replace(/\s+/g, ' ').slice(0, 40)}\` does not change \`.${key?.text}\` of an element`),
    ),
  );
};
