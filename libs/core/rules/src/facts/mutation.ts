import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, isLoop, type Node, startOf } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { assumes, fails, HOLDS, type Verdict } from '../verdict.ts';
import { ARRAY_MUTATORS, MUTATING_METHODS } from './builtins.ts';
import { effectsOf, isFreshLocal, isFreshValue } from './effects.ts';
import { staticType } from './static-type.ts';
import { type Use, usesOf } from './uses.ts';

/** Whether a later point can run again before the region: both stand in one loop or function that the variable outlives. */
function mayRunBefore(model: SourceModel, binding: Binding, use: Node, region: Node): boolean {
  if (startOf(use) < endOf(region)) return true;
  for (const ancestor of ancestors(model, region)) {
    if (ancestor === binding.scope.node) return false;
    if ((isLoop(ancestor) || isFunction(ancestor)) && contains(ancestor, use)) return true;
  }
  return false;
}

/**
 * Nobody but this function can reach the object while the region runs: it was made here and was not stored, passed on or
 * kept by a closure before. Looking at it, iterating over it and returning it are no leaks.
 */
export function isPrivate(model: SourceModel, binding: Binding, region: Node): boolean {
  if (!isFreshLocal(model, binding) || binding.scope.owner === null) return false;
  return usesOf(model, binding).every((use) => {
    if (use.kind === 'assign') return use.reference.node === binding.identifier || assignsFresh(model, use.node);
    // A function that gives it back hands it to whoever calls that function, now or later.
    if (use.kind === 'return') return !use.captured;
    const handsOut = use.kind === 'method' && HANDING_OUT.has(use.name ?? '') && model.parent(use.node)?.type !== 'ExpressionStatement';
    if (use.kind !== 'escape' && use.kind !== 'argument' && !handsOut) return true;
    return !use.captured && !mayRunBefore(model, binding, use.node, region);
  });
}

/** Changes by a function that does not hold the place: it may be called while the place is evaluated. */
export const isChangedElsewhere = (model: SourceModel, binding: Binding, place: Node): boolean =>
  usesOf(model, binding).some(
    (use) =>
      use.captured &&
      !(use.reference.owner && contains(use.reference.owner, place)) &&
      ((use.kind === 'assign' && use.reference.node !== binding.identifier) ||
        use.kind === 'write' ||
        (use.kind === 'method' && MUTATING_METHODS.has(use.name ?? ''))),
  );

/** Give the array itself back, or an iterator that goes on looking at it. */
const HANDING_OUT = new Set(['sort', 'reverse', 'fill', 'copyWithin', 'valueOf', 'entries', 'keys', 'values']);

const assignsFresh = (model: SourceModel, node: Node): boolean =>
  node.type === 'AssignmentExpression' && node.operator === '=' && isFreshValue(model, node.right);

const PRIMITIVES = new Set(['string', 'number', 'boolean', 'bigint', 'null', 'undefined', 'function']);

const named = (node: Node, model: SourceModel): string => model.text(node).replace(/\s+/g, ' ').slice(0, 40);

/** Direct changes of the variable's object or of the variable itself inside the region. */
function directChange(binding: Binding, uses: readonly Use[], region: Node): string | null {
  for (const use of uses) {
    if (!contains(region, use.reference.node)) {
      if (use.kind === 'assign' && use.captured) return `\`${binding.name}\` is assigned in another function`;
      continue;
    }
    if (use.kind === 'assign' && use.reference.node !== binding.identifier) return `\`${binding.name}\` is assigned in the loop`;
    if (use.kind === 'write') return `\`${binding.name}\` is written to in the loop`;
    if (use.kind === 'method' && MUTATING_METHODS.has(use.name ?? '')) return `\`${binding.name}.${use.name}()\` changes it in the loop`;
    if (use.kind === 'escape') return `\`${binding.name}\` is stored elsewhere in the loop`;
  }
  return null;
}

/**
 * The variable has the same value, with the same contents, throughout the region. What an unknown call or another object
 * might do to it becomes a stated assumption, unless nobody else can reach it.
 */
export function unmodifiedIn(model: SourceModel, binding: Binding, region: Node): Verdict {
  const uses = usesOf(model, binding);
  const direct = directChange(binding, uses, region);
  if (direct) return fails(direct);
  const type = staticType(model, binding.identifier)?.name;
  if (type && PRIMITIVES.has(type)) return HOLDS;
  const ours = isPrivate(model, binding, region) && !isChangedElsewhere(model, binding, region);
  const { writes, unknown, suspends } = effectsOf(model, region);
  if (suspends && !ours) return fails(`other code may change \`${binding.name}\` while the loop waits`);
  const reasons: string[] = [];
  for (const call of unknown) {
    if (uses.some((use) => use.kind === 'argument' && contains(call, use.reference.node)))
      return fails(`\`${binding.name}\` is passed to a function that may change it`);
    if (!ours) reasons.push(`\`${named(call, model)}\` does not change \`${binding.name}\``);
  }
  for (const write of writes) {
    if (write.how === 'assign' || write.binding === binding || ours) {
      if (write.binding === binding) return fails(`\`${binding.name}\` is changed in the loop`);
      continue;
    }
    if (write.property !== null && write.property !== 'length') continue;
    if (write.binding && isPrivate(model, write.binding, region)) continue;
    reasons.push(`\`${named(write.node, model)}\` does not change \`${binding.name}\``);
  }
  return reasons.length > 0 ? assumes(...new Set(reasons)) : HOLDS;
}

/** Changes its length or order, for a variable that is only ever changed through itself. */
export const changesArray = (use: Use): boolean => use.kind === 'write' || (use.kind === 'method' && ARRAY_MUTATORS.has(use.name ?? ''));
