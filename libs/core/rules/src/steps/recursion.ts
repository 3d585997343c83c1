import { replace, type TextEdit } from '../edit/edits.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { styleCode } from '../edit/style.ts';
import { effectsOf } from '../facts/effects.ts';
import { type Use, usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, type FunctionNode, isFunction, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails } from '../verdict.ts';
import { type MatchContext, NOT_APPLICABLE, type Step } from './step.ts';

interface Recursion {
  fn: FunctionNode & { type: 'FunctionDeclaration' };
  self: Binding;
  list: Binding;
  /** Calls `self(list.slice(n), …)` with the n as it is written. */
  calls: { call: Node; slice: Node; step: string }[];
}

/** `self(list.slice(1), …)` inside `function self(list, …)`. */
function recursionAround(model: SourceModel, slice: Node): Recursion | string | null {
  const method = methodCall(slice);
  const list = method ? model.binding(unwrap(method.receiver)) : null;
  if (!method || !list || list.kind !== 'param') return null;
  let fn: Node | null = null;
  for (const ancestor of ancestors(model, slice)) if (isFunction(ancestor)) fn ??= ancestor;
  if (fn?.type !== 'FunctionDeclaration' || !fn.id || fn.params[0] !== list.identifier || fn.async || fn.generator) return null;
  const self = model.binding(fn.id);
  if (!self || self.redeclared || self.references.some((reference) => reference.write)) return null;
  const calls: Recursion['calls'] = [];
  for (const reference of self.references) {
    if (!contains(fn, reference.node)) continue;
    const call = model.parent(reference.node);
    const argument = call?.type === 'CallExpression' && call.callee === reference.node ? methodCall(call.arguments[0]) : null;
    const [from] = argument?.args ?? [];
    const fits = argument?.name === 'slice' && argument.args.length === 1 && model.binding(unwrap(argument.receiver)) === list;
    if (!call || !argument || !fits || from?.type !== 'NumericLiteral' || !Number.isInteger(from.value) || from.value < 1)
      return 'the function calls itself in another way';
    calls.push({ call, slice: argument.call, step: model.text(from) });
  }
  return calls.length > 0 ? { fn, self, list, calls } : null;
}

/** `this`, `arguments` and `new.target`, which the call by index would change. */
function mentionsCall(fn: FunctionNode): boolean {
  let found = false;
  walk(fn.body, (node) => {
    if (node.type === 'ThisExpression' || node.type === 'MetaProperty' || (node.type === 'Identifier' && node.name === 'arguments'))
      found = true;
    return !isFunction(node) || node.type === 'ArrowFunctionExpression';
  });
  return found;
}

function useEdit(model: SourceModel, use: Use, from: string, name: string): TextEdit | string {
  if (use.kind === 'read' && use.name === 'length') return replace(startOf(use.node), endOf(use.node), `(${name}.length - ${from})`);
  if (use.kind === 'read' && use.node.type === 'MemberExpression' && use.node.property.type === 'NumericLiteral') {
    const index = model.text(use.node.property);
    return replace(startOf(use.node.property), endOf(use.node.property), index === '0' ? from : `${from} + ${index}`);
  }
  return `\`${name}\` is used as a whole`;
}

/** The recursion goes on by index over the one list instead of over a copy of its rest at each step. */
export const recurse_by_index: Step = (context: MatchContext) => {
  const { model, match, style } = context;
  const recursion = recursionAround(model, match);
  if (!recursion) return NOT_APPLICABLE;
  if (typeof recursion === 'string') return fails(recursion);
  const { fn, list, calls } = recursion;
  if (calls[0]?.slice !== match) return NOT_APPLICABLE;
  const { writes, unknown } = effectsOf(model, fn.body);
  if (unknown.length > 0 || writes.some((write) => write.how === 'object')) return fails('the function may change the list while it runs');
  if (mentionsCall(fn)) return fails('the function looks at how it was called');
  const plain = fn.params.every((param) => param.type === 'Identifier');
  const point = insertionPoint(model, fn);
  if (!plain || !point || model.parent(fn)?.type === 'ExportDefaultDeclaration') return fails('its parameters are not plain');
  const from = context.freshName('from');
  const inner = context.freshName(`${fn.id?.name}From`);
  const edits: TextEdit[] = [];
  for (const use of usesOf(model, list)) {
    if (calls.some(({ slice }) => contains(slice, use.reference.node))) continue;
    if (use.captured) return fails(`a function in it keeps \`${list.name}\``);
    const edit = useEdit(model, use, from, list.name);
    if (typeof edit === 'string') return fails(edit);
    edits.push(edit);
  }
  for (const { call, slice, step } of calls) {
    const callee = call.type === 'CallExpression' ? call.callee : call;
    edits.push(replace(startOf(callee), endOf(callee), inner), replace(startOf(slice), endOf(slice), list.name));
    // Beyond the end a slice is empty, so the index stops there.
    const next = `Math.min(${from} + ${step}, ${list.name}.length)`;
    edits.push(replace(endOf(call) - 1, endOf(call) - 1, `, ${next}`));
  }
  const typed = model.language === 'ts' || model.language === 'tsx';
  const params = fn.params.map((param) => (param.type === 'Identifier' ? param.name : ''));
  const id = fn.id as Node;
  const last = fn.params.at(-1) as Node;
  edits.push(replace(startOf(id), endOf(id), inner), replace(endOf(last), endOf(last), typed ? `, ${from}: number` : `, ${from}`));
  const exported = model.parent(fn);
  const prefix = exported?.type === 'ExportNamedDeclaration' ? model.source.slice(startOf(exported), startOf(fn)) : '';
  if (prefix !== '') edits.push(replace(startOf(fn) - prefix.length, startOf(fn), ''));
  const head = prefix + model.source.slice(startOf(fn), startOf(fn.body));
  const outer = `${head}{\n  return ${inner}(${[...params, '0'].join(', ')});\n}`;
  return {
    text: inner,
    edits: [...edits, { kind: 'statements', where: 'after', point, text: `\n${styleCode(outer, style)}` }],
  };
};
