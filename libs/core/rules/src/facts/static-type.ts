import type * as t from '@babel/types';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { isFunction, methodCall, type Node, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { annotationType } from './annotation.ts';
import { ALWAYS_STRING_METHODS, ARRAY_MUTATORS, BOOLEAN_METHODS, NUMBER_METHODS, STRING_METHODS } from './builtins.ts';
import { mayBeUnset } from './unset.ts';
import { isReassigned, type UseKind, usesOf } from './uses.ts';

export type TypeName =
  | 'array'
  | 'string'
  | 'number'
  | 'boolean'
  | 'bigint'
  | 'function'
  | 'regexp'
  | 'set'
  | 'map'
  | 'buffer'
  | 'object'
  | 'null'
  | 'undefined';

/** What can be proved about the value of an expression without running it; null where a fact would be a guess. */
export interface StaticType {
  name: TypeName;
  /** Type of the elements of an array. */
  element: StaticType | null;
  /** An array proved to have no holes. */
  dense: boolean;
}

export const simple = (name: TypeName): StaticType => ({ name, element: null, dense: false });
const denseArray = (element: StaticType | null): StaticType => ({ name: 'array', element, dense: true });

const DEPTH_LIMIT = 12;

/** Proof by construction, by annotation or by a guard that dominates the expression. */
export function staticType(model: SourceModel, node: Node | null | undefined, depth = 0): StaticType | null {
  if (!node || depth > DEPTH_LIMIT) return null;
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') {
    return staticType(model, node.expression, depth + 1) ?? annotationType(node.typeAnnotation);
  }
  const inner = unwrap(node);
  const literal = literalType(model, inner, depth);
  if (literal) return literal;
  switch (inner.type) {
    case 'Identifier':
      return identifierType(model, inner, depth);
    case 'BinaryExpression':
      return binaryType(model, inner, depth);
    case 'UnaryExpression':
      if (inner.operator === 'typeof') return simple('string');
      if (inner.operator === '!') return simple('boolean');
      return inner.operator === '+' ? simple('number') : inner.operator === 'void' ? simple('undefined') : null;
    case 'ConditionalExpression':
      return same(staticType(model, inner.consequent, depth + 1), staticType(model, inner.alternate, depth + 1));
    case 'LogicalExpression':
      return same(staticType(model, inner.left, depth + 1), staticType(model, inner.right, depth + 1));
    case 'AssignmentExpression':
      return inner.operator === '=' ? staticType(model, inner.right, depth + 1) : null;
    case 'NewExpression':
      return constructedType(model, inner);
    case 'CallExpression':
      return callType(model, inner, depth);
    case 'MemberExpression':
      return memberType(model, inner, depth);
    default:
      return null;
  }
}

function literalType(model: SourceModel, node: Node, depth: number): StaticType | null {
  switch (node.type) {
    case 'StringLiteral':
    case 'TemplateLiteral':
      return simple('string');
    case 'NumericLiteral':
      return simple('number');
    case 'BooleanLiteral':
      return simple('boolean');
    case 'BigIntLiteral':
      return simple('bigint');
    case 'NullLiteral':
      return simple('null');
    case 'RegExpLiteral':
      return simple('regexp');
    case 'ObjectExpression':
      return simple('object');
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return simple('function');
    case 'ArrayExpression': {
      if (node.elements.includes(null)) return { name: 'array', element: null, dense: false };
      const types = node.elements.map((element) =>
        element?.type === 'SpreadElement'
          ? (staticType(model, element.argument, depth + 1)?.element ?? null)
          : staticType(model, element, depth + 1),
      );
      return denseArray(types.length > 0 ? types.reduce((a, b) => same(a, b)) : null);
    }
    default:
      return null;
  }
}

export function same(a: StaticType | null, b: StaticType | null): StaticType | null {
  if (!a || !b || a.name !== b.name) return null;
  return { name: a.name, element: same(a.element, b.element), dense: a.dense && b.dense };
}

function binaryType(model: SourceModel, node: t.BinaryExpression, depth: number): StaticType | null {
  if (['===', '!==', '==', '!=', '<', '>', '<=', '>=', 'in', 'instanceof'].includes(node.operator)) return simple('boolean');
  const left = staticType(model, node.left as Node, depth + 1);
  const right = staticType(model, node.right, depth + 1);
  if (node.operator !== '+') return left?.name === 'number' || right?.name === 'number' ? simple('number') : null;
  if (left?.name === 'string' || right?.name === 'string') return simple('string');
  return left?.name === 'number' && right?.name === 'number' ? simple('number') : null;
}

