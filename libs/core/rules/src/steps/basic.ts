import { staticType, type TypeName, variableType } from '../facts/static-type.ts';
import { isInFunction } from '../syntax/wrapper.ts';
import { contains, memberName, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import { assumes, fails, HOLDS } from '../verdict.ts';
import { soleValue, usesOf } from '../facts/uses.ts';
import { changesArray } from '../facts/mutation.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step } from './step.ts';

/** The expression is the name of a variable that the file declares. */
export const variable: Step = (context, value) => (bindingOfValue(context, value) ? HOLDS : notAVariable(value));

/** Reading the expression twice gives the same and does nothing: a name, `this`, a literal, or properties of such. */
export function isRepeatable(node: Node): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case 'Identifier':
    case 'ThisExpression':
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
      return true;
    case 'MemberExpression':
      return isRepeatable(inner.object) && (inner.computed ? isRepeatable(inner.property) : true);
    default:
      return false;
  }
}

export const repeatable: Step = (_context, value) =>
  value?.node && isRepeatable(value.node) ? HOLDS : fails(`\`${value?.text}\` may give another value when it is read twice`);

/** The match is a statement of its own. */
export const statement: Step = ({ model, match }) => (model.parent(match)?.type === 'ExpressionStatement' ? HOLDS : NOT_APPLICABLE);

/** Both arguments are the same source text. */
export const same_text: Step = (_context, a, b) => (a?.text === b?.text ? HOLDS : NOT_APPLICABLE);

/** A new name after `base`. Places with the same third argument share it. */
export const fresh_name: Step = (context, base, suffix, owner) => {
  const stem = base?.node ? nameStem(base.node) : (base?.text ?? 'value');
  const key = owner?.node ? `${startOf(owner.node)}:${stem}` : owner?.text;
  return { text: context.freshName(withSuffix(stem, suffix?.text ?? ''), key) };
};

/** `rows` and `Set` make `rowsSet`; `all_rows` makes `all_rows_set`. */
const withSuffix = (stem: string, suffix: string): string =>
  suffix !== '' && /^[a-z0-9]+(_[a-z0-9]+)+$/.test(stem) ? `${stem}_${suffix.toLowerCase()}` : stem + suffix;

