import { types } from 'node:util';
import type { ClassRef, IteratorNode, Node, Prop, Shape, Value } from './graph.ts';
import { iteratorForm } from './iterators.ts';
import { isObject } from './known-objects.ts';
import { abortedState, signalNode } from './signals.ts';
import { encodeKey, encodeSymbol } from './symbols.ts';
import { tagOf } from './tags.ts';

export interface EncodeOptions {
  limit_nodes: number;
  /** Longest string or buffer carried, in characters or bytes. */
  limit_text: number;
  /** A class of the package, by its constructor. */
  classId(constructor: object): number | undefined;
  /** Values that are written otherwise than by content: results of earlier steps, recorded callbacks, opaque tokens. */
  special?(value: object): Value | Node | undefined;
  /** Takes a promise that is to be carried with what it settles to; false: it cannot. */
  onPromise?(value: Promise<unknown>, node: number): boolean;
  /** Takes an iterator that is to be carried with what it gives from now on, which is written into the node; false: it cannot. */
  onIterator?(value: object, node: IteratorNode, index: number): boolean;
  /** Compare mode: keys of class instances in sorted order, functions by kind only, `skipKey` leaves internal state out. */
  canonical?: boolean;
  skipKey?(owner: object, key: string | symbol, isInstance: boolean): boolean;
  /** Properties that say nothing of what code does. */
  skipLabel?(owner: object, key: string | symbol, value: unknown): boolean;
}

const builtinNames = new Map<object, string>();
/** Reading any of these loads the client for HTTP, which takes longer than all the rest of a start. */
const unread = new Set(['FormData', 'Headers', 'Request', 'Response', 'MessageEvent', 'WebSocket', 'CloseEvent', 'EventSource']);
export const nativeClasses = new Set(unread);

function readBuiltin(name: string): void {
  const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  if (!isObject(value)) return;
  builtinNames.set(value, name);
  if (/^[A-Z]/.test(name)) nativeClasses.add(name);
  if (typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null)
    builtinNames.set(value.prototype as object, `${name}.prototype`);
}

for (const name of Object.getOwnPropertyNames(globalThis))
  if (name !== 'globalThis' && name !== 'global' && !unread.has(name)) readBuiltin(name);