const CONSTRUCTED: Record<string, TypeName> = { Set: 'set', Map: 'map', RegExp: 'regexp' };

function constructedType(model: SourceModel, node: t.NewExpression): StaticType | null {
  const callee = unwrap(node.callee);
  if (callee.type !== 'Identifier' || model.binding(callee)) return null;
  if (callee.name === 'Array') return { name: 'array', element: null, dense: false };
  const name = CONSTRUCTED[callee.name];
  return name ? simple(name) : null;
}

const GLOBAL_RESULTS: Record<string, TypeName> = {
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
  parseInt: 'number',
  parseFloat: 'number',
  isNaN: 'boolean',
  encodeURIComponent: 'string',
};

function callType(model: SourceModel, node: t.CallExpression, depth: number): StaticType | null {
  const callee = unwrap(node.callee);
  if (callee.type === 'Identifier' && !model.binding(callee)) {
    const name = GLOBAL_RESULTS[callee.name];
    return name ? simple(name) : null;
  }
  const method = methodCall(node);
  if (!method) return null;
  const fromGlobal = staticCallType(model, method.receiver, method.name);
  if (fromGlobal) return fromGlobal;
  const receiver = staticType(model, method.receiver, depth + 1);
  if (receiver) return methodType(receiver, method.name, model, method.args, depth);
  if (ALWAYS_STRING_METHODS.has(method.name)) return simple('string');
  return method.name === 'split' ? denseArray(simple('string')) : null;
}

function staticCallType(model: SourceModel, receiver: Node, name: string): StaticType | null {
  const object = unwrap(receiver);
  if (object.type !== 'Identifier' || model.binding(object)) return null;
  const key = `${object.name}.${name}`;
  if (key === 'Object.keys' || key === 'Object.getOwnPropertyNames') return denseArray(simple('string'));
  if (key === 'Object.values' || key === 'Array.from' || key === 'Array.of') return denseArray(null);
  if (key === 'Object.entries') return denseArray(denseArray(null));
  if (key === 'String.fromCharCode' || key === 'String.fromCodePoint') return simple('string');
  if (key === 'Array.isArray' || key === 'Object.is' || key === 'Object.hasOwn' || key === 'Number.isNaN') return simple('boolean');
  if (object.name === 'Math' || key === 'Date.now') return simple('number');
  return key === 'Buffer.alloc' || key === 'Buffer.from' || key === 'Buffer.concat' ? simple('buffer') : null;
}

function methodType(receiver: StaticType, name: string, model: SourceModel, args: Node[], depth: number): StaticType | null {
  if (receiver.name === 'array') {
    if (name === 'map') return { name: 'array', element: callbackResult(model, args[0], depth), dense: receiver.dense };
    if (name === 'filter' || name === 'toSorted' || name === 'toReversed') return denseArray(receiver.element);
    if (name === 'flat' || name === 'flatMap') return denseArray(null);
    if (['slice', 'sort', 'reverse', 'concat', 'splice', 'toSpliced'].includes(name)) {
      return {
        name: 'array',
        element: name === 'concat' || name === 'toSpliced' ? null : receiver.element,
        dense: receiver.dense && name !== 'concat',
      };
    }
    if (name === 'join') return simple('string');
  }
  if (receiver.name === 'string') {
    if (name === 'split') return denseArray(simple('string'));
    if (name === 'slice' || name === 'concat' || STRING_METHODS.has(name)) return simple('string');
  }
  if (receiver.name === 'number' && STRING_METHODS.has(name)) return simple('string');
  if (receiver.name === 'buffer' && (name === 'subarray' || name === 'slice')) return simple('buffer');
  if (receiver.name === 'array' || receiver.name === 'string') {
    if (NUMBER_METHODS.has(name)) return simple('number');
    if (BOOLEAN_METHODS.has(name)) return simple('boolean');
  }
  return (receiver.name === 'set' || receiver.name === 'map') && name === 'has' ? simple('boolean') : null;
}

function callbackResult(model: SourceModel, callback: Node | undefined, depth: number): StaticType | null {
  const fn = callback ? unwrap(callback) : null;
  if (!fn) return null;
  if (fn.type === 'Identifier' && !model.binding(fn))
    return fn.name === 'String' ? simple('string') : fn.name === 'Number' ? simple('number') : null;
  return fn.type === 'ArrowFunctionExpression' && fn.body.type !== 'BlockStatement' && !fn.async
    ? staticType(model, fn.body, depth + 1)
    : null;
}

