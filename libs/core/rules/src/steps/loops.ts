import { type Iteration, iterationsAround } from '../facts/iteration.ts';
import { changesArray, unmodifiedIn } from '../facts/mutation.ts';
import { staticType } from '../facts/static-type.ts';
import { soleValue, usesOf } from '../facts/uses.ts';
import type { SourceModel } from '../syntax/model.ts';
import { contains, memberName, type Node, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { all, assumes, fails, HOLDS, type Verdict } from '../verdict.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step, type Value } from './step.ts';

/** A callback is a loop only when its method is an array's. */
function runsAtOnce(model: SourceModel, iteration: Iteration): Verdict {
  if (!iteration.receiver) return HOLDS;
  const type = staticType(model, iteration.receiver);
  if (!type) return assumes(`\`${model.text(iteration.receiver).slice(0, 40)}\` is an array`);
  return type.name === 'array' ? HOLDS : fails(`\`${model.text(iteration.receiver)}\` is a ${type.name}`);
}

/** Every callback between the match and the outside of the loop has run when the loop is over. */
export const runs_at_once: Step = ({ model, match }, loop) =>
  loop?.node
    ? all(
        iterationsAround(model, match)
          .filter((iteration) => contains(loop.node as Node, iteration.node))
          .map((iteration) => runsAtOnce(model, iteration)),
      )
    : NOT_APPLICABLE;

const declaredOutside = (binding: Binding, iteration: Iteration): boolean =>
  !contains(iteration.node, binding.identifier) && !(contains(iteration.node, binding.scope.node) && binding.scope.node !== iteration.node);

export function iterationValue(model: SourceModel, iteration: Iteration, verdict: Verdict): Value {
  const value: Value = { text: model.text(iteration.node), node: iteration.node, iteration };
  if (verdict.kind === 'assumes') value.assumptions = verdict.assumptions;
  return value;
}

/**
 * The outermost loop around the match in which none of the variables changes; fails with the reason of the innermost one. Does not
 * go outwards at the price of more assumptions.
 */
export const invariant_loop: Step = (context, ...values) => {
  const { model, match } = context;
  const iterations = iterationsAround(model, match);
  if (iterations.length === 0) return NOT_APPLICABLE;
  let best: { iteration: Iteration; verdict: Verdict } | null = null;
  for (const iteration of iterations) {
    const verdicts: Verdict[] = [runsAtOnce(model, iteration)];
    for (const value of values) {
      const binding = bindingOfValue(context, value);
      if (!binding) return notAVariable(value);
      if (!declaredOutside(binding, iteration)) verdicts.push(fails(`\`${binding.name}\` is made anew in the loop`));
      else verdicts.push(unmodifiedIn(model, binding, iteration.node));
    }
    if (!insertionPoint(model, iteration.node)) verdicts.push(fails('nothing can be put before the loop'));
    const verdict = all(verdicts);
    if (verdict.kind === 'fails') {
      if (!best) return verdict;
      break;
    }
    if (best && cost(verdict) > cost(best.verdict)) break;
    best = { iteration, verdict };
  }
  return best ? iterationValue(model, best.iteration, best.verdict) : NOT_APPLICABLE;
};

const cost = (verdict: Verdict): number => (verdict.kind === 'assumes' ? verdict.assumptions.length : 0);

/** The outermost loop around the match that still lies within the life of the variable. */
export const loop_within_life_of: Step = (context, value) => {
  const { model, match } = context;
  const binding = bindingOfValue(context, value);
  if (!binding) return notAVariable(value);
  const iterations = iterationsAround(model, match).filter((iteration) => declaredOutside(binding, iteration));
  const outermost = iterations.at(-1);
  return outermost ? iterationValue(model, outermost, HOLDS) : NOT_APPLICABLE;
};

/** As few passes cost less than the index that would be built for them. */
const FEW_PASSES = 8;

/** The match is not known to run only a few times in the loop: for each element of a short list that stands in the file. */
export const many_passes: Step = ({ model, match }, loop) => {
  const region = loop?.node;
  if (!region) return NOT_APPLICABLE;
  let passes = 1;
  for (const iteration of iterationsAround(model, match)) {
    if (!contains(region, iteration.node)) break;
    passes *= knownLength(model, iteration) ?? FEW_PASSES;
  }
  return passes < FEW_PASSES ? fails(`the loop makes only ${passes} passes`) : HOLDS;
};

/** Number of elements of the literal that the loop runs over; null when it is not known. */
function knownLength(model: SourceModel, { node, receiver }: Iteration): number | null {
  const list = receiver ?? (node.type === 'ForOfStatement' ? node.right : node.type === 'ForStatement' ? boundOf(node.test) : null);
  if (!list) return null;
  const binding = model.binding(unwrap(list));
  const literal = unwrap(binding ? (soleValue(binding) ?? list) : list);
  if (literal.type !== 'ArrayExpression' || literal.elements.some((element) => element?.type === 'SpreadElement')) return null;
  const grows = binding && usesOf(model, binding).some((use) => changesArray(use) || use.kind === 'escape' || use.kind === 'argument');
  return grows ? null : literal.elements.length;
}

/** `list` of the condition `i < list.length`. */
function boundOf(test: Node | null | undefined): Node | null {
  const bound = test?.type === 'BinaryExpression' && test.operator === '<' ? unwrap(test.right) : null;
  return bound?.type === 'MemberExpression' && memberName(bound) === 'length' ? bound.object : null;
}
