import type { Answer, ClassRef, IteratorNode, Node, PathPart, Prop, Value } from './graph.ts';
import { makeSignal } from './signals.ts';
import { decodeKey, decodeSymbol } from './symbols.ts';

export interface DecodeOptions {
  /** The constructor of a class of the package. */
  classOf(id: number): (new (...args: never[]) => object) | undefined;
  functionOf(id: number): unknown;
  exportOf(file: string, path: PathPart[]): unknown;
  /** A value an earlier step produced. */
  output(step: number, path: PathPart[]): unknown;
  /** A callback that logs its calls; `body` computes the answer. */
  callback(node: Node & { k: 'function' }, index: number, decoder: Decoder): unknown;
  /** An iterator that logs the calls of its methods. */
  iterator(node: IteratorNode, index: number, decoder: Decoder): object;
  opaque(token: number, standsFor: unknown): unknown;
  /** Asks to be told each read of a property of plain data, by node and key; the data is then read-only. */
  onRead?(place: string): void;
}

/** A subclass as users write one; arrays of the search are made instances of it. */
class CodeoptimaArray extends Array<unknown> {}
Object.assign(globalThis, { CodeoptimaArray });

const special = { undefined, NaN, '-0': -0, Infinity, '-Infinity': -Infinity, hole: undefined } as const;

/** Builds values from one node table; the same node is always the same object. */
export class Decoder {
  readonly #nodes: Node[];
  readonly options: DecodeOptions;
  readonly #made = new Map<number, unknown>();
  readonly #symbols = new Map<string, symbol>();

  constructor(nodes: Node[], options: DecodeOptions) {
    this.#nodes = nodes;
    this.options = options;
  }

  value(value: Value): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if ('p' in value) return special[value.p];
    if ('big' in value) return BigInt(value.big);
    if ('sym' in value) return decodeSymbol(value, this.#symbols);
    if ('out' in value) return this.options.output(value.out, value.path);
    if (this.#made.has(value.r)) return this.#made.get(value.r);
    const node = this.#nodes[value.r];
    if (!node) throw new Error(`no node ${value.r} in the session`);
    return this.#build(value.r, node);
  }

  #build(index: number, node: Node): unknown {
    const made = this.#bare(index, node);
    if ((typeof made !== 'object' && typeof made !== 'function') || made === null) return made;
    if (!this.#made.has(index)) this.#made.set(index, made);
    this.#fill(made, node);
    if (node.inherits) {
      const prototype = Object.create(Object.getPrototypeOf(made) as object | null) as object;
      for (const prop of node.inherits) this.#define(prototype, prop);
      Object.setPrototypeOf(made, prototype);
    }
    for (const prop of node.props ?? []) this.#define(made, prop);
    if (node.state === 'frozen') Object.freeze(made);
    else if (node.state === 'sealed') Object.seal(made);
    else if (node.state === 'fixed') Object.preventExtensions(made);
    return made;
  }

  #bare(index: number, node: Node): unknown {
    switch (node.k) {
      case 'object':
        return this.#withClass({}, node.cls);
      case 'array':
        return this.#withClass([], node.cls);
      case 'map':
        return this.#withClass(new Map(), node.cls);
      case 'set':
        return this.#withClass(new Set(), node.cls);
      case 'date':
        return this.#withClass(new Date(this.value(node.time) as number), node.cls);
      case 'regexp': {
        const made = new RegExp(node.source, node.flags);
        made.lastIndex = this.value(node.last_index) as number;
        return this.#withClass(made, node.cls);
      }
      case 'buffer':
        return bytes(node.base64);
      case 'view':
        return this.#view(node);
      case 'error':
        return this.#error(node);
      case 'boxed':
        return this.#withClass(Object(this.value(node.value)) as object, node.cls);
      case 'promise':
        return this.#promise(node.settled);
      case 'iterator':
        return this.options.iterator(node, index, this);
      case 'signal':
        return makeSignal(node, node.reason === undefined ? undefined : this.value(node.reason));
      case 'arguments':
        return function (): unknown {
          // oxlint-disable-next-line prefer-rest-params -- the point is a real arguments object
          return arguments;
        }.apply(undefined, node.items.map((item) => this.value(item)) as []);
      case 'function':
        return this.#function(index, node);
      case 'exported':
        return this.options.exportOf(node.file, node.path);
      case 'chain':
        return this.#chain(node);
      case 'opaque':
        return this.options.opaque(node.token, node.stands_for === undefined ? undefined : this.value(node.stands_for));
      default:
        throw new Error(`a value was not carried: ${node.reason}`);
    }
  }