function memberType(model: SourceModel, node: t.MemberExpression, depth: number): StaticType | null {
  const object = staticType(model, node.object, depth + 1);
  if (!object) return null;
  if (!node.computed && node.property.type === 'Identifier' && node.property.name === 'length') {
    return object.name === 'array' || object.name === 'string' || object.name === 'buffer' ? simple('number') : null;
  }
  return null;
}

function identifierType(model: SourceModel, node: t.Identifier, depth: number): StaticType | null {
  const binding = model.binding(node);
  if (!binding) return node.name === 'undefined' ? simple('undefined') : null;
  return variableType(model, binding, node, depth);
}

/** What is proved of the variable when control reaches the place; a check behind it or further in proves nothing there. */
export function variableType(model: SourceModel, binding: Binding, place: Node, depth = 0): StaticType | null {
  const guarded = guardedType(model, place, binding);
  if (guarded) return guarded;
  const { declaration } = binding;
  if (binding.identifier.optional || mayBeUnset(model, binding, place)) return null;
  const annotated = annotationType(binding.identifier.typeAnnotation as Node | null | undefined);
  if (annotated) return annotated;
  if (binding.redeclared) return null;
  if (binding.kind === 'param') {
    if (declaration.type === 'RestElement' && declaration.argument === binding.identifier && !isReassigned(binding))
      return denseArray(null);
    return isReassigned(binding) ? null : callbackParameterType(model, binding, depth);
  }
  if (declaration.type !== 'VariableDeclarator' || declaration.id !== binding.identifier) return null;
  const holder = model.parent(declaration);
  const loop = holder ? model.parent(holder) : null;
  if (loop?.type === 'ForOfStatement' && loop.left === holder)
    return isReassigned(binding) ? null : elementType(staticType(model, loop.right, depth + 1));
  if (loop?.type === 'ForInStatement' && loop.left === holder) return isReassigned(binding) ? null : simple('string');
  if (!declaration.init) return null;
  const type = assignedType(model, binding, declaration.init, depth);
  return type?.name === 'array' ? withContents(model, binding, type) : type;
}

const KEEP_DENSE = new Set(['push', 'unshift', 'pop', 'shift', 'sort', 'reverse']);
const HARMLESS: ReadonlySet<UseKind> = new Set(['read', 'iterate', 'keys', 'return', 'test', 'compare', 'discard', 'assign']);

/** What is known about the contents at the declaration holds later only when nothing writes into the array. */
function withContents(model: SourceModel, binding: Binding, type: StaticType): StaticType {
  let { element, dense } = type;
  for (const use of usesOf(model, binding)) {
    if (HARMLESS.has(use.kind) || (use.kind === 'method' && !ARRAY_MUTATORS.has(use.name ?? ''))) continue;
    element = null;
    if (use.kind !== 'method' || !KEEP_DENSE.has(use.name ?? '')) dense = false;
  }
  return { name: 'array', element, dense };
}

const elementType = (type: StaticType | null): StaticType | null =>
  type?.name === 'string' ? type : type?.name === 'array' && type.dense ? type.element : null;

/** All values ever assigned agree; arithmetic updates keep a number a number and a string a string. */
function assignedType(model: SourceModel, binding: Binding, init: Node, depth: number): StaticType | null {
  let type = staticType(model, init, depth + 1);
  let written = false;
  for (const { node, write } of binding.references) {
    if (!write || !type) continue;
    written = true;
    const parent = model.parent(node);
    if (parent?.type === 'UpdateExpression') type = type.name === 'number' ? type : null;
    else if (parent?.type === 'AssignmentExpression' && parent.left === node) {
      if (parent.operator === '=') {
        if (!onlyRefersToItself(model, binding, parent.right)) type = same(type, staticType(model, parent.right, depth + 3));
        else type = same(type, selfUpdateType(model, type, parent.right));
      } else if (['||=', '&&=', '??='].includes(parent.operator)) type = same(type, staticType(model, parent.right, depth + 3));
      else if (parent.operator === '+=' && type.name === 'string') continue;
      else
        type =
          type.name === 'number' && (parent.operator !== '+=' || staticType(model, parent.right, depth + 3)?.name === 'number')
            ? type
            : null;
    } else return null;
  }
  return type && written ? { ...type, dense: false } : type;
}

const onlyRefersToItself = (model: SourceModel, binding: Binding, value: Node): boolean => {
  const method = methodCall(value);
  return (
    (!!method && model.binding(unwrap(method.receiver)) === binding) ||
    (value.type === 'BinaryExpression' && model.binding(unwrap(value.left as Node)) === binding)
  );
};

