import type * as t from '@babel/types';
import type { SourceModel } from '../syntax/model.ts';
import { children, contains, type FunctionNode, isFunction, isTypeOnly, methodCall, type Node, startOf, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { AMBIGUOUS_METHODS, ITERATING_METHODS, MUTATING_METHODS, PURE_GLOBALS, PURE_METHODS, PURE_STATICS } from './builtins.ts';
import { staticType } from './static-type.ts';
import { soleValue } from './uses.ts';

/** A change to something that outlives the region, or that is seen outside it. */
export interface Write {
  /** Variable that is assigned, or whose object is changed; null when it is not a plain variable. */
  binding: Binding | null;
  /** `assign`: the variable gets a new value; `object`: what it refers to is changed. */
  how: 'assign' | 'object';
  property: string | null;
  node: Node;
}

export interface Effects {
  writes: Write[];
  /** Calls whose behaviour is not known. */
  unknown: Node[];
  /** `await`, `yield` or `for await`: other code runs in between. */
  suspends: boolean;
  /** `return`, `throw`, `break` or `continue` that may leave the region. */
  leaves: Node[];
}

const RECURSION_LIMIT = 4;

/** Everything in the region that is not a mere computation. Property reads are taken to have no effect. */
export function effectsOf(model: SourceModel, region: Node): Effects {
  const effects: Effects = { writes: [], unknown: [], suspends: false, leaves: [] };
  new Collector(model, region, effects).visit(region, 0);
  return effects;
}

class Collector {
  readonly #model: SourceModel;
  readonly #region: Node;
  readonly #effects: Effects;
  readonly #entered = new Set<Node>();

  constructor(model: SourceModel, region: Node, effects: Effects) {
    this.#model = model;
    this.#region = region;
    this.#effects = effects;
  }

  visit(node: Node, depth: number): void {
    if (isTypeOnly(node)) return;
    switch (node.type) {
      case 'AssignmentExpression':
        this.#write(node.left);
        break;
      case 'UpdateExpression':
        this.#write(node.argument);
        break;
      case 'UnaryExpression':
        if (node.operator === 'delete') this.#write(node.argument);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') this.#write(node.left);
        if (node.type === 'ForOfStatement' && node.await) this.#effects.suspends = true;
        break;
      case 'AwaitExpression':
      case 'YieldExpression':
        this.#effects.suspends = true;
        break;
      case 'ReturnStatement':
      case 'ThrowStatement':
        this.#effects.leaves.push(node);
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
        this.#effects.leaves.push(node);
        break;
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        this.#call(node, depth);
        break;
      case 'TaggedTemplateExpression':
        this.#effects.unknown.push(node);
        break;
      default:
        break;
    }
    for (const child of children(node)) {
      // A function that is only defined does nothing; callbacks are entered by the call that runs them.
      if (isFunction(child) && child !== this.#region) continue;
      this.visit(child, depth);
    }
  }

  #write(target: Node): void {
    const node = unwrap(target);
    if (node.type === 'ObjectPattern' || node.type === 'ArrayPattern') {
      for (const child of children(node)) this.#write(child.type === 'ObjectProperty' ? child.value : child);
      return;
    }
    if (node.type === 'AssignmentPattern') return this.#write(node.left);
    if (node.type === 'RestElement') return this.#write(node.argument);
    if (node.type === 'Identifier') {
      this.#effects.writes.push({ binding: this.#model.binding(node), how: 'assign', property: null, node });
    } else if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') {
      const property = !node.computed && node.property.type === 'Identifier' ? node.property.name : null;
      this.#effects.writes.push({ binding: this.#model.binding(unwrap(node.object)), how: 'object', property, node });
    }
  }

  #call(node: t.CallExpression | t.OptionalCallExpression | t.NewExpression, depth: number): void {
    const callee = unwrap(node.callee);
    if (isFunction(callee)) return this.#enter(callee, depth);
    if (callee.type === 'Identifier') return this.#plainCall(node, callee, depth);
    const method = node.type === 'NewExpression' ? null : methodCall(node);
    if (!method) {
      this.#effects.unknown.push(node);
      return;
    }
    if (this.#isPureStatic(method.receiver, method.name)) return this.#callbacks(node, method.args, depth);
    if (MUTATING_METHODS.has(method.name)) {
      // `[...list].sort()` changes something that nobody else has.
      if (isFreshValue(this.#model, method.receiver)) return this.#callbacks(node, method.args, depth);
      const binding = this.#model.binding(unwrap(method.receiver));
      this.#effects.writes.push({ binding, how: 'object', property: null, node });
      return this.#callbacks(node, method.args, depth);
    }
    if (method.name === 'test' || method.name === 'exec') {
      // Only a regular expression that is known not to be global leaves its lastIndex alone.
      const receiver = unwrap(method.receiver);
      const value = receiver.type === 'Identifier' ? this.#soleValueOf(receiver) : receiver;
      if (value?.type === 'RegExpLiteral' && !/[gy]/.test(value.flags)) return;
      this.#effects.writes.push({ binding: this.#model.binding(receiver), how: 'object', property: 'lastIndex', node });
      return;
    }
    if (PURE_METHODS.has(method.name) && (!AMBIGUOUS_METHODS.has(method.name) || staticType(this.#model, method.receiver))) {
      this.#callbacks(node, method.args, depth);
      return;
    }
    this.#effects.unknown.push(node);
  }

  #soleValueOf(node: t.Identifier): Node | null {
    const binding = this.#model.binding(node);
    return binding ? soleValue(binding) : null;
  }

  #isPureStatic(receiver: Node, name: string): boolean {
    const object = unwrap(receiver);
    if (object.type !== 'Identifier' || this.#model.binding(object)) return false;
    return object.name === 'Math' || (Object.hasOwn(PURE_STATICS, object.name) && (PURE_STATICS[object.name]?.has(name) ?? false));
  }

  #plainCall(node: Node, callee: t.Identifier, depth: number): void {
    const binding = this.#model.binding(callee);
    if (!binding) {
      if (!PURE_GLOBALS.has(callee.name)) this.#effects.unknown.push(node);
      return;
    }
    const fn = binding.kind === 'function' ? binding.declaration : soleValue(binding);
    if (fn && isFunction(fn) && !binding.redeclared && binding.references.every((reference) => !reference.write))
      this.#enter(fn, depth, node);
    else this.#effects.unknown.push(node);
  }

  /** A call of a function of this file is as good as what the function does; a write to its own locals is nobody's concern. */
  #enter(fn: FunctionNode, depth: number, call: Node = fn): void {
    if (this.#entered.has(fn)) return;
    if (depth >= RECURSION_LIMIT) {
      this.#effects.unknown.push(call);
      return;
    }
    this.#entered.add(fn);
    const inner: Effects = { writes: [], unknown: [], suspends: false, leaves: [] };
    const collector = new Collector(this.#model, fn, inner);
    for (const known of this.#entered) collector.#entered.add(known);
    collector.visit(fn, depth + 1);
    this.#effects.unknown.push(...inner.unknown.map(() => call));
    if (inner.suspends) this.#effects.suspends = true;
    for (const write of inner.writes) {
      const own = write.binding !== null && contains(fn, write.binding.scope.node);
      if (!own || (write.how === 'object' && !isFreshLocal(this.#model, write.binding as Binding))) this.#effects.writes.push(write);
    }
  }

  #callbacks(node: Node, args: readonly Node[], depth: number): void {
    for (const arg of args) {
      const fn = unwrap(arg);
      if (isFunction(fn)) this.#enter(fn, depth, node);
      else if (fn.type === 'Identifier') {
        const name = methodCall(node)?.name ?? '';
        if (!ITERATING_METHODS.has(name) && name !== 'sort' && name !== 'toSorted' && name !== 'replace' && name !== 'from') continue;
        const known = staticType(this.#model, fn)?.name;
        if (known === undefined || known === 'function') this.#plainCall(node, fn, depth);
      }
    }
  }
}

/** A variable that was given a new object where it is declared, so no other variable holds that object yet. */
export function isFreshLocal(model: SourceModel, binding: Binding): boolean {
  const value = soleValue(binding) ?? (binding.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null);
  return !!value && isFreshValue(model, value);
}

/** The expression makes a new object each time it is evaluated. */
export function isFreshValue(model: SourceModel, value: Node): boolean {
  const node = unwrap(value);
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true;
  if (node.type === 'NewExpression') {
    const callee = unwrap(node.callee);
    return (
      callee.type === 'Identifier' &&
      ['Set', 'Map', 'Array', 'WeakMap', 'WeakSet', 'Date', 'RegExp'].includes(callee.name) &&
      !model.binding(callee)
    );
  }
  const method = methodCall(node);
  if (!method) return false;
  if (['map', 'filter', 'flat', 'flatMap', 'toSorted', 'toReversed', 'split'].includes(method.name)) return true;
  if (method.name === 'slice' || method.name === 'concat') return staticType(model, method.receiver)?.name === 'array';
  const object = unwrap(method.receiver);
  if (object.type !== 'Identifier' || model.binding(object)) return false;
  return [
    'Array.from',
    'Array.of',
    'Object.keys',
    'Object.values',
    'Object.entries',
    'Object.create',
    'Buffer.alloc',
    'Buffer.concat',
  ].includes(`${object.name}.${method.name}`);
}

/** No effect at all outside the region: nothing written that exists outside, nothing unknown called, no suspension. */
export function isPure(model: SourceModel, region: Node): boolean {
  const { writes, unknown, suspends } = effectsOf(model, region);
  if (unknown.length > 0 || suspends) return false;
  return writes.every(({ binding, how }) => {
    if (!binding || !contains(region, binding.scope.node) || startOf(binding.identifier) < startOf(region)) return false;
    return how === 'assign' || isFreshLocal(model, binding);
  });
}