/** The name of an object of the language or the host. What is yet unread is read for what goes by its name. */
function builtinName(value: object): string | undefined {
  if (types.isProxy(value)) return undefined;
  const own = (of: object, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.value;
  const constructor = typeof value === 'function' ? value : own(value, 'constructor');
  const name = typeof constructor === 'function' ? own(constructor, 'name') : undefined;
  if (typeof name === 'string' && unread.delete(name)) readBuiltin(name);
  return builtinNames.get(value);
}

/** The writer is recursive: deeper data is not carried, and compared down to here. */
const DEPTH_MAX = 800;
const DEPTH_COMPARED_MAX = 400;
/** From here on a number is a name like any other. */
const INDEX_END = 2 ** 32 - 1;

/** Writes values into one node table, keeping identity, cycles and everything JSON would lose. */
export class Encoder {
  readonly nodes: Node[] = [];
  /** Reasons why something could not be carried. */
  readonly problems = new Set<string>();
  readonly #seen = new Map<object, number>();
  #depth = 0;
  /** Instances of classes around the value that is being written. */
  #inside = 0;
  /** An instance was met, of which a part may be left out. */
  hasInstances = false;
  readonly #options: EncodeOptions;

  constructor(options: EncodeOptions) {
    this.#options = options;
  }

  value(value: unknown): Value {
    switch (typeof value) {
      case 'string':
        return value.length > this.#options.limit_text ? this.#lost('too large') : value;
      case 'number':
        if (Number.isNaN(value)) return { p: 'NaN' };
        if (Object.is(value, -0)) return { p: '-0' };
        if (value === Infinity) return { p: 'Infinity' };
        return value === -Infinity ? { p: '-Infinity' } : value;
      case 'boolean':
        return value;
      case 'undefined':
        return { p: 'undefined' };
      case 'bigint':
        return { big: value.toString() };
      case 'symbol':
        return encodeSymbol(value);
      default:
        return value === null ? null : this.#object(value as object);
    }
  }

  #lost(reason: string): Value {
    this.problems.add(reason);
    this.nodes.push({ k: 'lost', reason });
    return { r: this.nodes.length - 1 };
  }

  #object(value: object): Value {
    const isLone = this.#inside > 0 && this.#options.skipKey !== undefined && isConstant(value);
    const seen = isLone ? undefined : this.#seen.get(value);
    if (seen !== undefined) return { r: seen };
    const special = this.#options.special?.(value);
    if (special !== undefined && !(typeof special === 'object' && special !== null && 'k' in special)) return special;
    if (this.nodes.length >= this.#options.limit_nodes) return this.#lost('too large');
    if (this.#depth >= (this.#options.canonical ? DEPTH_COMPARED_MAX : DEPTH_MAX)) return this.#lost('too deep');
    const index = this.nodes.length;
    this.#seen.set(value, index);
    this.nodes.push({ k: 'lost', reason: 'unfinished' });
    this.#depth++;
    this.nodes[index] = special ?? this.#node(value);
    this.#depth--;
    return { r: index };
  }

  #node(value: object): Node {
    if (typeof value === 'function') return this.#function(value);
    if (types.isProxy(value)) return this.#drop('proxy');
    if (Array.isArray(value)) return this.#array(value);
    if (types.isMap(value))
      return {
        k: 'map',
        entries: [...Map.prototype.entries.call(value)].map(([a, b]) => [this.value(a), this.value(b)]),
        ...this.#shape(value, 'Map'),
      };
    if (types.isSet(value))
      return { k: 'set', items: [...Set.prototype.values.call(value)].map((item) => this.value(item)), ...this.#shape(value, 'Set') };
    if (types.isDate(value)) return { k: 'date', time: this.value(Date.prototype.getTime.call(value)), ...this.#shape(value, 'Date') };
    if (types.isRegExp(value))
      return {
        k: 'regexp',
        source: value.source,
        flags: value.flags,
        last_index: this.value(value.lastIndex),
        ...this.#shape(value, 'RegExp', ['lastIndex']),
      };
    if (types.isAnyArrayBuffer(value)) return this.#buffer(value);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value as Error);
    if (types.isBoxedPrimitive(value))
      return { k: 'boxed', value: this.value(value.valueOf()), ...this.#shape(value, value.constructor.name, undefined, true) };
    if (types.isPromise(value)) return this.#promise(value);
    if (types.isArgumentsObject(value))
      return { k: 'arguments', items: Array.from(value as unknown as ArrayLike<unknown>, (item) => this.value(item)) };
    const builtin = builtinName(value);
    if (builtin !== undefined) return { k: 'function', builtin };
    if (types.isWeakMap(value) || types.isWeakSet(value) || tagOf(value) === 'WeakRef') return this.#drop('weak collection');
    if (types.isExternal(value) || types.isModuleNamespaceObject(value)) return this.#drop('object of the host');
    const aborted = abortedState(value);
    if (aborted !== null) return signalNode(value, aborted, (reason) => this.value(reason));
    const iterator = this.#iterator(value);
    if (iterator) return iterator;
    return { k: 'object', ...this.#shape(value, 'Object') };
  }

  #promise(value: Promise<unknown>): Node {
    if (this.#options.canonical) return { k: 'promise' };
    return this.#options.onPromise?.(value, this.#seen.get(value) as number) === true ? { k: 'promise' } : this.#drop('promise as a value');
  }

  #iterator(value: object): Node | null {
    const isGenerator = types.isGeneratorObject(value);
    const isOwn = !isGenerator && this.#options.classId(Object.getPrototypeOf(value) as object) !== undefined;
    const form = isOwn ? null : iteratorForm(value);
    if (!form || this.#options.canonical) return isGenerator || form?.form === 'iterator' ? this.#drop('iterator') : null;
    const node: IteratorNode = { k: 'iterator', ...form, items: [] };
    return this.#options.onIterator?.(value, node, this.#seen.get(value) as number) === true ? node : this.#drop('iterator');
  }

  /** Objects written so far, with their numbers. */
  get objects(): ReadonlyMap<object, number> {
    return this.#seen;
  }

  #drop(reason: string): Node {
    this.problems.add(reason);
    return { k: 'lost', reason };
  }

  #array(value: unknown[]): Node {
    if (value.length > this.#options.limit_text) return this.#drop('too large');
    const items: Value[] = [];
    for (let i = 0; i < value.length; i++) items.push(this.#own(value, i));
    return { k: 'array', items, ...this.#shape(value, 'Array', ['length'], true) };
  }

  /** An element that is an accessor is not read: reading has effects. */
  #own(value: unknown[], index: number): Value {
    const descriptor = Object.getOwnPropertyDescriptor(value, index);
    if (!descriptor) return { p: 'hole' };
    return 'value' in descriptor ? this.value(descriptor.value) : this.#lost('accessor');
  }

  #function(value: object): Node {
    const builtin = builtinName(value);
    if (builtin !== undefined) return { k: 'function', builtin };
    const id = this.#options.classId(value);
    if (id !== undefined && !this.#options.canonical) return { k: 'function', id };
    const fn = value as (...args: unknown[]) => unknown;
    if (this.#options.canonical)
      return { k: 'function', length: fn.length, ...this.#props(value, ['length', 'name', 'prototype', 'arguments', 'caller']) };
    const source = Function.prototype.toString.call(fn);
    return source.includes('[native code]') ? this.#drop('native function') : { k: 'function', source, length: fn.length };
  }

  #buffer(value: ArrayBuffer | SharedArrayBuffer): Node {
    if (value.byteLength > this.#options.limit_text) return this.#drop('too large');
    return {
      k: 'buffer',
      base64: Buffer.from(value).toString('base64'),
      ...(types.isSharedArrayBuffer(value) ? { shared: true as const } : {}),
    };
  }

  #view(value: ArrayBufferView): Node {
    const type = Buffer.isBuffer(value) ? 'Buffer' : tagOf(value);
    const length = 'length' in value ? (value.length as number) : value.byteLength;
    if (type === 'Buffer' || value.buffer.byteLength > 4 * value.byteLength + 64) {
      // The pool behind a Buffer, or a large buffer seen through a small window, is not part of the value.
      const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
      this.nodes.push({ k: 'buffer', base64 });
      return { k: 'view', type, buffer: { r: this.nodes.length - 1 }, offset: 0, length };
    }
    return { k: 'view', type, buffer: this.value(value.buffer), offset: value.byteOffset, length };
  }

  #error(value: Error): Node {
    // The host's own exceptions have theirs on the prototype.
    const message = Object.getOwnPropertyDescriptor(value instanceof DOMException ? { message: value.message } : value, 'message');
    const cause = Object.getOwnPropertyDescriptor(value, 'cause');
    return {
      k: 'error',
      name: typeof value.name === 'string' ? value.name : 'Error',
      message: this.value(message ? message.value : undefined),
      ...(cause && 'value' in cause ? { cause: this.value(cause.value) } : {}),
      ...this.#shape(value, 'Error', ['message', 'stack', 'cause']),
    };
  }

  #shape(value: object, expected: string, skip: string[] = [], isIndexed = false): Shape {
    const cls = this.#class(value, expected);
    const shape: Shape = cls === undefined ? {} : { cls };
    const isInstance = cls !== undefined && cls !== null;
    if (isInstance) this.#inside++;
    this.hasInstances ||= isInstance;
    Object.assign(shape, this.#props(value, skip, isIndexed, cls));
    if (isInstance) this.#inside--;
    // Whether what an instance keeps is frozen is its own matter, as its private names are.
    if (this.#inside > 0 && this.#options.skipKey) return shape;
    if (Object.isFrozen(value)) shape.state = 'frozen';
    else if (Object.isSealed(value)) shape.state = 'sealed';
    else if (!Object.isExtensible(value)) shape.state = 'fixed';
    return shape;
  }

  #class(value: object, expected: string): ClassRef | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null) return null;
    const known = this.#options.classId(prototype as object);
    if (known !== undefined) return { id: known };
    const holder = Object.getOwnPropertyDescriptor(prototype as object, 'constructor')?.value as unknown;
    if (typeof holder !== 'function') {
      if (!this.#options.canonical) this.problems.add('prototype without a constructor');
      return { name: '?' };
    }
    const id = this.#options.classId(holder);
    if (id !== undefined) return { id };
    if (holder.name === expected) return undefined;
    // By name, not identity: test runners give each file a realm of its own.
    if (!nativeClasses.has(holder.name) && !this.#options.canonical) this.problems.add('instance of a class outside the package');
    return { name: holder.name };
  }

  #props(value: object, skip: string[], isIndexed = false, cls?: ClassRef): Shape {
    const props: Prop[] = [];
    const all = Reflect.ownKeys(value);
    let keys = all.slice(isIndexed ? indexCount(all) : 0).filter((key) => !(typeof key === 'string' && skip.includes(key)));
    const isInstance = cls !== undefined && cls !== null;
    if (this.#options.canonical && isInstance) keys = keys.sort((a, b) => (String(a) < String(b) ? -1 : 1));
    for (const key of keys) {
      if (this.#options.skipKey?.(value, key, isInstance)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor && this.#options.skipLabel?.(value, key, descriptor.value) === true) continue;
      if (descriptor) props.push(this.#prop(key, descriptor, Object.isFrozen(value), Object.isSealed(value)));
    }
    return props.length === 0 ? {} : { props };
  }

  #prop(key: string | symbol, descriptor: PropertyDescriptor, frozen: boolean, sealed: boolean): Prop {
    let flags = descriptor.enumerable ? '' : 'e';
    if (!('value' in descriptor)) {
      if (!this.#options.canonical) this.problems.add('accessor property');
      return [encodeKey(key), { p: 'undefined' }, `${flags}a`];
    }
    if (!descriptor.writable && !frozen) flags += 'w';
    if (!descriptor.configurable && !sealed && !frozen) flags += 'c';
    const value = this.value(descriptor.value);
    return flags === '' ? [encodeKey(key), value] : [encodeKey(key), value, flags];
  }
}

/** How many keys are indices: these come first. */
function indexCount(keys: readonly (string | symbol)[]): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = keys[middle];
    if (typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < INDEX_END) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Frozen, and of plain values only: one of it is as good as many. */
const isConstant = (value: object): boolean =>
  typeof value !== 'function' &&
  !types.isProxy(value) &&
  Object.isFrozen(value) &&
  Object.values(Object.getOwnPropertyDescriptors(value)).every((own) => 'value' in own && Object(own.value) !== own.value);