/** `s = s.slice(1)`, `a = a.concat(b)`, `s = s + x`: the type follows from the type so far. */
function selfUpdateType(model: SourceModel, type: StaticType, value: Node): StaticType | null {
  const method = methodCall(value);
  if (method) return methodType(type, method.name, model, [], 0);
  if (value.type !== 'BinaryExpression' || value.operator !== '+') return null;
  if (type.name === 'string') return type;
  return type.name === 'number' && staticType(model, value.right, DEPTH_LIMIT - 2)?.name === 'number' ? type : null;
}

/** First parameter of a callback on an array of known elements. */
function callbackParameterType(model: SourceModel, binding: Binding, depth: number): StaticType | null {
  const fn = binding.scope.node;
  if (!isFunction(fn) || fn.type === 'ObjectMethod' || fn.type === 'ClassMethod' || fn.type === 'ClassPrivateMethod') return null;
  const method = methodCall(model.parent(fn));
  if (!method || method.args[0] !== fn || fn.params[0] !== binding.identifier) return null;
  if (!['map', 'filter', 'forEach', 'some', 'every', 'find', 'findIndex', 'flatMap', 'findLast'].includes(method.name)) return null;
  const receiver = staticType(model, method.receiver, depth + 1);
  // These methods leave holes out, the others pass undefined for one.
  const skipsHoles = ['map', 'filter', 'forEach', 'some', 'flatMap'].includes(method.name);
  return skipsHoles && receiver?.name === 'array' ? receiver.element : elementType(receiver);
}

/** `if (Array.isArray(x)) { … }`, `if (typeof x !== 'string') throw …` around or before the use, x not assigned since. */
function guardedType(model: SourceModel, node: Node, binding: Binding): StaticType | null {
  if (isReassigned(binding)) return null;
  let below: Node = node;
  for (const ancestor of ancestors(model, node)) {
    if (ancestor.type === 'IfStatement' || ancestor.type === 'ConditionalExpression') {
      if (ancestor.consequent === below) {
        const proved = testProves(model, ancestor.test, binding, true);
        if (proved) return proved;
      } else if (ancestor.alternate === below) {
        const proved = testProves(model, ancestor.test, binding, false);
        if (proved) return proved;
      }
    } else if (ancestor.type === 'LogicalExpression' && ancestor.right === below && ancestor.operator !== '??') {
      const proved = testProves(model, ancestor.left, binding, ancestor.operator === '&&');
      if (proved) return proved;
    } else if (ancestor.type === 'BlockStatement') {
      const proved = earlyExitProves(model, ancestor, below, binding);
      if (proved) return proved;
    }
    if (ancestor === binding.scope.node) break;
    below = ancestor;
  }
  return null;
}

function earlyExitProves(model: SourceModel, block: t.BlockStatement, below: Node, binding: Binding): StaticType | null {
  for (const statement of block.body) {
    if (statement === below) return null;
    if (statement.type !== 'IfStatement' || statement.alternate) continue;
    const last = statement.consequent.type === 'BlockStatement' ? statement.consequent.body.at(-1) : statement.consequent;
    if (last?.type !== 'ThrowStatement' && last?.type !== 'ReturnStatement' && last?.type !== 'ContinueStatement') continue;
    const proved = testProves(model, statement.test, binding, false);
    if (proved) return proved;
  }
  return null;
}

const TYPEOF: Record<string, TypeName> = { string: 'string', number: 'number', boolean: 'boolean', function: 'function', bigint: 'bigint' };

/** What the test says about the variable when it came out as `outcome`. */
function testProves(model: SourceModel, test: Node, binding: Binding, outcome: boolean): StaticType | null {
  const node = unwrap(test);
  if (node.type === 'UnaryExpression' && node.operator === '!') return testProves(model, node.argument, binding, !outcome);
  if (node.type === 'LogicalExpression' && node.operator === (outcome ? '&&' : '||')) {
    return testProves(model, node.left, binding, outcome) ?? testProves(model, node.right, binding, outcome);
  }
  const method = methodCall(node);
  if (method) {
    const asked = model.binding(unwrap(method.args[0] ?? node)) === binding;
    return outcome && asked && method.name === 'isArray' && model.isGlobal(unwrap(method.receiver), 'Array') ? simple('array') : null;
  }
  if (node.type !== 'BinaryExpression' || !(outcome ? ['===', '=='] : ['!==', '!=']).includes(node.operator)) return null;
  const left = unwrap(node.left as Node);
  if (left.type !== 'UnaryExpression' || left.operator !== 'typeof' || model.binding(unwrap(left.argument)) !== binding) return null;
  const name = node.right.type === 'StringLiteral' ? TYPEOF[node.right.value] : undefined;
  return name ? simple(name) : null;
}
