import { z } from 'zod';
import { evaluate, ExpressionSchema, pathsOf, type Expression, type Scope } from './expression.ts';

type Comparison = [Expression, Expression];

/** A condition on an arrow, as data. Comparing with a missing value is false in both directions. */
export type Guard =
  | { all: Guard[] }
  | { any: Guard[] }
  | { not: Guard }
  | { eq: Comparison }
  | { gt: Comparison }
  | { gte: Comparison }
  | { lt: Comparison }
  | { in: Comparison }
  | { missing: Expression }
  | { present: Expression }
  | { empty: Expression };

const comparison = (): z.ZodType<Comparison> => z.tuple([ExpressionSchema, ExpressionSchema]);

export const GuardSchema: z.ZodType<Guard> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(GuardSchema).min(1) }),
    z.strictObject({ any: z.array(GuardSchema).min(1) }),
    z.strictObject({ not: GuardSchema }),
    z.strictObject({ eq: comparison() }),
    z.strictObject({ gt: comparison() }),
    z.strictObject({ gte: comparison() }),
    z.strictObject({ lt: comparison() }),
    z.strictObject({ in: comparison() }),
    z.strictObject({ missing: ExpressionSchema }),
    z.strictObject({ present: ExpressionSchema }),
    z.strictObject({ empty: ExpressionSchema }),
  ]),
);

function compare([left, right]: Comparison, scope: Scope, holds: (a: number, b: number) => boolean): boolean {
  const a = evaluate(left, scope);
  const b = evaluate(right, scope);
  return typeof a === 'number' && typeof b === 'number' && holds(a, b);
}

export function allows(guard: Guard, scope: Scope): boolean {
  if ('all' in guard) return guard.all.every((part) => allows(part, scope));
  if ('any' in guard) return guard.any.some((part) => allows(part, scope));
  if ('not' in guard) return !allows(guard.not, scope);
  if ('eq' in guard) return evaluate(guard.eq[0], scope) === evaluate(guard.eq[1], scope);
  if ('gt' in guard) return compare(guard.gt, scope, (a, b) => a > b);
  if ('gte' in guard) return compare(guard.gte, scope, (a, b) => a >= b);
  if ('lt' in guard) return compare(guard.lt, scope, (a, b) => a < b);
  if ('in' in guard) {
    const list = evaluate(guard.in[1], scope);
    return Array.isArray(list) && list.includes(evaluate(guard.in[0], scope));
  }
  if ('missing' in guard) return evaluate(guard.missing, scope) === null;
  if ('present' in guard) return evaluate(guard.present, scope) !== null;
  const list = evaluate(guard.empty, scope);
  return !Array.isArray(list) || list.length === 0;
}

export function guardPaths(guard: Guard): string[] {
  const operands = Object.values(guard)[0] as Guard | Guard[] | Expression | Comparison;
  if ('all' in guard || 'any' in guard) return (operands as Guard[]).flatMap(guardPaths);
  if ('not' in guard) return guardPaths(guard.not);
  if ('missing' in guard || 'present' in guard || 'empty' in guard) return pathsOf(operands as Expression);
  return (operands as Comparison).flatMap(pathsOf);
}

const shown = (expression: Expression): string => {
  if (typeof expression === 'string') return expression;
  if (typeof expression === 'object' && expression !== null && 'add' in expression) return expression.add.map(shown).join(' + ');
  const value = typeof expression === 'object' && expression !== null && 'const' in expression ? expression.const : expression;
  const words = (Array.isArray(value) ? value : [value]).map((word) => (typeof word === 'string' ? word : JSON.stringify(word)));
  return words.join(' or ');
};

const SIGNS = { eq: 'is', gt: '>', gte: '≥', lt: '<', in: 'is' } as const;

/** The guard in words, for the diagram. */
export function describeGuard(guard: Guard): string {
  if ('all' in guard) return guard.all.map(describeGuard).join(' and ');
  if ('any' in guard) return guard.any.map(describeGuard).join(' or ');
  if ('not' in guard) return 'empty' in guard.not ? `some ${shown(guard.not.empty)}` : `not (${describeGuard(guard.not)})`;
  if ('missing' in guard) return `no ${shown(guard.missing)}`;
  if ('present' in guard) return `${shown(guard.present)} known`;
  if ('empty' in guard) return `no ${shown(guard.empty)}`;
  const [name, sides] = Object.entries(guard)[0] as [keyof typeof SIGNS, Comparison];
  return `${shown(sides[0])} ${SIGNS[name]} ${shown(sides[1])}`;
}
