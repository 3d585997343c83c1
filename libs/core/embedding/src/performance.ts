import { CHEAP, WEIGHT } from './effects.ts';
import { Features } from './hashing.ts';
import type { Language } from './language.ts';
import { loopDepth, type PlacedToken } from './nesting.ts';
import { type Operation, operationsOf } from './operations.ts';
import { shapesOf } from './shapes.ts';

const weightOf = (effect: string): number => WEIGHT[effect] ?? 1;

/** What costs time: which effect happens at which loop depth on what, what follows what, and the shape of the loops. */
export function performanceFeatures(tokens: readonly PlacedToken[], language: Language): Features {
  const features = new Features();
  const operations = operationsOf(tokens, language);
  for (const { effect, depth, role } of operations) {
    const weight = weightOf(effect);
    features.add(effect, weight);
    features.add(`${effect} at ${depth}`, weight);
    if (depth > 0) features.add(`${effect} repeated on ${role}`, 2 * weight);
  }
  sequences(features, operations);
  for (const [shape, weight] of shapesOf(tokens)) features.add(shape, weight);
  const deepest = tokens.reduce((most, { scopes }) => Math.max(most, loopDepth(scopes)), 0);
  features.add(`deepest loop ${Math.min(3, deepest)}`, 0.7);
  return features;
}

/** An effect with the one that follows it, and with the others of its statement. */
function sequences(features: Features, operations: readonly Operation[]): void {
  const telling = operations.filter(({ effect }) => weightOf(effect) >= 0.3);
  for (const [index, operation] of telling.entries()) {
    const next = telling[index + 1];
    if (!next) continue;
    const weight = Math.sqrt(weightOf(operation.effect) * weightOf(next.effect));
    const near = next.statement === operation.statement;
    features.add(`${operation.effect} then ${next.effect}`, near ? 1.5 * weight : 0.6 * weight);
    const after = telling[index + 2];
    if (after && near)
      features.add(`${operation.effect} later ${after.effect}`, 0.6 * Math.sqrt(weightOf(operation.effect) * weightOf(after.effect)));
  }
}

/** Shapes and effects from this weight on are worth a word; lighter ones are everywhere. */
const SIGN_WEIGHT_MIN = 1;

/**
 * What may be slow in a piece of code, in words: effects with what they work on inside loops, telling effects anywhere, shapes. What a change
 * takes away of them is what it is about.
 */
export function costlySigns(tokens: readonly PlacedToken[], language: Language): string[] {
  const effects = operationsOf(tokens, language).flatMap(({ effect, depth, role }) => {
    const weight = CHEAP.has(effect) ? 0 : weightOf(effect);
    if (depth > 0 && weight >= SIGN_WEIGHT_MIN) return [`${effect} repeated on ${role}`];
    return weight > SIGN_WEIGHT_MIN ? [effect] : [];
  });
  const shapes = shapesOf(tokens).flatMap(([shape, weight]) => (weight >= 1.5 ? [shape] : []));
  return [...new Set([...effects, ...shapes])].sort();
}
