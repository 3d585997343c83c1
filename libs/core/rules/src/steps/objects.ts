import { effectsOf } from '../facts/effects.ts';
import { iterationsAround } from '../facts/iteration.ts';
import { isPrivate } from '../facts/mutation.ts';
import { isFreshLocal, isPure } from '../facts/effects.ts';
import { staticType } from '../facts/static-type.ts';
import { isReassigned, soleValue, usesOf } from '../facts/uses.ts';
import type { SourceModel } from '../syntax/model.ts';
import { contains, isFunction, memberName, methodCall, type Node, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { all, assumes, fails, HOLDS, type Verdict } from '../verdict.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step } from './step.ts';

/** Variable at the root of `a.b[c].d`. */
function rootBinding(model: SourceModel, node: Node): Binding | null {
  let current = unwrap(node);
  while (current.type === 'MemberExpression' || current.type === 'OptionalMemberExpression' || current.type === 'CallExpression') {
    current = unwrap(current.type === 'CallExpression' ? current.callee : current.object);
  }
  return model.binding(current);
}

/** A copy of its own down to the last level: nothing written into it is seen elsewhere. */
function isDeepCopy(model: SourceModel, binding: Binding): boolean {
  const value = soleValue(binding);
  const method = value ? methodCall(unwrap(value)) : null;
  return !!method && method.name === 'parse' && model.isGlobal(unwrap(method.receiver), 'JSON');
}

/** One of the two was given the other's value where it was declared. */
const isAlias = (model: SourceModel, a: Binding, b: Binding): boolean => {
  const value = (binding: Binding): Binding | null => {
    const init = soleValue(binding);
    return init ? model.binding(unwrap(init)) : null;
  };
  return value(a) === b || value(b) === a;
};

export function deeplyUnmodified(model: SourceModel, binding: Binding, region: Node): Verdict {
  for (const use of usesOf(model, binding)) {
    const inside = contains(region, use.reference.node);
    if (use.kind === 'assign' && use.reference.node !== binding.identifier && (inside || use.captured))
      return fails(`\`${binding.name}\` is assigned while the loop runs`);
    if (inside && use.kind === 'write') return fails(`\`${binding.name}\` is written to in the loop`);
    if (inside && use.kind === 'escape') return fails(`\`${binding.name}\` is stored elsewhere in the loop`);
  }
  const type = staticType(model, binding.identifier)?.name;
  if (type === 'string' || type === 'number' || type === 'boolean') return HOLDS;
  const { writes, unknown, suspends } = effectsOf(model, region);
  if (suspends) return fails(`other code may change \`${binding.name}\` while the loop waits`);
  const verdicts: Verdict[] = [];
  for (const call of unknown)
    verdicts.push(assumes(`\`${model.text(call).replace(/\s+/g, ' ').slice(0, 40)}\` does not change \`${binding.name}\``));
  for (const write of writes) {
    if (write.how === 'assign') continue;
    const root = write.binding ?? rootBinding(model, write.node);
    if (root === binding || (root && isAlias(model, binding, root))) return fails(`\`${binding.name}\` is changed in the loop`);
    if (root && (isDeepCopy(model, root) || (write.binding && isFreshLocal(model, root) && isPrivate(model, root, region)))) continue;
    verdicts.push(assumes(`\`${model.text(write.node).replace(/\s+/g, ' ').slice(0, 40)}\` does not change \`${binding.name}\``));
  }
  return all(verdicts);
}

/** The object, and everything below it, stays as it is while the loop runs. */
export const deeply_unmodified_in: Step = (context, value, loop) => {
  const binding = bindingOfValue(context, value);
  if (!binding) return notAVariable(value);
  if (!loop?.node) return NOT_APPLICABLE;
  return contains(loop.node, binding.identifier)
    ? fails(`\`${binding.name}\` is made anew in the loop`)
    : deeplyUnmodified(context.model, binding, loop.node);
};

/** Clocks and random sources only compute, but not the same twice. */
const UNREPEATABLE: readonly [object: string, method: string][] = [
  ['Math', 'random'],
  ['Date', 'now'],
];

function isUnrepeatable(model: SourceModel, node: Node): boolean {
  const method = methodCall(node);
  if (method) return UNREPEATABLE.some(([object, name]) => method.name === name && model.isGlobal(unwrap(method.receiver), object));
  return (
    (node.type === 'NewExpression' || node.type === 'CallExpression') && model.isGlobal(node.callee, 'Date') && node.arguments.length === 0
  );
}

/** Whatever the expression reads, and the functions of this file that it calls or hands on, stays as it is while the loop runs. */
function dependsOn(model: SourceModel, node: Node, loop: Node, entered: Set<Node>): Verdict[] {
  const verdicts: Verdict[] = [];
  walk(node, (child) => {
    if (child.type === 'ThisExpression') verdicts.push(fails('`this` in the condition'));
    if (isUnrepeatable(model, child)) verdicts.push(fails(`\`${model.text(child)}\` gives another value each time`));
    const binding = child.type === 'Identifier' ? model.binding(child) : null;
    if (!binding || contains(node, binding.identifier)) return;
    const value = binding.kind === 'function' ? binding.declaration : soleValue(binding);
    if (contains(loop, binding.identifier)) verdicts.push(fails(`\`${binding.name}\` belongs to the loop`));
    else if (value && isFunction(value)) {
      if (!entered.has(value)) verdicts.push(...dependsOn(model, value, loop, entered.add(value)));
    } else if (binding.kind !== 'import') verdicts.push(deeplyUnmodified(model, binding, loop));
  });
  return verdicts;
}

/** Right side of a loop's condition: it holds a call, only computes, and depends on nothing that the loop changes. */
export const invariant_bound: Step = ({ model, match }, bound) => {
  const node = bound?.node;
  const loop = iterationsAround(model, match)[0]?.node;
  if (!node || !loop || (loop.type !== 'ForStatement' && loop.type !== 'WhileStatement') || loop.test !== match) return NOT_APPLICABLE;
  const verdicts: Verdict[] = [];
  let calls = 0;
  let variables = 0;
  walk(node, (child) => {
    if (child.type === 'CallExpression' || child.type === 'NewExpression') calls++;
    if (isFunction(child)) verdicts.push(fails('a function in the condition'));
    if (child.type === 'Identifier' && model.binding(child)) variables++;
  });
  if (calls === 0 || variables === 0) return NOT_APPLICABLE;
  verdicts.push(...dependsOn(model, node, loop, new Set()));
  if (!isPure(model, node)) return fails(`\`${model.text(node)}\` does more than compute`);
  const verdict = all(verdicts);
  if (verdict.kind === 'fails') return verdict;
  return { text: model.text(loop), node: loop, ...(verdict.kind === 'assumes' ? { assumptions: verdict.assumptions } : {}) };
};

/** `for (const [k, v] of …)`, `.map(([k, v]) => …)`: nobody gets hold of a pair, which the next pass would see again. */
function takesPairsApart(parent: Node, match: Node, call: Node | null): boolean {
  if (parent.type === 'ForOfStatement') {
    const { left } = parent;
    return (left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left)?.type === 'ArrayPattern';
  }
  if (memberName(parent) === 'length') return true;
  const method = methodCall(call);
  const fn = method && unwrap(method.receiver) === match ? unwrap(method.args[0] ?? match) : null;
  const taking = ['some', 'every', 'map', 'forEach'].includes(method?.name ?? '');
  return taking && !!fn && isFunction(fn) && fn.params.length === 1 && fn.params[0]?.type === 'ArrayPattern';
}

/** What is made is only asked for its length, looked through or iterated over where it stands. */
export const read_on_the_spot: Step = ({ model, match }) => {
  const parent = model.parent(match);
  if (!parent) return NOT_APPLICABLE;
  if (methodCall(match)?.name === 'entries' && !takesPairsApart(parent, match, model.parent(parent)))
    return fails('a pair of it may be kept or changed');
  if (parent.type === 'ForOfStatement' && parent.right === match) return HOLDS;
  if (parent.type === 'MemberExpression' && parent.object === match) {
    const method = methodCall(model.parent(parent));
    if (method && unwrap(method.receiver) === match)
      return ['includes', 'indexOf', 'some', 'every', 'join', 'find', 'map', 'filter', 'forEach', 'reduce', 'slice'].includes(method.name)
        ? HOLDS
        : fails(`\`${method.name}\` may change it`);
    const holder = model.parent(parent);
    return holder?.type === 'AssignmentExpression' && holder.left === parent ? fails('it is written to') : HOLDS;
  }
  return parent.type === 'SpreadElement' ? HOLDS : fails('it is kept or handed on');
};

/** A variable that takes a new value on each pass of the innermost loop around the match. */
export const fresh_each_pass: Step = (context, value, loop) => {
  const binding = bindingOfValue(context, value);
  if (!binding || !loop?.node) return notAVariable(value);
  if (!contains(loop.node, binding.identifier)) return fails(`\`${binding.name}\` is the same object on each pass`);
  return isReassigned(binding) && binding.kind !== 'const' ? fails(`\`${binding.name}\` is assigned again`) : HOLDS;
};

/** In the loop the variable appears in the matched statement alone, and in no inner function. */
export const only_in_match: Step = (context, value, loop) => {
  const binding = bindingOfValue(context, value);
  if (!binding || !loop?.node) return notAVariable(value);
  for (const use of usesOf(context.model, binding)) {
    if (use.captured) return fails(`a function keeps \`${binding.name}\``);
    if (contains(loop.node, use.reference.node) && !contains(context.match, use.reference.node))
      return fails(`the loop also looks at \`${binding.name}\``);
  }
  return HOLDS;
};
