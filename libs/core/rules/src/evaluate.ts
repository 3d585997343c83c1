import { type Edit, replace } from './edit/edits.ts';
import { insertionPoint, topLevelStatement } from './edit/insertion.ts';
import { indentAt, indentRest, styleTemplate } from './edit/style.ts';
import type { PatternMatch } from './match.ts';
import type { Rule } from './rule.ts';
import { isValue, type MatchContext, type Value } from './steps/step.ts';
import { STEPS } from './steps/registry.ts';
import { endOf, type Node, startOf } from './syntax/node.ts';

export type Evaluation =
  | { kind: 'fires'; edits: Edit[]; assumptions: string[] }
  | { kind: 'refused'; step: string; reason: string }
  | { kind: 'not_applicable'; step: string };

/** Asks the preconditions of the rule in their order and builds its edits. */
export function evaluate(context: MatchContext, rule: Rule, match: PatternMatch): Evaluation {
  const values = new Map<string, Value>();
  const bind = (name: string, node: Node): Map<string, Value> => values.set(name, { text: context.model.text(node), node });
  bind('MATCH', match.node);
  for (const [name, node] of match.captures) bind(name, node);
  const assumptions: string[] = [];
  for (const step of rule.where) {
    const run = STEPS.get(step.name);
    if (!run) return { kind: 'not_applicable', step: step.name };
    const result = run(context, ...step.args.map((arg) => argument(values, arg)));
    if (isValue(result)) {
      assumptions.push(...(result.assumptions ?? []));
      if (step.into !== null) values.set(step.into, result);
    } else if (result.kind === 'not_applicable') return { kind: 'not_applicable', step: step.name };
    else if (result.kind === 'fails') return { kind: 'refused', step: step.name, reason: result.reason };
    else if (result.kind === 'assumes') assumptions.push(...result.assumptions);
  }
  const edits = rule.edits.flatMap((edit) => buildEdit(context, values, edit));
  if (edits.length === 0) return { kind: 'not_applicable', step: 'edits' };
  return { kind: 'fires', edits, assumptions: [...new Set(assumptions)] };
}

/** `$NAME` stands for a variable; a missing one is an empty text, which steps take for "not there". */
function argument(values: ReadonlyMap<string, Value>, arg: string): Value {
  if (arg.startsWith('$')) return values.get(arg.slice(1)) ?? { text: '' };
  return { text: arg.startsWith("'") ? arg.slice(1, -1) : arg };
}

const fill = (template: string, values: ReadonlyMap<string, Value>): string =>
  template.replace(/\$([A-Z][A-Z0-9_]*)/g, (whole, name: string) => values.get(name)?.text ?? whole);

function buildEdit(context: MatchContext, values: ReadonlyMap<string, Value>, edit: Rule['edits'][number]): Edit[] {
  const { model, style } = context;
  const target = values.get(edit.at.slice(1));
  if (edit.do === 'apply') return target?.edits ?? [];
  const node = target?.node;
  if (!node) return [];
  const text = fill(styleTemplate(edit.text, style), values);
  switch (edit.do) {
    case 'replace': {
      const base = indentAt(model.source, startOf(node));
      return [replace(startOf(node), endOf(node), indentRest(withoutNeedlessParens(context, node, text), base, style.eol))];
    }
    case 'before':
    case 'after': {
      const point = insertionPoint(model, node);
      return point ? [{ kind: 'statements', where: edit.do, point, text }] : [];
    }
    case 'module': {
      const statement = topLevelStatement(model, node);
      const point = { kind: 'statement' as const, node: statement, start: startOf(statement), end: endOf(statement) };
      return [{ kind: 'statements', where: 'before', point, text }];
    }
    case 'remove':
      return [removal(model.source, node)];
    default:
      return [];
  }
}

/** Takes the whole lines of a statement that stands alone on them. */
function removal(source: string, node: Node): Edit {
  let start = startOf(node);
  let end = endOf(node);
  while (start > 0 && /[ \t]/.test(source[start - 1] ?? '')) start--;
  while (/[ \t\r]/.test(source[end] ?? '')) end++;
  const alone = (start === 0 || source[start - 1] === '\n') && (end === source.length || source[end] === '\n');
  return alone ? replace(start, Math.min(end + 1, source.length), '') : replace(startOf(node), endOf(node), '');
}

const CLEAR_PARENTS = new Set([
  'ReturnStatement',
  'VariableDeclarator',
  'IfStatement',
  'WhileStatement',
  'ExpressionStatement',
  'TemplateLiteral',
  'ArrayExpression',
]);

/** A template is written so that it fits anywhere; its outer parentheses go where nothing can bind tighter. */
function withoutNeedlessParens({ model }: MatchContext, node: Node, text: string): string {
  if (!text.startsWith('(') || closing(text) !== text.length - 1) return text;
  const parent = model.parent(node);
  if (!parent) return text;
  const argument = (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee !== node;
  const clear =
    CLEAR_PARENTS.has(parent.type) ||
    argument ||
    (parent.type === 'AssignmentExpression' && parent.right === node) ||
    (parent.type === 'ArrowFunctionExpression' && parent.body === node) ||
    (node.extra?.['parenthesized'] === true && (node.extra['parenStart'] as number) === startOf(node) - 1);
  return clear ? text.slice(1, -1) : text;
}

/** Offset of the parenthesis that closes the first one; text in strings is not looked into, so an odd one just keeps the pair. */
function closing(text: string): number {
  if (/['"`/]/.test(text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, ''))) return -1;
  let depth = 0;
  const bare = text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, (quoted) => ' '.repeat(quoted.length));
  for (let i = 0; i < bare.length; i++) {
    if (bare[i] === '(') depth++;
    else if (bare[i] === ')' && --depth === 0) return i;
  }
  return -1;
}
