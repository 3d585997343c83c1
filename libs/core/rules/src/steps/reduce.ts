import type * as t from '@babel/types';
import { replace, type TextEdit } from '../edit/edits.ts';
import { indentAt, styleCode } from '../edit/style.ts';
import { isCaughtHere } from '../facts/evaluation.ts';
import { isPrivateParameter } from '../facts/parameter.ts';
import { staticType } from '../facts/static-type.ts';
import { contains, endOf, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, type Verdict } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { type MatchContext, NOT_APPLICABLE, type NotApplicable, type Step, type Value } from './step.ts';

type Callback = t.ArrowFunctionExpression | t.FunctionExpression;

/** How one returned expression becomes statements on the accumulator; null when it is no growing copy. */
type Growth = { lines: string[]; assumptions: string[]; protoKeys?: string[] } | Verdict | null;

interface Reducer {
  fn: Callback;
  accumulator: Binding;
}

function reducerOf(context: MatchContext, callback: Value | undefined): Reducer | null {
  const fn = callback?.node ? unwrap(callback.node) : null;
  if (!fn || (fn.type !== 'ArrowFunctionExpression' && fn.type !== 'FunctionExpression') || fn.async || fn.generator) return null;
  const [first] = fn.params;
  const accumulator = first?.type === 'Identifier' ? context.model.binding(first) : null;
  return accumulator ? { fn, accumulator } : null;
}

/** Returned expressions of the callback; null when it may end without `return`. */
function returned(fn: Callback): Node[] | null {
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  if (fn.body.body.at(-1)?.type !== 'ReturnStatement') return null;
  const found: Node[] = [];
  let bare = false;
  walk(fn.body, (node) => {
    if (/Function|Method|Class/.test(node.type)) return false;
    if (node.type !== 'ReturnStatement') return true;
    if (node.argument) found.push(node.argument);
    else bare = true;
    return true;
  });
  return bare ? null : found;
}

const mentions = (binding: Binding, node: Node): boolean => binding.references.some((reference) => contains(node, reference.node));

const isSelf = (context: MatchContext, binding: Binding, node: Node): boolean => context.model.binding(unwrap(node)) === binding;

/** Assignments of `{ ...acc, k: v }`. A computed key that could be `__proto__` keeps the copy. */
function objectGrowth(context: MatchContext, binding: Binding, properties: readonly Node[]): Growth {
  const { model } = context;
  const lines: string[] = [];
  const assumptions: string[] = [];
  const protoKeys: string[] = [];
  for (const property of properties) {
    if (property.type === 'SpreadElement') {
      if (properties.length > 1 || mentions(binding, property)) return fails('a spread beside other properties');
      lines.push(`Object.assign(${binding.name}, ${model.text(property.argument)});`);
      assumptions.push(`\`${model.text(property.argument)}\` has no own key \`__proto__\``);
      continue;
    }
    if (property.type !== 'ObjectProperty') return fails('a method or accessor in the literal');
    const { key, value, computed } = property;
    if (properties.length > 1 && mentions(binding, property)) return fails(`several properties that depend on \`${binding.name}\``);
    const text = model.text(value);
    if (computed) {
      const type = staticType(model, key)?.name;
      // Assigned, this one key would set the prototype.
      if (type !== 'number' && isRepeatable(key)) protoKeys.push(type === 'string' ? model.text(key) : `String(${model.text(key)})`);
      else if (type !== 'number') assumptions.push(`\`${model.text(key)}\` is never \`__proto__\``);
      lines.push(`${binding.name}[${model.text(key)}] = ${text};`);
    } else if (key.type === 'Identifier') {
      if (key.name === '__proto__') return fails('it sets `__proto__`');
      lines.push(`${binding.name}.${key.name} = ${text};`);
    } else if (key.type === 'StringLiteral' && key.value !== '__proto__') lines.push(`${binding.name}[${model.text(key)}] = ${text};`);
    else return fails('an unusual key');
  }
  return { lines, assumptions, protoKeys };
}

function arrayGrowth(context: MatchContext, binding: Binding, elements: readonly (Node | null)[]): Growth {
  const { model } = context;
  if (elements.includes(null)) return fails('the literal has holes');
  const nodes = elements as Node[];
  const [first] = nodes;
  if (nodes.some((node) => node.type === 'SpreadElement')) {
    if (nodes.length > 1 || first?.type !== 'SpreadElement' || mentions(binding, first)) return fails('spreads mixed with elements');
    const item = context.freshName('item');
    return { lines: [`for (const ${item} of ${model.text(first.argument)}) ${binding.name}.push(${item});`], assumptions: [] };
  }
  return { lines: [`${binding.name}.push(${nodes.map((node) => model.text(node)).join(', ')});`], assumptions: [] };
}

function concatGrowth(context: MatchContext, binding: Binding, args: readonly Node[]): Growth {
  const [only] = args;
  if (args.length !== 1 || !only || mentions(binding, only)) return fails('concat with several arguments');
  const { model } = context;
  const type = staticType(model, only);
  const inner = unwrap(only);
  if (inner.type === 'ArrayExpression') return arrayGrowth(context, binding, inner.elements);
  const item = context.freshName('item');
  const text = model.text(only);
  if (type?.name === 'array') {
    return {
      lines: [`for (const ${item} of ${text}) ${binding.name}.push(${item});`],
      assumptions: type.dense ? [] : [`\`${text}\` has no holes`],
    };
  }
  if (type && type.name !== 'object') return { lines: [`${binding.name}.push(${text});`], assumptions: [] };
  if (inner.type !== 'Identifier') return fails(`\`${text}\` is not provably an array`);
  return {
    lines: [
      `if (Array.isArray(${text})) for (const ${item} of ${text}) ${binding.name}.push(${item});`,
      `else ${binding.name}.push(${text});`,
    ],
    assumptions: [`\`${text}\` has no holes`],
  };
}

