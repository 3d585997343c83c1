import type * as t from '@babel/types';
import { replace } from '../edit/edits.ts';
import { startWithComment } from '../edit/insertion.ts';
import { ITERATING_METHODS } from '../facts/builtins.ts';
import { type Use, usesOf } from '../facts/uses.ts';
import type { SourceModel } from '../syntax/model.ts';
import { children, endOf, isTypeWrapper, memberName, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, HOLDS } from '../verdict.ts';
import { NOT_APPLICABLE, type Step } from './step.ts';

/** A value written out in full: literals, and arrays and objects of such. */
export function isConstant(node: Node | null | undefined): boolean {
  if (!node) return false;
  const inner = unwrap(node);
  switch (inner.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'BigIntLiteral':
      return true;
    case 'TemplateLiteral':
      return inner.expressions.length === 0;
    case 'UnaryExpression':
      return inner.operator === '-' && inner.argument.type === 'NumericLiteral';
    case 'ArrayExpression':
      return inner.elements.every((element) => element !== null && element.type !== 'SpreadElement' && isConstant(element));
    case 'ObjectExpression':
      return inner.properties.every(
        (property) =>
          property.type === 'ObjectProperty' && !property.computed && isConstant(property.value) && memberKey(property) !== '__proto__',
      );
    default:
      return false;
  }
}

const memberKey = (property: t.ObjectProperty): string | null =>
  property.key.type === 'Identifier' ? property.key.name : property.key.type === 'StringLiteral' ? property.key.value : null;

export const constant: Step = (_context, value) =>
  !value?.text || (value.node && isConstant(value.node)) ? HOLDS : fails(`\`${value.text}\` is not written out in full`);

/** The value of a written-out expression; undefined for one that is not there or not constant. */
function constantValue(node: Node | undefined): unknown {
  const inner = node ? unwrap(node) : null;
  switch (inner?.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return inner.value;
    case 'NullLiteral':
      return null;
    case 'TemplateLiteral':
      return inner.quasis[0]?.value.cooked;
    case 'UnaryExpression':
      return -Number(constantValue(inner.argument));
    case 'ArrayExpression':
      return inner.elements.map((element) => constantValue(element ?? undefined));
    case 'ObjectExpression':
      return Object.fromEntries(
        inner.properties.flatMap((property) =>
          property.type === 'ObjectProperty'
            ? [[memberKey(property) ?? String(constantValue(property.key)), constantValue(property.value)]]
            : [],
        ),
      );
    default:
      return undefined;
  }
}

/** Intl takes the locale and options: moved to the module, wrong ones would fail there, before any `try` of the function. */
export const valid_number_format: Step = (_context, locale, options) => {
  try {
    Intl.NumberFormat(
      constantValue(locale?.node) as string | undefined,
      constantValue(options?.node) as Intl.NumberFormatOptions | undefined,
    );
    return HOLDS;
  } catch (error) {
    return fails(`Intl does not take the locale and options: ${(error as Error).message}`);
  }
};

export const constant_only: Step = (_context, value) => (value?.node && isConstant(value.node) ? HOLDS : NOT_APPLICABLE);

/** All arguments of the matched call are written out in full. */
export const constant_arguments: Step = ({ match }) => {
  const node = unwrap(match);
  const args = node.type === 'NewExpression' || node.type === 'CallExpression' ? node.arguments : [];
  return args.every((arg) => isConstant(arg)) ? HOLDS : fails('an argument is not written out in full');
};

/** The global of that name, not a variable of the file. */
export const global_name: Step = ({ model, match }, name) => {
  let found = false;
  walk(match, (node) => {
    if (model.isGlobal(node, name?.text ?? '')) found = true;
  });
  return found ? HOLDS : NOT_APPLICABLE;
};

/** The place where a value is used: directly, or through a variable that takes it once; null when it goes elsewhere. */
function valueUses(model: SourceModel, value: Node): Use[] | Node | null {
  let node = value;
  let parent = model.parent(node);
  while (parent && isTypeWrapper(parent)) {
    node = parent;
    parent = model.parent(parent);
  }
  if (parent?.type !== 'VariableDeclarator' || parent.init !== node) return node;
  const binding: Binding | null = parent.id.type === 'Identifier' ? model.binding(parent.id) : null;
  return binding && !binding.redeclared && binding.kind === 'const'
    ? usesOf(model, binding)
    : binding && binding.references.every((reference) => !reference.write)
      ? usesOf(model, binding)
      : null;
}

const RESETS = new Set(['replace', 'replaceAll', 'match', 'matchAll', 'split', 'search']);

