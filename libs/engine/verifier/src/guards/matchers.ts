import { isError, type TellingNames } from './names.ts';
import { chain, child, children, type Node } from './syntax.ts';

const BUILT_IN =
  /^(Object|Function|Array|String|Number|Boolean|Symbol|Date|Math|JSON|Promise|RegExp|Map|Set|WeakMap|WeakSet|Error|Proxy|Reflect|Intl|BigInt|Buffer|process|performance|console|globalThis|global|window|self|assert|expect|Iterator|ArrayBuffer|[A-Z]\w*Array)(\.|$)/;

export const assigned = (node: Node): Node | null => {
  if (node.type === 'AssignmentExpression') return child(node, 'left');
  if (node.type === 'UpdateExpression') return child(node, 'argument');
  if (node.type === 'UnaryExpression' && node['operator'] === 'delete') return child(node, 'argument');
  return null;
};

/** The name of a property, spelled or as text; null when it is computed. */
export const propertyOf = (node: Node): string | null => {
  const property = child(node, 'property');
  if (!property) return null;
  if (property.type === 'StringLiteral') return property['value'] as string;
  return node['computed'] === true ? null : ((property['name'] as string | undefined) ?? null);
};

/** A prototype on the way to what is assigned, whatever the way begins with. */
const prototypeIn = (node: Node | null): string | null => {
  for (let at = bare(node); at; at = bare(child(at, 'object'))) {
    const name = /MemberExpression$/.test(at.type) ? propertyOf(at) : null;
    if (name === 'prototype' || name === '__proto__') return name;
    // What is set on the constructor of a value is set for every value of its class.
    if (name === 'constructor' && at !== node) return name;
    if (/^(Object|Reflect)\.getPrototypeOf$/.test(chain(child(at, 'callee')) ?? '')) return 'getPrototypeOf()';
  }
  return null;
};

/** An expression without the types and parentheses around it. */
function bare(node: Node | null): Node | null {
  let at = node;
  while (at && /^(TS(NonNull|As|Satisfies)|Parenthesized)Expression$/.test(at.type)) at = child(at, 'expression');
  return at;
}

/** `const P = Array.prototype`: a prototype under a name of its own. To take methods out of it, each by its name, gives no way to write to it. */
const takesPrototype = (node: Node): string | null => {
  if (node.type !== 'VariableDeclarator') return null;
  const text = chain(child(node, 'init'));
  if (text === null || !/\.(prototype|__proto__)$/.test(text)) return null;
  const id = child(node, 'id');
  const taken = id?.type === 'ObjectPattern' ? children(id, 'properties') : [];
  const isMethod = (item: Node): boolean =>
    item.type === 'ObjectProperty' && item['computed'] !== true && !/^(__proto__|constructor)$/.test(nameOfKey(item));
  return taken.length > 0 && taken.every(isMethod) ? null : text;
};

const nameOfKey = (item: Node): string => String(child(item, 'key')?.['name'] ?? child(item, 'key')?.['value']);

/** `const { defineProperty } = Object`, `const d = Object.defineProperty`: a way to patch, under a name nobody looks for. */
const takesDefiner = (node: Node): string | null => {
  if (node.type !== 'VariableDeclarator') return null;
  const from = chain(child(node, 'init')) ?? '';
  if (DEFINERS.test(from)) return from;
  if (!/^(Object|Reflect)$/.test(from)) return null;
  const taken = children(child(node, 'id') ?? node, 'properties').map((item) => `${from}.${String(child(item, 'key')?.['name'])}`);
  return taken.find((name) => DEFINERS.test(name)) ?? (child(node, 'id')?.type === 'Identifier' ? from : null);
};
const DEFINERS = /^(Object|Reflect)\.(defineProperty|defineProperties|setPrototypeOf)$/;