function growth(context: MatchContext, binding: Binding, node: Node): Growth {
  const inner = unwrap(node);
  if (inner.type === 'ObjectExpression' || inner.type === 'ArrayExpression') {
    const [first, ...rest] = inner.type === 'ObjectExpression' ? inner.properties : inner.elements;
    if (first?.type !== 'SpreadElement' || !isSelf(context, binding, first.argument) || rest.length === 0) return null;
    return inner.type === 'ObjectExpression'
      ? objectGrowth(context, binding, rest as Node[])
      : arrayGrowth(context, binding, rest as (Node | null)[]);
  }
  const method = methodCall(inner);
  if (!method || method.optional) return null;
  if (method.name === 'concat' && isSelf(context, binding, method.receiver)) return concatGrowth(context, binding, method.args);
  if (method.name !== 'assign' || !context.model.isGlobal(unwrap(method.receiver), 'Object')) return null;
  const [target, source, addition] = method.args.map((arg) => unwrap(arg));
  if (target?.type !== 'ObjectExpression' || target.properties.length > 0 || !source || !isSelf(context, binding, source)) return null;
  return addition?.type === 'ObjectExpression' && method.args.length === 3 ? objectGrowth(context, binding, addition.properties) : null;
}

/** Where a growing copy reads the accumulator: its first spread, the receiver of concat, or the second argument of Object.assign. */
function copied(node: Node): Node {
  const inner = unwrap(node);
  const first = inner.type === 'ObjectExpression' ? inner.properties[0] : inner.type === 'ArrayExpression' ? inner.elements[0] : null;
  if (first?.type === 'SpreadElement') return unwrap(first.argument);
  const method = methodCall(inner);
  return unwrap((method?.name === 'concat' ? method.receiver : method?.args[1]) ?? inner);
}

/** The initial value must be a literal of the kind that the callback grows. */
function initialFits(initial: Node, growing: Node): boolean {
  const value = unwrap(initial);
  const grown = unwrap(growing);
  const array = grown.type === 'ArrayExpression' || methodCall(grown)?.name === 'concat';
  // A copy fills holes and takes accessors for plain properties; what is grown in place keeps both.
  if (array) return value.type === 'ArrayExpression' && !value.elements.includes(null);
  return (
    value.type === 'ObjectExpression' &&
    value.properties.every(
      (property) => property.type === 'SpreadElement' || (property.type === 'ObjectProperty' && nameOf(property.key) !== '__proto__'),
    )
  );
}

const nameOf = (key: Node): string => (key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : '');

function editReturn(context: MatchContext, { fn, accumulator }: Reducer, node: Node, lines: readonly string[]): TextEdit {
  const { model, style } = context;
  const text = (line: string): string => styleCode(line, style);
  if (fn.body.type === 'BlockStatement') {
    const holder = model.parent(node) as t.ReturnStatement;
    const base = indentAt(model.source, startOf(holder));
    const parent = model.parent(holder);
    const all = [...lines, `return ${accumulator.name};`].map(text);
    if (parent?.type === 'BlockStatement' || parent?.type === 'SwitchCase')
      return replace(startOf(holder), endOf(holder), all.join(style.eol + base));
    const inner = base + style.indent;
    return replace(startOf(holder), endOf(holder), `{${style.eol}${inner}${all.join(style.eol + inner)}${style.eol}${base}}`);
  }
  const base = indentAt(model.source, startOf(fn));
  const inner = base + style.indent;
  const open = (fn.body.extra?.['parenStart'] as number | undefined) ?? startOf(fn.body);
  const all = [...lines, `return ${accumulator.name};`].map((line) => inner + text(line));
  return replace(open, endOf(fn), `{${style.eol}${all.join(style.eol)}${style.eol}${base}}`);
}

/** `reduce` with a callback that copies its accumulator: the copy becomes a change of the accumulator, which nobody else holds. */
export const grow_in_place: Step = (context, callback, initial): Value | Verdict | NotApplicable => {
  const reducer = reducerOf(context, callback);
  const results = reducer ? returned(reducer.fn) : null;
  if (!reducer || !results || !initial?.node) return NOT_APPLICABLE;
  const edits: TextEdit[] = [];
  const assumptions: string[] = [];
  const operands: Node[] = [];
  for (const node of results) {
    if (isSelf(context, reducer.accumulator, node)) continue;
    const grown = growth(context, reducer.accumulator, node);
    if (!grown) return NOT_APPLICABLE;
    if ('kind' in grown) return grown;
    if (!initialFits(initial.node, node)) return fails('the initial value is not a literal of this callback');
    if (isCaughtHere(context.model, node)) return fails('an exception half-way through would be caught here');
    operands.push(copied(node));
    assumptions.push(...grown.assumptions);
    const { quote } = context.style;
    const kept = (grown.protoKeys ?? []).map(
      (key) => `if (${key} === ${quote}__proto__${quote}) return ${context.model.text(unwrap(node))};`,
    );
    edits.push(editReturn(context, reducer, node, [...kept, ...grown.lines]));
  }
  if (edits.length === 0) return NOT_APPLICABLE;
  const leak = isPrivateParameter(context.model, reducer.accumulator, operands, results);
  if (leak) return fails(leak);
  const value: Value = { text: '', edits };
  if (assumptions.length > 0) value.assumptions = assumptions;
  return value;
};