function nameStem(node: Node): string {
  const inner = unwrap(node);
  if (inner.type === 'Identifier') return inner.name;
  const name = memberName(inner);
  return name && /^[\w$#]+$/.test(name) ? name.replace(/^#/, '') : 'value';
}

/** Proved by construction, annotation or guard to be of the type. */
export const type_is: Step = ({ model }, value, ...names) => {
  const type = staticType(model, value?.node);
  return type && names.some(({ text }) => text === (type.name satisfies TypeName))
    ? HOLDS
    : fails(`\`${value?.text}\` is not provably a ${names.map(({ text }) => text).join(' or ')}`);
};

/** An array without holes; holes that cannot be excluded become an assumption. */
export const no_holes: Step = ({ model }, value) => {
  const type = staticType(model, value?.node);
  return type?.dense ? HOLDS : assumes(`\`${value?.text}\` has no holes`);
};

/** Text that checks for an array first, empty when that is proved where the text will stand: before the loop, if one is given. */
export const array_guard: Step = (context, value, loop) => {
  const { model } = context;
  const binding = loop?.node ? bindingOfValue(context, value) : null;
  const type = binding && loop?.node ? variableType(model, binding, loop.node) : staticType(model, value?.node);
  if (type?.name === 'array') return { text: '' };
  if (type) return fails(`\`${value?.text}\` is a ${type.name}, not an array`);
  return { text: `Array.isArray(${value?.text}) && ` };
};

/** TypeScript annotation, empty in JavaScript. */
export const annotation: Step = ({ model }, text) => ({
  text: model.language === 'ts' || model.language === 'tsx' ? `: ${text?.text}` : '',
});

/** An array literal that is never added to is as long as it is written. */
export const may_be_longer_than: Step = (context, value, limit) => {
  const binding = bindingOfValue(context, value);
  const init = binding ? soleValue(binding) : null;
  const literal = init ? unwrap(init) : null;
  if (literal?.type !== 'ArrayExpression' || literal.elements.some((element) => element?.type === 'SpreadElement')) return HOLDS;
  const grows = binding
    ? usesOf(context.model, binding).some((use) => changesArray(use) || use.kind === 'escape' || use.kind === 'argument')
    : true;
  const most = Number(limit?.text);
  return grows || literal.elements.length >= most ? HOLDS : fails(`\`${value?.text}\` has only ${literal.elements.length} elements`);
};

/** One value, with neither `await` nor `yield` nor a function in its expression. */
export const plain_expression: Step = (_context, value) => {
  let plain = value?.node?.type !== 'SpreadElement';
  if (value?.node) {
    walk(value.node, (node) => {
      if (/^(AwaitExpression|YieldExpression|FunctionExpression|ArrowFunctionExpression|ClassExpression)$/.test(node.type)) plain = false;
    });
  }
  return plain ? HOLDS : fails(`\`${value?.text}\` is more than one value, waits or makes a function`);
};

/** `a` does not mention the variable `b`. */
export const does_not_mention: Step = (context, value, other) => {
  const binding = bindingOfValue(context, other);
  if (!binding || !value?.node) return HOLDS;
  const { node } = value;
  return binding.references.some((reference) => contains(node, reference.node))
    ? fails(`\`${value.text}\` depends on \`${other?.text}\``)
    : HOLDS;
};

/** Inside a function that can run more than once; the wrapper of a whole module runs once. */
export const inside_function: Step = ({ model, match }) => (isInFunction(model, match) ? HOLDS : NOT_APPLICABLE);

/** The file nowhere asks whether the static method is there or puts its own in its place: then the old way is what that stands on. */
export const not_feature_tested: Step = ({ model }, object, name) => {
  let tested = false;
  walk(model.program, (node) => {
    if (node.type !== 'MemberExpression' || memberName(node) !== name?.text || !model.isGlobal(unwrap(node.object), object?.text ?? ''))
      return;
    const parent = model.parent(node);
    if (parent?.type !== 'CallExpression' || parent.callee !== node) tested = true;
  });
  return tested ? fails(`the file asks whether there is a \`${object?.text}.${name?.text}\``) : HOLDS;
};

/** The receiver is an array, or cannot be told: then its method is taken for an array's and that is said. */
export const type_or_array_method: Step = ({ model }, value) => {
  const type = staticType(model, value?.node);
  if (!type) return assumes(`\`${value?.text.replace(/\s+/g, ' ').slice(0, 40)}\` is an array`);
  return type.name === 'array' ? HOLDS : NOT_APPLICABLE;
};

/** The whole statement that the match makes up. */
export const statement_of: Step = (context) => {
  const parent = context.model.parent(context.match);
  return parent?.type === 'ExpressionStatement' ? { text: context.model.text(parent), node: parent } : NOT_APPLICABLE;
};

/** The array that is searched is the one that is filtered, under its own name or the callback's. */
export const refers_to_filtered: Step = (context, searched, filtered) => {
  const { model } = context;
  const binding = bindingOfValue(context, searched);
  if (!binding || !filtered?.node) return NOT_APPLICABLE;
  if (binding === bindingOfValue(context, filtered)) return HOLDS;
  const fn = binding.kind === 'param' ? model.parent(binding.identifier) : null;
  const own =
    fn &&
    contains(context.match, fn) &&
    (fn.type === 'ArrowFunctionExpression' || fn.type === 'FunctionExpression') &&
    fn.params[2] === binding.identifier;
  return own ? HOLDS : NOT_APPLICABLE;
};

/** No variable of the file hides the global of that name in the match. */
export const not_shadowed: Step = ({ model, match }, name) => {
  let hidden = false;
  walk(match, (node) => {
    if (node.type === 'Identifier' && node.name === name?.text && model.binding(node)) hidden = true;
  });
  return hidden ? fails(`\`${name?.text}\` is a variable of this file`) : HOLDS;
};

/** The expression is read, not assigned to. */
export const not_written: Step = ({ model, match }) => {
  const parent = model.parent(match);
  const written =
    (parent?.type === 'AssignmentExpression' && parent.left === match) ||
    parent?.type === 'UpdateExpression' ||
    (parent?.type === 'UnaryExpression' && parent.operator === 'delete');
  return written || ((parent?.type === 'CallExpression' || parent?.type === 'OptionalCallExpression') && parent.callee === match)
    ? NOT_APPLICABLE
    : HOLDS;
};

/** `… > 0`, `… === 0` and the like are better asked of `some`. */
export const not_compared_with_zero: Step = ({ model, match }) => {
  const parent = model.parent(match);
  return parent?.type === 'BinaryExpression' && ['0', '1'].includes(model.text(parent.right)) && /[<>=]/.test(parent.operator)
    ? NOT_APPLICABLE
    : not_written({ model, match } as never);
};

/** An expression, not the block of a function. */
export const one_expression: Step = (_context, value) =>
  value?.node && !value.node.type.endsWith('Statement') && value.node.type !== 'SequenceExpression' ? HOLDS : NOT_APPLICABLE;

/** Text of the expression, in parentheses where an operator next to it could bind tighter. */
export const operand: Step = (_context, value) => {
  const loose = /^(ConditionalExpression|AssignmentExpression|ArrowFunctionExpression|YieldExpression|SequenceExpression)$/.test(
    value?.node?.type ?? '',
  );
  return { text: loose ? `(${value?.text})` : (value?.text ?? '') };
};

/** The expression without the parentheses around it. */
export const bare: Step = ({ model }, value) => (value?.node ? { text: model.text(value.node), node: value.node } : NOT_APPLICABLE);