/** Whether a RegExp stands where its lastIndex is neither read nor left behind: an argument of a string method, or `test`/`exec` when not global. */
function regexpPosition(model: SourceModel, node: Node, stateful: boolean): string | null {
  const parent = model.parent(node);
  const call = methodCall(parent);
  if (call && call.args[0] === node && RESETS.has(call.name)) return null;
  const member = parent && memberName(parent) !== null && 'object' in parent && parent.object === node ? model.parent(parent) : null;
  const method = methodCall(member);
  if (method && (method.name === 'test' || method.name === 'exec'))
    return stateful ? `\`${method.name}\` moves lastIndex of a global expression` : null;
  return 'the expression is used in another way';
}

/** A RegExp may be shared between calls only when nobody sees its lastIndex or changes it. */
export const shareable_regexp: Step = ({ model, match }, flags) => {
  const node = flags?.node ? unwrap(flags.node) : null;
  const literal = unwrap(match);
  const text = literal.type === 'RegExpLiteral' ? literal.flags : node?.type === 'StringLiteral' ? node.value : flags?.text ? null : '';
  if (text === null) return fails('its flags are not known');
  if (text.includes('y')) return fails('a sticky expression keeps its place');
  const stateful = text.includes('g');
  const places = valueUses(model, match);
  if (!places) return fails('the expression is kept in a variable that changes');
  for (const place of Array.isArray(places) ? places.map((use) => use.reference.node as Node) : [places]) {
    const reason = regexpPosition(model, place, stateful);
    if (reason) return fails(reason);
  }
  return HOLDS;
};

/** Every use of the new object is a call of one of the named methods. */
export const only_called: Step = ({ model, match }, ...names) => {
  const allowed = new Set(names.map(({ text }) => text));
  const places = valueUses(model, match);
  if (!places) return fails('it is kept in a variable that changes');
  for (const place of Array.isArray(places) ? places.map((use) => use.reference.node as Node) : [places]) {
    const member = model.parent(place);
    const method = member && 'object' in member && member.object === place ? methodCall(model.parent(member)) : null;
    if (!method || !allowed.has(method.name)) return fails('it is used in another way');
    if (method.name === 'decode' && method.args.length > 1) return fails('the decoder keeps state between calls');
  }
  return HOLDS;
};

const READING_METHODS = new Set([
  'includes',
  'indexOf',
  'lastIndexOf',
  'has',
  'get',
  'hasOwnProperty',
  'join',
  'some',
  'every',
  'find',
  'findIndex',
  'filter',
  'map',
  'forEach',
  'slice',
  'at',
]);

/** The variable's value is only looked at: members, membership, iteration. Nothing of it gets out that could be changed. */
export const only_read: Step = ({ model, match }) => {
  const declarator = model.parent(match);
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return NOT_APPLICABLE;
  const binding = model.binding(declarator.id);
  const declaration = model.parent(declarator);
  if (!binding || binding.redeclared || declaration?.type !== 'VariableDeclaration' || declaration.declarations.length !== 1)
    return fails('it is not declared on its own');
  const deep = hasObjects(match);
  if (children(unwrap(match)).some((child) => hasObjects(child.type === 'ObjectProperty' ? child.value : child)))
    return fails('its entries hold objects of their own');
  for (const use of usesOf(model, binding)) {
    if (use.kind === 'compare' || use.kind === 'test' || use.kind === 'keys') continue;
    if (use.kind === 'read' && (!deep || isReadFurther(model, use.node))) continue;
    if (use.kind === 'iterate' && !deep) continue;
    if (use.kind === 'method' && READING_METHODS.has(use.name ?? '') && !deep) continue;
    if (use.kind === 'argument' && isObjectStatic(model, use.node) && !deep) continue;
    return fails(`\`${binding.name}\` is not only looked at`);
  }
  return HOLDS;
};

const isObjectStatic = (model: SourceModel, node: Node): boolean => {
  const method = methodCall(node);
  return !!method && model.isGlobal(unwrap(method.receiver), 'Object') && ['keys', 'values', 'entries', 'hasOwn'].includes(method.name);
};

/** `TABLE[k].name`, `TABLE[k].length`: the inner object is only looked at as well. */
function isReadFurther(model: SourceModel, node: Node): boolean {
  const parent = model.parent(node);
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return false;
  const outer = model.parent(parent);
  if (outer?.type === 'AssignmentExpression' && outer.left === parent) return false;
  if (outer && /^(ArrayPattern|RestElement|AssignmentPattern|ForOfStatement|ForInStatement)$/.test(outer.type)) return false;
  if (outer?.type === 'ObjectProperty' && model.parent(outer)?.type === 'ObjectPattern') return false;
  if (outer?.type === 'CallExpression' && outer.callee === parent)
    return (
      READING_METHODS.has(memberName(parent) ?? '') &&
      memberName(parent) !== 'forEach' &&
      (!ITERATING_METHODS.has(memberName(parent) ?? '') || seesElements(outer.arguments[0]))
    );
  return outer?.type !== 'UpdateExpression' && outer?.type !== 'UnaryExpression' && outer?.type !== 'MemberExpression';
}

