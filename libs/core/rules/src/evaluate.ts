import { type Edit, replace } from './edit/edits.ts';
import { insertionPoint, modulePoint, startWithComment } from './edit/insertion.ts';
import { withoutNeedlessParens } from './edit/parens.ts';
import { indentAt, indentRest, styleTemplate } from './edit/style.ts';
import type { PatternMatch } from './match.ts';
import type { Rule } from './rule.ts';
import { isValue, type MatchContext, type Value } from './steps/step.ts';
import { STEPS } from './steps/registry.ts';
import type { SourceModel } from './syntax/model.ts';
import { endOf, type Node, startOf } from './syntax/node.ts';

export type Evaluation =
  | { kind: 'fires'; edits: Edit[]; assumptions: string[] }
  | { kind: 'refused'; step: string; reason: string }
  | { kind: 'not_applicable'; step: string };

/** Asks the preconditions of the rule in their order and builds its edits. */
export function evaluate(context: MatchContext, rule: Rule, match: PatternMatch): Evaluation {
  const values = new Map<string, Value>();
  values.set('MATCH', { text: context.model.text(match.node), node: match.node });
  for (const [name, capture] of match.captures) values.set(name, { ...capture });
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
      return [replace(startOf(node), endOf(node), indentRest(withoutNeedlessParens(model, node, text), base, style.eol))];
    }
    case 'before':
    case 'after': {
      const point = insertionPoint(model, node);
      return point ? [{ kind: 'statements', where: edit.do, point, text }] : [];
    }
    case 'module': {
      return [{ kind: 'statements', where: 'before', point: modulePoint(model, node), text: `${text.trimStart()}\n` }];
    }
    case 'remove':
      return [removal(model, node)];
    default:
      return [];
  }
}

/** Takes the whole lines of a statement that stands alone on them, with the comment above it, which has moved with what it says. */
function removal(model: SourceModel, node: Node): Edit {
  const { source } = model;
  let start = startWithComment(model, node);
  let end = endOf(node);
  while (start > 0 && /[ \t]/.test(source[start - 1] ?? '')) start--;
  while (/[ \t\r]/.test(source[end] ?? '')) end++;
  const alone = (start === 0 || source[start - 1] === '\n') && (end === source.length || source[end] === '\n');
  if (!alone) return replace(startOf(node), endOf(node), '');
  end = Math.min(end + 1, source.length);
  // No two empty lines, and none at the head of a block, remain.
  if (/(\{[ \t]*|\n[ \t]*)\r?\n$/.test(source.slice(0, start))) end += /^(?:[ \t]*\r?\n)*/.exec(source.slice(end))?.[0].length ?? 0;
  return replace(start, end, '');
}
