import type { LongLived } from './long-lived.ts';
import { chain, child, children, isFunction, type Node } from './syntax.ts';
import { bare, functionOf, type Variables } from './variables.ts';

/** What a variable of a module holds, as far as its first value tells. */
export interface Holding {
  /** It was made here and can be changed by whoever gets hold of it. */
  shared: boolean;
  /** Its elements were made here and can be changed by whoever gets hold of one. */
  shared_parts: boolean;
  /** What its elements are: nothing changes a primitive, and a function is not for changing. */
  parts: 'primitives' | 'functions' | 'objects';
  /** It is an array, a Map, a Set or the like: its methods are known. */
  container: boolean;
  /** Flags of a regular expression; `gy` where nobody knows. */
  flags: string | null;
  /** It has a place that every step moves. */
  iterator: boolean;
}

const NOTHING: Holding = { shared: false, shared_parts: false, parts: 'objects', container: false, flags: null, iterator: false };
const MADE =
  /^(Map|Set|WeakMap|WeakSet|Array|Object|Array\.(from|of)|Object\.(create|assign|fromEntries|keys|values|entries)|\w+Array|ArrayBuffer|Buffer\.\w+)$/;
const ITERATORS = /^(values|keys|entries|matchAll|\[Symbol\.iterator\]|drop|take)$/;

const PRIMITIVE = /^(String|Numeric|Boolean|Null|BigInt|Decimal)Literal$|^(Template|Unary|Binary)(Literal|Expression)$/;

const PRIMITIVE_CALL = /^(Symbol|Symbol\.for|String|Number|Boolean|BigInt)$/;

/** A first value that nothing can change, whoever holds it. */
export function isPrimitive(init: Node | null, variables: Variables): boolean {
  const value = bare(init);
  if (value?.type !== 'CallExpression') return value !== null && PRIMITIVE.test(value.type);
  const callee = bare(child(value, 'callee'));
  return PRIMITIVE_CALL.test(chain(callee) ?? '') && callee !== null && !variables.has(callee);
}

/** What the elements of a literal are; an empty one is filled by somebody later, with nobody knows what. */
function partsOf(node: Node | null, depth = 0): Holding['parts'] {
  const literal = bare(node);
  if (!literal || !/^(Array|Object)Expression$/.test(literal.type)) return 'objects';
  const items = literal.type === 'ArrayExpression' ? children(literal, 'elements') : children(literal, 'properties');
  if (items.length === 0) return 'objects';
  let functions = false;
  for (const item of items) {
    const value = bare(literal.type === 'ArrayExpression' || isFunction(item) ? item : child(item, 'value'));
    if (!value) return 'objects';
    if (isFunction(value)) functions = true;
    else if (!PRIMITIVE.test(value.type) && !(depth > 0 && partsOf(value, depth - 1) !== 'objects')) return 'objects';
  }
  return functions ? 'functions' : 'primitives';
}

function flagsOf(node: Node): string | null {
  if (node.type === 'RegExpLiteral') return node['flags'] as string;
  if (!/^(New|Call)Expression$/.test(node.type) || chain(child(node, 'callee')) !== 'RegExp') return null;
  const [pattern, flags] = children(node, 'arguments');
  if (flags) return flags.type === 'StringLiteral' ? String(flags['value']) : 'gy';
  return pattern && /^(String|Template)Literal$/.test(pattern.type) ? '' : 'gy';
}

/** The elements of a container made by a call: `new Set(['a'])`, `new Map([['a', 1]])`, typed arrays. */
function partsOfMade(callee: string, node: Node): Holding['parts'] {
  if (/^(?!Array$)\w+Array$|^ArrayBuffer$|^Buffer\./.test(callee) || callee === 'Object.keys') return 'primitives';
  const [first] = children(node, 'arguments');
  return /^(Map|Set|Array\.from)$/.test(callee) ? partsOf(first ?? null, callee === 'Map' ? 1 : 0) : 'objects';
}

const made = (parts: Holding['parts'], container: boolean): Holding => ({
  ...NOTHING,
  shared: true,
  shared_parts: parts === 'objects',
  parts,
  container,
});

export function holdingOf({ init, id }: Pick<LongLived, 'init' | 'id'>, variables: Variables): Holding {
  const value = bare(init);
  if (!value || (id && id.type !== 'Identifier')) return NOTHING;
  const callee = bare(child(value, 'callee'));
  const name = chain(callee) ?? '';
  if (name === 'Object.freeze') {
    const inner = bare(children(value, 'arguments')[0] ?? null);
    const frozen = holdingOf({ init: inner, id: null }, variables);
    return /^(Array|Object)Expression$/.test(inner?.type ?? '') ? { ...frozen, shared: false } : frozen;
  }
  if (/^(Array|Object)Expression$/.test(value.type)) return made(partsOf(value), value.type === 'ArrayExpression');
  const flags = flagsOf(value);
  if (flags !== null) return { ...NOTHING, shared: /[gy]/.test(flags), parts: 'primitives', flags };
  if (/^(New|Call)Expression$/.test(value.type) && MADE.test(name) && !(callee && variables.has(callee)))
    return made(partsOfMade(name, value), !/^Object$|\.(create|assign|fromEntries)$/.test(name));
  const variable = callee && variables.get(callee);
  const generator = callee && (isFunction(callee) ? callee : variable && functionOf(variable)?.node);
  const iterator = /CallExpression$/.test(value.type) && (methodName(callee)?.match(ITERATORS) || generator?.['generator'] === true);
  return { ...NOTHING, iterator: Boolean(iterator) };
}

/** The name of the property a member expression takes; `[Symbol.iterator]` for such a key, null for one nobody can read. */
export function methodName(node: Node | null): string | null {
  const property = node && /MemberExpression$/.test(node.type) ? child(node, 'property') : null;
  if (!node || !property) return null;
  if (property.type === 'StringLiteral') return String(property['value']);
  if (node['computed'] !== true) return property.type === 'Identifier' ? String(property['name']) : null;
  return chain(property)?.startsWith('Symbol.') ? `[${chain(property) ?? ''}]` : null;
}