export const patches = (node: Node, names: TellingNames): string | null => {
  if (names.own_methods.has(node)) return null;
  const through = prototypeIn(assigned(node));
  if (through) return through;
  const left = chain(assigned(node));
  if (left?.includes('.') && names.shared.has(left.split('.')[0] as string)) return left;
  if (left?.includes('.') && (BUILT_IN.test(left) || /\.(prototype|__proto__)(\.|$)/.test(left))) return left;
  if (node.type !== 'CallExpression') return takesPrototype(node) ?? takesDefiner(node);
  if (/^__(define|lookup)[GS]etter__$/.test(propertyOf(child(node, 'callee') ?? node) ?? '')) return '__defineGetter__';
  const callee = chain(child(node, 'callee')) ?? '';
  if (!/^(Object|Reflect)\.(defineProperty|defineProperties|assign|setPrototypeOf|set|deleteProperty)$/.test(callee)) return null;
  const target = chain(children(node, 'arguments')[0] ?? null) ?? '';
  if (/\.setPrototypeOf$/.test(callee)) return callee;
  if (prototypeIn(children(node, 'arguments')[0] ?? null) || names.shared.has(target) || /\.constructor$/.test(target)) return callee;
  return BUILT_IN.test(target) || /(^|\.)prototype$/.test(target) ? `${callee}(${target})` : null;
};

/** `(() => {}).constructor`, `[].filter['constructor']`: the way to Function without its name. */
export const constructorCall = (node: Node, names: TellingNames): string | null => {
  if (node.type === 'ObjectPattern')
    return children(node, 'properties').some((item) => (child(item, 'key')?.['name'] ?? child(item, 'key')?.['value']) === 'constructor')
      ? '.constructor'
      : null;
  if (!/^(Optional)?MemberExpression$/.test(node.type) || propertyOf(node) !== 'constructor') return null;
  const holder = chain(child(node, 'object'));
  if (holder !== null && names.functions.has(holder)) return '.constructor';
  return holder === null || /(^|\.)(prototype|constructor)$/.test(holder) ? '.constructor' : null;
};

/** The stack of an error, by any way of reading it. */
export const readsStack = (node: Node, names: TellingNames): string | null => {
  const init = node.type === 'VariableDeclarator' ? child(node, 'init') : null;
  if (init && (isError(init) || names.errors.has(String(init['name']))))
    return children(child(node, 'id') ?? node, 'properties').some((item) => child(item, 'key')?.['name'] === 'stack') ? '.stack' : null;
  if (node.type === 'CallExpression' && /^(Object|Reflect)\./.test(chain(child(node, 'callee')) ?? ''))
    return children(node, 'arguments').some((item) => item.type === 'StringLiteral' && item['value'] === 'stack') ? '.stack' : null;
  if (!/^(Optional)?MemberExpression$/.test(node.type)) return null;
  const name = propertyOf(node);
  if (name === 'caller' || name === 'callee') return `.${name}`;
  const object = child(node, 'object');
  if (name !== 'stack' || !object) return null;
  return isError(object) ||
    names.errors.has(chain(object) ?? '') ||
    /(^|\.)(\w*(err|error)|e|ex|x|exc|exception|cause|reason|thrown|caught)$/i.test(chain(object) ?? '')
    ? '.stack'
    : null;
};

/** `new Intl.DateTimeFormat().format()`: without a date it tells the time. */
export const formatsNow = (node: Node, { formatters }: TellingNames): string | null => {
  const method = /CallExpression$/.test(node.type) ? propertyOf(child(node, 'callee') ?? node) : null;
  if (!/^format(ToParts)?$/.test(method ?? '') || children(node, 'arguments').length > 0) return null;
  const object = child(child(node, 'callee') as Node, 'object');
  const maker = object && /^(New|Call)Expression$/.test(object.type) ? chain(child(object, 'callee')) : chain(object);
  return maker === 'Intl.DateTimeFormat' || formatters.has(maker ?? '') ? `.${method ?? ''}()` : null;
};

/** The text of a function of the file: it differs where somebody instruments it. */
export const readsText = (node: Node, { functions }: TellingNames): string | null => {
  const isOwn = (value: Node | null): boolean => value?.type === 'Identifier' && functions.has(String(value['name']));
  if (node.type === 'TemplateLiteral') return children(node, 'expressions').some(isOwn) ? 'the text of a function' : null;
  if (node.type === 'BinaryExpression' && node['operator'] === '+')
    return isOwn(child(node, 'left')) || isOwn(child(node, 'right')) ? 'the text of a function' : null;
  if (!/CallExpression$/.test(node.type)) return null;
  const callee = child(node, 'callee');
  const ofText = chain(callee) === 'String' || /^Function\.prototype\.toString\.(call|apply)$/.test(chain(callee) ?? '');
  if (ofText && children(node, 'arguments').some(isOwn)) return 'the text of a function';
  return callee && propertyOf(callee) === 'toString' && isOwn(child(callee, 'object')) ? 'the text of a function' : null;
};