/** The callback is an arrow function that is not handed the array itself, which it could change. */
function seesElements(callback: Node | undefined): boolean {
  const fn = callback ? unwrap(callback) : null;
  return fn?.type === 'ArrowFunctionExpression' && fn.params.length <= 2 && fn.params.every((param) => param.type !== 'RestElement');
}

function hasObjects(literal: Node): boolean {
  let deep = false;
  for (const child of children(unwrap(literal))) {
    walk(child, (node) => {
      if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') deep = true;
    });
  }
  return deep;
}

/** At least that many members, so that building it costs something. */
export const has_members: Step = ({ match }, least) => {
  const node = unwrap(match);
  const count = node.type === 'ArrayExpression' ? node.elements.length : node.type === 'ObjectExpression' ? node.properties.length : 99;
  return count >= Number(least?.text) ? HOLDS : NOT_APPLICABLE;
};

/** An object, or an array of objects: engines share a flat array literal until it is written to, so it costs nothing. */
export const costs_to_build: Step = ({ match }) => {
  const node = unwrap(match);
  return node.type === 'ObjectExpression' || hasObjects(node) ? HOLDS : NOT_APPLICABLE;
};

/** The whole declaration that gives the variable its value. */
export const declaration_of: Step = ({ model, match }) => {
  const declarator = model.parent(match);
  const declaration = declarator ? model.parent(declarator) : null;
  return declaration?.type === 'VariableDeclaration' ? { text: model.text(declaration), node: declaration } : NOT_APPLICABLE;
};

/** The comment directly above the statement that speaks of it alone, line by line at the margin, empty without one. */
export const comment_above: Step = ({ model, style }, value) => {
  if (!value?.node) return NOT_APPLICABLE;
  const text = model.source.slice(startWithComment(model, value.node), startOf(value.node)).trimEnd();
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^\*/, ' *'));
  return { text: text === '' ? '' : lines.join(style.eol) };
};

/** The annotation of the variable that takes the match, for a value that nobody may write to; empty without one. */
export const readonly_annotation: Step = ({ model, match }) => {
  const declarator = model.parent(match);
  const id = declarator?.type === 'VariableDeclarator' ? declarator.id : null;
  const annotation = id && 'typeAnnotation' in id ? id.typeAnnotation : null;
  return { text: annotation ? `: Readonly<${model.text(annotation).replace(/^:\s*/, '')}>` : '' };
};

/** A name for the constant of the module, after the variable that took the value in the function. */
export const constant_name: Step = (context) => {
  const declarator = context.model.parent(context.match);
  const own = declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier' ? declarator.id.name : 'constant';
  return { text: context.freshName(own.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()) };
};

/** A text of several lines, moved to the margin. */
export const at_margin: Step = ({ style }, value) => {
  const text = value?.text ?? '';
  if (!text.includes('\n')) return { text };
  if (text.includes('`')) return fails('a template of several lines cannot be moved');
  const lines = text.split(/\r?\n/);
  const last = /^[ \t]*/.exec(lines.at(-1) ?? '')?.[0] ?? '';
  return { text: lines.map((line) => (line.startsWith(last) ? line.slice(last.length) : line)).join(style.eol) };
};

/** `new Name()` or `new Name.Inner()` of a global of the listed names. */
export const global_constructor: Step = ({ model, match }, ...names) => {
  const node = unwrap(match);
  if (node.type !== 'NewExpression') return NOT_APPLICABLE;
  const callee = unwrap(node.callee);
  const root = callee.type === 'MemberExpression' ? unwrap(callee.object) : callee;
  return names.some(({ text }) => model.isGlobal(root, text)) ? HOLDS : NOT_APPLICABLE;
};

/** A name for the constant of the module, after the class: `TEXT_ENCODER`. */
export const named_after_class: Step = (context) => {
  const node = unwrap(context.match);
  const callee = node.type === 'NewExpression' ? unwrap(node.callee) : node;
  const name = memberName(callee) ?? (callee.type === 'Identifier' ? callee.name : 'instance');
  return { text: context.freshName(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()) };
};

/** Edits that let the uses of a moved variable name the constant of the module. */
export const renamed_uses: Step = ({ model, match }, name) => {
  const declarator = model.parent(match);
  const binding = declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier' ? model.binding(declarator.id) : null;
  if (!binding || !name) return NOT_APPLICABLE;
  const edits = binding.references.map(({ node }) => {
    const parent = model.parent(node);
    const shorthand = parent?.type === 'ObjectProperty' && parent.shorthand;
    return replace(startOf(node), endOf(node), shorthand ? `${node.name}: ${name.text}` : name.text);
  });
  return { text: name.text, edits };
};

/** Arguments as they are written, without those that are not there. */
export const joined_arguments: Step = (_context, ...values) => ({
  text: values
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(', '),
});
