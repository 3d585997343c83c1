import { isFreshLocal } from '../facts/effects.ts';
import { iterationsAround } from '../facts/iteration.ts';
import { isPrivate } from '../facts/mutation.ts';
import { staticType } from '../facts/static-type.ts';
import { contains, type Node, unwrap } from '../syntax/node.ts';
import { fails, HOLDS } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step } from './step.ts';

/** The variable's array was made in this function and nobody else holds it while the loop runs. */
export const private_array: Step = (context, value, loop) => {
  const { model } = context;
  const binding = bindingOfValue(context, value);
  if (!binding) return notAVariable(value);
  if (binding.redeclared || !isFreshLocal(model, binding)) return fails(`\`${binding.name}\` is not a new array of this function`);
  if (staticType(model, binding.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null)?.name !== 'array')
    return NOT_APPLICABLE;
  const region = loop?.node ?? context.match;
  return isPrivate(model, binding, region) ? HOLDS : fails(`\`${binding.name}\` is stored or passed on while it is built`);
};

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
    const item = context.freshName('item');
    return { text: `for (const ${item} of ${model.text(only.argument)}) ${accumulator.text}.push(${item});` };
  }
  return { text: `${accumulator.text}.push(${elements.map((element) => model.text(element)).join(', ')});` };
};
