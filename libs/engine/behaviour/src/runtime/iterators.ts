import { types } from 'node:util';
import type { IteratorForm, Value } from './graph.ts';
import { tagOf } from './tags.ts';

type Method = 'next' | 'return' | 'throw';
const METHODS: readonly Method[] = ['next', 'return', 'throw'];
const PROTOCOL = new Set<string | symbol>([...METHODS, Symbol.iterator, Symbol.asyncIterator, Symbol.toStringTag, Symbol.dispose]);

/** The language gives these prototypes no names of their own: they are found through values. */
const secondPrototype = (value: object): object => Object.getPrototypeOf(Object.getPrototypeOf(value)) as object;
const generatorPrototype = secondPrototype((function* () {})());
const asyncGeneratorPrototype = secondPrototype((async function* () {})());
const iteratorPrototype = secondPrototype([][Symbol.iterator]());
const asyncIteratorPrototype = Object.getPrototypeOf(asyncGeneratorPrototype) as object;

/** Whether an object has a method, of its own or inherited; accessors are not read. */
function has(value: object, name: string | symbol): boolean {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const own = Object.getOwnPropertyDescriptor(at, name);
    if (own) return typeof own.value === 'function';
  }
  return false;
}

/**
 * How an object follows the protocol of iterators, if it is one that can be carried by what it gives: a generator, an iterator of the
 * language, or an object that has the methods of the protocol and nothing else. Reads its methods and calls none.
 */
export function iteratorForm(value: object): IteratorForm | null {
  if (types.isProxy(value)) return null;
  const isGenerator = types.isGeneratorObject(value);
  const tag = isGenerator ? '' : tagOf(value);
  const isBuiltin = / Iterator$|^Iterator Helper$/.test(tag);
  if (!isGenerator && !isBuiltin && !isHandMade(value)) return null;
  if (!has(value, 'next')) return null;
  const isAsync = has(value, Symbol.asyncIterator);
  return {
    form: isGenerator ? 'generator' : isBuiltin ? 'iterator' : 'object',
    has: (['return', 'throw'] as const).filter((name) => has(value, name)),
    ...(isAsync ? { async: true as const } : {}),
    ...(isBuiltin ? { tag } : {}),
  };
}

function isHandMade(value: object): boolean {
  if (typeof value === 'function' || Array.isArray(value) || types.isPromise(value)) return false;
  if (!Reflect.ownKeys(value).every((key) => PROTOCOL.has(key))) return false;
  return has(value, 'next') && (has(value, Symbol.iterator) || has(value, Symbol.asyncIterator));
}

type Hook = (method: Method, call: () => unknown, args: unknown[]) => unknown;

/**
 * Puts `hook` around each method of the protocol, on the very object, so that whoever holds it is heard. Returns what takes them off again.
 */
export function plantMethods(iterator: object, hook: Hook): () => void {
  const before = METHODS.map((name) => [name, Object.getOwnPropertyDescriptor(iterator, name)] as const);
  for (const [name, own] of before) {
    const original: unknown = Reflect.get(iterator, name);
    if (typeof original !== 'function' || own?.configurable === false) continue;
    Object.defineProperty(iterator, name, {
      value: function (this: unknown, ...args: unknown[]): unknown {
        return hook(name, () => Reflect.apply(original, this, args) as unknown, args);
      },
      enumerable: own?.enumerable ?? false,
      configurable: true,
      writable: true,
    });
  }
  return () => {
    for (const [name, own] of before)
      if (own?.configurable === false) continue;
      else if (own) Object.defineProperty(iterator, name, own);
      else Reflect.deleteProperty(iterator, name);
  };
}

interface Revived extends IteratorForm {
  items: readonly Value[];
  /** The value of the item, the end, or what it throws, made anew for whoever asks. */
  item(index: number): unknown;
  /** Returns the value it ends with, or throws. */
  end(): unknown;
  /** Told each call that can be told from outside: not those of `next` after the end. */
  note(method: Method, args: unknown[]): void;
  /** When an answer of an asynchronous iterator comes. */
  later(answer: Promise<unknown>, turn: number): Promise<unknown>;
}

/** An iterator of the same form that gives what the recorded one gave. */
export function reviveIterator(from: Revived): object {
  let at = 0;
  let isOver = false;
  const answers: Record<Method, (value: unknown) => unknown> = {
    next: () => {
      if (isOver) return { value: undefined, done: true };
      if (at < from.items.length) return { value: from.item(at++), done: false };
      isOver = true;
      return { value: from.end(), done: true };
    },
    return: (value) => {
      isOver = true;
      return { value, done: true };
    },
    throw: (error) => {
      isOver = true;
      throw error;
    },
  };
  let turn = 0;
  // Requests of an asynchronous iterator wait for each other.
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = (answer: () => unknown): Promise<unknown> => {
    const made = from.later(tail.then(answer), turn++);
    tail = made.catch(() => undefined);
    return made;
  };
  const made = bare(from);
  for (const name of METHODS) {
    if (name !== 'next' && !from.has.includes(name)) continue;
    const value = (...args: unknown[]): unknown => {
      if (name !== 'next' || !isOver) from.note(name, args);
      return from.async ? inTurn(() => answers[name](args[0])) : answers[name](args[0]);
    };
    Object.defineProperty(made, name, { value, enumerable: from.form === 'object', configurable: true, writable: true });
  }
  return made;
}

function bare({ form, async: isAsync, tag }: Revived): object {
  if (form === 'generator') return Object.create(isAsync ? asyncGeneratorPrototype : generatorPrototype) as object;
  if (form === 'object') {
    const itself = function (this: unknown): unknown {
      return this;
    };
    return { [isAsync ? Symbol.asyncIterator : Symbol.iterator]: itself };
  }
  const made = Object.create(isAsync ? asyncIteratorPrototype : iteratorPrototype) as object;
  return tag === undefined ? made : Object.defineProperty(made, Symbol.toStringTag, { value: tag, configurable: true });
}

/** What `next` of a delegating generator is handed without anybody handing it anything. */
export function withoutNothing(args: readonly unknown[]): unknown[] {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return args.slice(0, last + 1);
}
