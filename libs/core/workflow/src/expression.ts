import { plural } from '@codeoptima/contracts';
import { z } from 'zod';
import type { Json } from './json.ts';

/**
 * What a workflow file may compute: a path into the scope (a string), a literal (number, boolean, null), or one operation.
 * There is no code in a workflow file, so a definition can be validated, hashed, drawn and replayed.
 */
export type Expression =
  | string
  | number
  | boolean
  | null
  | { const: Json }
  | { text: string }
  | { object: Record<string, Expression> }
  | { first: Expression }
  | { rest: Expression }
  | { take: [Expression, Expression] }
  | { append: [Expression, Expression] }
  | { append_new: [Expression, Expression] }
  | { add: Expression[] }
  | { multiply: Expression[] }
  | { least: Expression[] }
  | { coalesce: Expression[] };

const pair = (): z.ZodType<[Expression, Expression]> => z.tuple([ExpressionSchema, ExpressionSchema]);

export const ExpressionSchema: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.string().regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/, 'a path such as limits.max_iterations; a literal text is {const: …}'),
    z.number(),
    z.boolean(),
    z.null(),
    z.strictObject({ const: z.json() as z.ZodType<Json> }),
    z.strictObject({ text: z.string() }),
    z.strictObject({ object: z.record(z.string(), ExpressionSchema) }),
    z.strictObject({ first: ExpressionSchema }),
    z.strictObject({ rest: ExpressionSchema }),
    z.strictObject({ take: pair() }),
    z.strictObject({ append: pair() }),
    z.strictObject({ append_new: pair() }),
    z.strictObject({ add: z.array(ExpressionSchema).min(2) }),
    z.strictObject({ multiply: z.array(ExpressionSchema).min(2) }),
    z.strictObject({ least: z.array(ExpressionSchema).min(2) }),
    z.strictObject({ coalesce: z.array(ExpressionSchema).min(2) }),
  ]),
);

/** Names an expression can read. */
export type Scope = Readonly<Record<string, unknown>>;

/** Value at a dotted path; null where a step is missing. `.length` counts the entries of a list. */
export function readPath(scope: Scope, path: string): unknown {
  let value: unknown = scope;
  for (const key of path.split('.')) {
    if (Array.isArray(value) && key === 'length') value = value.length;
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) value = (value as Record<string, unknown>)[key];
    else return null;
  }
  return value ?? null;
}

/** A path, and what it counts where it does. */
const PLACE = /\{([a-z0-9_.]+)(?: ([A-Za-z ]+))?\}/g;

/** Fills `{path}` in a text, and `{path noun}` with a count of it; numbers get at most two decimals, a missing value reads `none`. */
export function fillText(scope: Scope, text: string): string {
  return text.replaceAll(PLACE, (_match, path: string, noun: string | undefined) => {
    const value = readPath(scope, path);
    const rounded = typeof value === 'number' ? Math.round(value * 100) / 100 : null;
    if (noun !== undefined) return rounded === null ? `no ${noun}` : plural(rounded, noun);
    if (rounded !== null) return String(rounded);
    if (typeof value === 'string' || typeof value === 'boolean') return String(value);
    return value === null ? 'none' : JSON.stringify(value);
  });
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asNumber = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function evaluate(expression: Expression, scope: Scope): unknown {
  if (typeof expression === 'string') return readPath(scope, expression);
  if (typeof expression !== 'object' || expression === null) return expression;
  const inner = (part: Expression): unknown => evaluate(part, scope);
  if ('const' in expression) return expression.const;
  if ('text' in expression) return fillText(scope, expression.text);
  if ('object' in expression) return Object.fromEntries(Object.entries(expression.object).map(([key, part]) => [key, inner(part)]));
  if ('first' in expression) return asList(inner(expression.first))[0] ?? null;
  if ('rest' in expression) return asList(inner(expression.rest)).slice(1);
  if ('take' in expression) return asList(inner(expression.take[0])).slice(0, asNumber(inner(expression.take[1])));
  if ('append' in expression) return [...asList(inner(expression.append[0])), inner(expression.append[1])];
  if ('append_new' in expression) {
    const list = asList(inner(expression.append_new[0]));
    const entry = inner(expression.append_new[1]);
    return list.includes(entry) ? list : [...list, entry];
  }
  if ('add' in expression) return expression.add.reduce<number>((sum, part) => sum + asNumber(inner(part)), 0);
  if ('multiply' in expression) return expression.multiply.reduce<number>((product, part) => product * asNumber(inner(part)), 1);
  if ('least' in expression) return Math.min(...expression.least.map((part) => asNumber(inner(part))));
  return expression.coalesce.map(inner).find((value) => value !== null) ?? null;
}

/** Every path that an expression reads; the compiler checks their first step. */
export function pathsOf(expression: Expression): string[] {
  if (typeof expression === 'string') return [expression];
  if (typeof expression !== 'object' || expression === null || 'const' in expression) return [];
  if ('text' in expression) return textPaths(expression.text);
  if ('object' in expression) return Object.values(expression.object).flatMap(pathsOf);
  const operands = Object.values(expression)[0] as Expression | Expression[];
  return Array.isArray(operands) ? operands.flatMap(pathsOf) : pathsOf(operands);
}

export const textPaths = (text: string): string[] => [...text.matchAll(PLACE)].map((match) => match[1] ?? '');
