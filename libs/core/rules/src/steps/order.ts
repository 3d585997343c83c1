import { type Edit, replace } from '../edit/edits.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { inlineBody, inlineFunction } from '../edit/inline.ts';
import { styleCode } from '../edit/style.ts';
import { isFreshValue, isPure } from '../facts/effects.ts';
import { isEvaluatedFirst } from '../facts/evaluation.ts';
import { staticType } from '../facts/static-type.ts';
import { usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import { fails, HOLDS } from '../verdict.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step } from './step.ts';

/**
 * In the loop the variable is only the receiver of `unshift` with one argument, and it is empty before. Gives the edits of all these places,
 * for the first of them: one that stayed would put its element on the wrong side.
 */
export const unshifts_as_pushes: Step = (context, value, loop) => {
  const { model, match } = context;
  const edits: Edit[] = [];
  const binding = bindingOfValue(context, value);
  const region = loop?.node;
  if (!binding || !region) return notAVariable(value);
  const init = binding.declaration.type === 'VariableDeclarator' && binding.declaration.init ? unwrap(binding.declaration.init) : null;
  if (init?.type !== 'ArrayExpression' || init.elements.length > 0) return fails(`\`${binding.name}\` does not start empty`);
  for (const use of usesOf(model, binding)) {
    if (use.reference.node === binding.identifier) continue;
    const inside = contains(region, use.reference.node);
    if (!inside && startOf(use.reference.node) < startOf(region)) return fails(`\`${binding.name}\` is used before the loop`);
    if (!inside && use.captured && !(use.reference.owner && contains(use.reference.owner, region)))
      return fails(`a function that the loop may call looks at \`${binding.name}\``);
    if (!inside) continue;
    const args = use.method?.args ?? [];
    if (use.kind !== 'method' || use.name !== 'unshift' || args.length !== 1 || args[0]?.type === 'SpreadElement')
      return fails(`the loop does more with \`${binding.name}\``);
    if (model.parent(use.node)?.type !== 'ExpressionStatement') return fails('the length that unshift gives back is used');
    if (edits.length === 0 && use.node !== match) return NOT_APPLICABLE;
    edits.push(replace(startOf(use.node), endOf(use.node), `${binding.name}.push(${model.text(args[0] as Node)})`));
  }
  return { text: binding.name, edits };
};

/** Control leaves the loop only at its end or by `break`: what stands behind it always runs. */
export const falls_through: Step = ({ model }, loop) => {
  const region = loop?.node;
  if (!region) return NOT_APPLICABLE;
  const jump = jumpOut(model, region);
  if (jump) return fails(`\`${jump}\` leaves the loop early`);
  for (const ancestor of ancestors(model, region)) {
    if (ancestor.type === 'TryStatement') return fails('an exception in between would be caught here');
    if (isFunction(ancestor)) break;
  }
  const parent = model.parent(region);
  const standsAlone = region.type.endsWith('Statement') || parent?.type === 'ExpressionStatement';
  return standsAlone && parent?.type !== 'LabeledStatement' ? HOLDS : fails('the loop is part of an expression');
};

function jumpOut(model: SourceModel, region: Node): string | null {
  let found: string | null = null;
  walk(region, (node) => {
    if (isFunction(node)) return false;
    if (node.type === 'ReturnStatement' || node.type === 'YieldExpression') found = model.text(node).slice(0, 30);
    if ((node.type === 'BreakStatement' || node.type === 'ContinueStatement') && node.label) found = model.text(node);
    return true;
  });
  return found;
}

/** Statements that find what `sort(comparator)[0]` would give, for a comparator that subtracts one key from the other. */
export const smallest_by: Step = (context, source, comparator) => {
  const { model, match, style } = context;
  const point = insertionPoint(model, match);
  if (!point || !isEvaluatedFirst(model, match, point)) return fails('the array is not sorted first in its statement');
  const fn = inlineFunction(comparator?.node);
  const [a, b] = fn?.params ?? [];
  if (!fn || !a || !b || fn.params.length !== 2 || fn.body.type !== 'BinaryExpression' || fn.body.operator !== '-')
    return fails('the comparator is not a difference of two keys');
  const left = inlineBody(model, { params: [a, b], body: fn.body.left as Node }, ['x', 'y']);
  const right = inlineBody(model, { params: [a, b], body: fn.body.right }, ['y', 'x']);
  if (left !== right || mentionsBoth(left)) return fails('the comparator does not compare the same key of both');
  if (!isPure(model, fn.body)) return fails('the comparator does more than compare');
  const items = context.freshName('items');
  const first = context.freshName('first');
  const index = context.freshName('i');
  const difference = context.freshName('difference');
  const plain = (fn.body.left as Node).type === 'Identifier';
  const compared = inlineBody(model, fn, [`${items}[${index}]`, first]);
  const text = `const ${items} = ${source?.text};
let ${first} = ${items}[0];
for (let ${index} = 1; ${index} < ${items}.length; ${index}++) {
  const ${difference} = ${plain ? compared : `${items}[${index}] && ${first} ? ${compared} : NaN`};
  if (${difference} < 0) ${first} = ${items}[${index}];
  else if (${difference} !== ${difference}) {
    // Without a difference the order is what sort makes of it.
    ${first} = ${items}.sort(${comparator?.text})[0];
    break;
  }
}`;
  const edit: Edit = { kind: 'statements', where: 'before', point, text: styleCode(text, style) };
  return { text: first, edits: [edit, { kind: 'text', start: startOf(match), end: endOf(match), text: first }] };
};

const mentionsBoth = (text: string): boolean => /\bx\b/.test(text) && /\by\b/.test(text);

/** At most once each time control reaches the statement: not in the condition or step of a loop. */
export const evaluated_once: Step = ({ model, match }) => {
  const point = insertionPoint(model, match);
  if (!point) return fails('nothing can be put before it');
  let below: Node = match;
  for (const ancestor of ancestors(model, match)) {
    if (ancestor === point.node && point.kind === 'arrow-body') return HOLDS;
    const repeated =
      ancestor.type === 'WhileStatement' ||
      ancestor.type === 'DoWhileStatement' ||
      (ancestor.type === 'ForStatement' && ancestor.init !== below);
    if (repeated) return fails('it is evaluated on every pass of a loop');
    if (ancestor === point.node) return HOLDS;
    below = ancestor;
  }
  return HOLDS;
};

/** A new array on each evaluation: a spread, a copy, or the result of map or filter. Its text is the value. */
export const fresh_array: Step = ({ model, match }, value) => {
  if (!value?.node) return NOT_APPLICABLE;
  const sorted = model.text(match).includes('.toSorted(');
  if (sorted)
    return staticType(model, value.node)?.name === 'array'
      ? { text: `${value.text}.slice()`, node: value.node }
      : fails(`\`${value.text}\` is not provably an array`);
  const node = unwrap(value.node);
  if (node.type === 'ArrayExpression') return isFreshValue(model, node) ? value : NOT_APPLICABLE;
  const method = methodCall(node);
  if (!method) return NOT_APPLICABLE;
  if (method.name === 'slice') return staticType(model, method.receiver)?.name === 'string' ? NOT_APPLICABLE : value;
  return isFreshValue(model, node) ? value : NOT_APPLICABLE;
};