  /** From the inside out: a chain may be longer than the stack is deep. */
  #chain({ of, path, times }: Node & { k: 'chain' }): unknown {
    const last = path.at(-1) as PathPart;
    let inner: unknown;
    for (let i = 0; i < times; i++) {
      const made = new Decoder(this.#nodes, this.options).value(of);
      let holder = made as Record<PathPart, unknown>;
      for (const part of path.slice(0, -1)) holder = holder[part] as Record<PathPart, unknown>;
      if (i > 0) holder[last] = inner;
      inner = made;
    }
    return inner;
  }

  #withClass(made: object, cls: ClassRef | undefined): object {
    if (cls === undefined) return made;
    if (cls === null) return Object.setPrototypeOf(made, null) as object;
    if ('id' in cls) {
      const constructor = this.options.classOf(cls.id);
      if (!constructor) throw new Error(`class ${cls.id} is not there`);
      return Object.setPrototypeOf(made, constructor.prototype as object) as object;
    }
    const native: unknown = Reflect.get(globalThis, cls.name);
    if (typeof native !== 'function') throw new Error(`class ${cls.name} is not there`);
    return Object.setPrototypeOf(made, native.prototype as object) as object;
  }

  #view(node: Node & { k: 'view' }): unknown {
    const buffer = this.value(node.buffer) as ArrayBuffer;
    if (node.type === 'Buffer') return Buffer.from(buffer, node.offset, node.length);
    const constructor = Reflect.get(globalThis, node.type) as new (buffer: ArrayBuffer, offset: number, length: number) => object;
    return new constructor(buffer, node.offset, node.length);
  }

  #error(node: Node & { k: 'error' }): object {
    const native: unknown = Reflect.get(globalThis, node.name);
    const base = typeof native === 'function' && native.prototype instanceof Error ? native : Error;
    const made = new (base as ErrorConstructor)();
    const message = this.value(node.message);
    if (message !== undefined)
      Object.defineProperty(made, 'message', { value: message, writable: true, configurable: true, enumerable: false });
    if (node.cause !== undefined)
      Object.defineProperty(made, 'cause', { value: this.value(node.cause), writable: true, configurable: true, enumerable: false });
    return node.cls && 'name' in node.cls && !Reflect.has(globalThis, node.cls.name) ? made : this.#withClass(made, node.cls);
  }

  #promise(settled: Answer | undefined): Promise<unknown> {
    if (!settled) return new Promise(() => undefined);
    const promise = 'ret' in settled ? Promise.resolve(this.value(settled.ret)) : Promise.reject(this.value(settled.throw) as Error);
    promise.catch(() => undefined);
    return promise;
  }

  #function(index: number, node: Node & { k: 'function' }): unknown {
    if (node.builtin !== undefined)
      return node.builtin.split('.').reduce((at: unknown, part) => Reflect.get(at as object, part) as unknown, globalThis);
    if (node.id !== undefined) return this.options.functionOf(node.id);
    return this.options.callback(node, index, this);
  }

  #fill(made: object, node: Node): void {
    if (node.k === 'array') {
      const array = made as unknown[];
      array.length = node.length ?? node.items.length;
      for (const [i, item] of node.items.entries())
        if (!(typeof item === 'object' && item !== null && 'p' in item && item.p === 'hole'))
          Object.defineProperty(array, i, { value: this.value(item), writable: true, enumerable: true, configurable: true });
      const once = array.length;
      for (let i = once; i < once * (node.times ?? 1); i++) array[i] = array[i - once];
    }
    if (node.k === 'map') for (const [key, value] of node.entries) Map.prototype.set.call(made, this.value(key), this.value(value));
    if (node.k === 'set') for (const item of node.items) Set.prototype.add.call(made, this.value(item));
  }

  #placeOf(made: object): number {
    for (const [index, other] of this.#made) if (other === made) return index;
    return -1;
  }

  #define(made: object, [key, value, flags = '']: Prop): void {
    const rest = { enumerable: !flags.includes('e'), configurable: !flags.includes('c') };
    const name = decodeKey(key, this.#symbols);
    const { options } = this;
    if (flags.includes('o')) {
      let turn = 0;
      Object.defineProperty(made, name, { get: () => (turn++ === 0 ? this.value(value) : undefined), ...rest });
    } else if (flags.includes('a')) Object.defineProperty(made, name, { get: () => this.value(value), ...rest });
    else if (options.onRead && flags === '' && isPlain(made)) {
      const place = `${this.#placeOf(made)}.${String(name)}`;
      const read = (): unknown => {
        options.onRead?.(place);
        return this.value(value);
      };
      Object.defineProperty(made, name, { get: read, ...rest });
    } else Object.defineProperty(made, name, { value: this.value(value), writable: !flags.includes('w'), ...rest });
  }
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

function bytes(base64: string): ArrayBuffer {
  const source = Buffer.from(base64, 'base64');
  const made = new ArrayBuffer(source.length);
  new Uint8Array(made).set(source);
  return made;
}
