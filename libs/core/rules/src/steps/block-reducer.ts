import type * as t from '@babel/types';
import { applyEdits, replace, type TextEdit } from '../edit/edits.ts';
import { indentAt } from '../edit/style.ts';
import { effectsOf, isFreshLocal, isFreshValue } from '../facts/effects.ts';
import { usesOf } from '../facts/uses.ts';
import type { SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, isLoop, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';

/** A reducer that fills its accumulator: `(all, x) => { all[x.id] = x; return all; }`. */
export interface BlockReducer {
  accumulator: t.Identifier;
  element: t.Identifier;
  body: t.BlockStatement;
  returns: t.ReturnStatement[];
}

/** The callback as a reducer that fills a new object of its own and does nothing else; or why it is none. Null for another callback. */
export function blockReducer(model: SourceModel, callback: Node | undefined, initial: Node): BlockReducer | string | null {
  const fn = callback ? unwrap(callback) : null;
  if (!fn || (fn.type !== 'ArrowFunctionExpression' && fn.type !== 'FunctionExpression') || fn.body.type !== 'BlockStatement') return null;
  const [accumulator, element] = fn.params;
  if (fn.params.length !== 2 || accumulator?.type !== 'Identifier' || element?.type !== 'Identifier') return null;
  const filled = model.binding(accumulator);
  const item = model.binding(element);
  if (!filled || !item || fn.async || fn.generator) return null;
  const { body } = fn;
  const returns: t.ReturnStatement[] = [];
  const odd = oddPart(model, fn, filled, returns);
  if (odd) return odd;
  if (body.body.at(-1)?.type !== 'ReturnStatement') return 'the reducer does not end by returning its accumulator';
  if (!isFreshValue(model, initial)) return 'the initial value is not made on the spot';
  if (item.references.some(({ write }) => write)) return `\`${element.name}\` is given another value`;
  const reason = changesMore(model, fn, filled);
  return reason ?? { accumulator, element, body, returns };
}

/** Parts that cannot stand in a loop as they do in a function; gathers the returns of the accumulator. */
function oddPart(model: SourceModel, fn: t.ArrowFunctionExpression | t.FunctionExpression, filled: Binding, returns: t.ReturnStatement[]) {
  let odd: string | null = null;
  const visit = (node: Node, inLoop: boolean): void => {
    walk(node, (child) => {
      if (child !== node && isLoop(child)) {
        visit(child, true);
        return false;
      }
      const named = child.type === 'Identifier' && child.name === 'arguments' && !model.binding(child);
      if (named || (child.type === 'ThisExpression' && fn.type === 'FunctionExpression')) odd = 'the reducer looks at how it was called';
      if (isFunction(child) || /^(Await|Yield)Expression$|^ClassDeclaration$/.test(child.type))
        odd = 'the reducer makes a function or waits';
      if (child.type === 'VariableDeclaration' && child.kind === 'var') odd = 'a `var` would be seen outside the reducer';
      if (child.type !== 'ReturnStatement') return true;
      returns.push(child);
      if (inLoop || model.binding(child.argument ? unwrap(child.argument) : null) !== filled) odd = 'the reducer returns something else';
      return true;
    });
  };
  visit(fn.body, false);
  return odd;
}

/** The body writes into the accumulator, one level deep, and into what it made itself, and never lets the accumulator out. */
function changesMore(model: SourceModel, fn: Node, filled: Binding): string | null {
  const { writes, unknown, suspends } = effectsOf(model, fn);
  if (unknown.length > 0 || suspends) return 'the reducer does more than fill its accumulator';
  for (const { binding, how } of writes) {
    const own = binding !== null && contains(fn, binding.scope.node) && (how === 'assign' || isFreshLocal(model, binding));
    if (!own && (binding !== filled || how === 'assign')) return 'the reducer changes more than its accumulator';
  }
  const out = usesOf(model, filled).find(
    ({ kind, reference }) => reference.node !== filled.identifier && ['escape', 'argument', 'iterate', 'keys', 'assign'].includes(kind),
  );
  return out ? `\`${filled.name}\` is used as a whole in the reducer` : null;
}

/** The statements of the body under other names, as the body of a loop: returning the accumulator goes on with the next element. */
export function loopStatements(model: SourceModel, reducer: BlockReducer, accumulator: string, element: string): string[] {
  const { body, returns } = reducer;
  const last = body.body.at(-1) as Node;
  const edits: TextEdit[] = returns.flatMap((one) => (one === last ? [] : [replace(startOf(one), endOf(one), 'continue;')]));
  for (const [param, name] of [
    [reducer.accumulator, accumulator],
    [reducer.element, element],
  ] as const) {
    for (const { node } of model.binding(param)?.references ?? []) {
      if (node === param || returns.some((one) => contains(one, node))) continue;
      const parent = model.parent(node);
      const shorthand = parent?.type === 'ObjectProperty' && parent.shorthand;
      edits.push(replace(startOf(node), endOf(node), shorthand ? `${node.name}: ${name}` : name));
    }
  }
  const first = body.body[0] as Node;
  const start = startOf(first.leadingComments?.[0] ? (first.leadingComments[0] as unknown as Node) : first);
  const text = model.source.slice(start, startOf(last)).trimEnd();
  const indent = indentAt(model.source, start);
  const inside = edits.filter((edit) => edit.end <= start + text.length).sort((a, b) => a.start - b.start);
  const shifted = inside.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  if (text === '') return [];
  return applyEdits(text, shifted)
    .split(/\r?\n/)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

/** Names that the body declares for itself; in one block with other code they would hide what that means. */
export const ownNames = (model: SourceModel, { body }: BlockReducer): Set<string> =>
  new Set([...(model.scopes.scopeOf.get(body)?.bindings ?? [])].flatMap(([name, { kind }]) => (kind === 'param' ? [] : [name])));
