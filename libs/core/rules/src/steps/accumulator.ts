import { isFreshLocal } from '../facts/effects.ts';
import { isCaughtHere } from '../facts/evaluation.ts';
import { iterationsAround } from '../facts/iteration.ts';
import { isChangedElsewhere, isPrivate } from '../facts/mutation.ts';
import { staticType } from '../facts/static-type.ts';
import { usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, isFunction, methodCall, type Node, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, HOLDS } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step, type Value } from './step.ts';

/** The variable only ever holds arrays that were made in this function, and nobody else holds or changes them while the loop runs. */
export const private_array: Step = (context, value, loop) => {
  const { model } = context;
  const binding = bindingOfValue(context, value);
  if (!binding) return notAVariable(value);
  if (binding.redeclared || !isFreshLocal(model, binding)) return fails(`\`${binding.name}\` is not a new array of this function`);
  if (staticType(model, binding.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null)?.name !== 'array')
    return NOT_APPLICABLE;
  for (const use of usesOf(model, binding)) {
    const made = use.kind === 'assign' && use.node.type === 'AssignmentExpression' && use.node !== context.match ? use.node.right : null;
    if (made && !contains(context.match, made) && !isGrowth(model, binding, made) && staticType(model, made)?.name !== 'array')
      return fails(`\`${model.text(use.node)}\` is not provably an array`);
  }
  if (isChangedElsewhere(model, binding, context.match)) return fails(`another function changes \`${binding.name}\``);
  if (inFinalizer(model, context.match)) return fails('what was returned before `finally` would change');
  const region = loop?.node ?? context.match;
  return isPrivate(model, binding, region) ? HOLDS : fails(`\`${binding.name}\` is stored or passed on while it is built`);
};

/** `acc.concat(…)`: an array where `acc` is one. */
const isGrowth = (model: SourceModel, binding: Binding, value: Node): boolean => {
  const method = methodCall(unwrap(value));
  return method?.name === 'concat' && model.binding(unwrap(method.receiver)) === binding;
};

function inFinalizer(model: SourceModel, node: Node): boolean {
  for (const ancestor of ancestors(model, node)) {
    if (isFunction(ancestor)) return false;
    const parent = model.parent(ancestor);
    if (parent?.type === 'TryStatement' && parent.finalizer === ancestor) return true;
  }
  return false;
}

/** The match does not stand inside an iteration over the variable itself. */
export const not_iterated_around: Step = (context, value) => {
  const { model, match } = context;
  const binding = bindingOfValue(context, value);
  if (!binding) return notAVariable(value);
  for (const iteration of iterationsAround(model, match)) {
    const over = iteration.receiver ?? (iteration.node.type === 'ForOfStatement' ? iteration.node.right : null);
    if (over && model.binding(unwrap(over)) === binding) return fails(`the loop runs over \`${binding.name}\` itself`);
  }
  return HOLDS;
};

/** Statement that appends what concat would append. */
export const append_statement: Step = (context, accumulator, value) => {
  const { model } = context;
  const node = value?.node;
  if (!node || !accumulator) return NOT_APPLICABLE;
  const type = staticType(model, node);
  const item = context.freshName('item');
  if (type?.name === 'array') {
    const inner = unwrap(node);
    if (inner.type === 'ArrayExpression' && inner.elements.every((element) => element && element.type !== 'SpreadElement')) {
      return { text: `${accumulator.text}.push(${inner.elements.map((element) => model.text(element as Node)).join(', ')});` };
    }
    const text = `for (const ${item} of ${value.text}) ${accumulator.text}.push(${item});`;
    return type.dense ? { text } : { text, assumptions: [`\`${value.text}\` has no holes`] };
  }
  if (type && type.name !== 'object') return { text: `${accumulator.text}.push(${value.text});` };
  if (!isRepeatable(node)) return fails(`\`${value.text}\` is not provably an array`);
  return {
    text: `if (Array.isArray(${value.text})) for (const ${item} of ${value.text}) ${accumulator.text}.push(${item});\nelse ${accumulator.text}.push(${value.text});`,
    assumptions: [`\`${value.text}\` has no holes`],
  };
};

/** A spread fills the holes of what it copies, and push leaves them. */
function denseSoFar(model: SourceModel, binding: Binding): Pick<Value, 'assumptions'> {
  const made = binding.declaration.type === 'VariableDeclarator' ? [binding.declaration.init] : [];
  for (const use of usesOf(model, binding)) {
    if (use.kind === 'assign' && use.node.type === 'AssignmentExpression') made.push(use.node.right);
  }
  return made.every((value) => staticType(model, value)?.dense) ? {} : { assumptions: [`\`${binding.name}\` has no holes`] };
}

/** `[...acc, x, ...y]` as statements that append. */
export const append_elements: Step = (context, accumulator, literal) => {
  const { model } = context;
  const array = literal?.node ? unwrap(literal.node) : null;
  const binding = bindingOfValue(context, accumulator);
  if (array?.type !== 'ArrayExpression' || !binding || !accumulator) return NOT_APPLICABLE;
  const [first, ...rest] = array.elements;
  if (first?.type !== 'SpreadElement' || model.binding(unwrap(first.argument)) !== binding || rest.length === 0) return NOT_APPLICABLE;
  if (rest.some((element) => element === null)) return fails('the literal has holes');
  const elements = rest as Node[];
  const mentions = (node: Node): boolean => binding.references.some((reference) => contains(node, reference.node));
  if (elements.some((element) => element.type === 'SpreadElement')) {
    const [only] = elements;
    if (elements.length > 1 || only?.type !== 'SpreadElement') return fails('elements and spreads are mixed');
    if (mentions(only)) return fails(`\`${model.text(only)}\` depends on \`${binding.name}\``);
    if (staticType(model, only.argument)?.name !== 'array' && isCaughtHere(model, literal.node as Node))
      return fails(`\`${model.text(only.argument)}\` may fail half-way, which is caught here`);
    const item = context.freshName('item');
    return {
      text: `for (const ${item} of ${model.text(only.argument)}) ${accumulator.text}.push(${item});`,
      ...denseSoFar(model, binding),
    };
  }
  return {
    text: `${accumulator.text}.push(${elements.map((element) => model.text(element)).join(', ')});`,
    ...denseSoFar(model, binding),
  };
};
