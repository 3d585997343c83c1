import type { PathPart } from './graph.ts';

const walkLimit = 300;

/** Remembers where objects that the package handed out (or was handed) came from, so that a later step can refer to them. */
export class KnownObjects {
  readonly #known = new WeakMap<object, { out: number; path: PathPart[] }>();

  find(value: object): { out: number; path: PathPart[] } | undefined {
    return this.#known.get(value);
  }

  /** Registers `value` and what is reachable from it by own data properties, breadth first, bounded. */
  register(step: number, root: PathPart[], value: unknown): void {
    const queue: [unknown, PathPart[]][] = [[value, root]];
    let visited = 0;
    for (const [item, path] of queue) {
      if ((typeof item !== 'object' && typeof item !== 'function') || item === null || this.#known.has(item)) continue;
      this.#known.set(item, { out: step, path });
      if (++visited > walkLimit || path.length > 6) continue;
      for (const key of Object.getOwnPropertyNames(item).slice(0, 40)) {
        const descriptor = Object.getOwnPropertyDescriptor(item, key);
        if (key === 'prototype' || key === 'constructor') continue;
        if (descriptor && 'value' in descriptor && isObject(descriptor.value)) queue.push([descriptor.value, [...path, key]]);
      }
    }
  }
}

export const isObject = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** A rough shape of arguments: enough to keep rare shapes and sizes in a sample. */
export function shapeOf(value: unknown, depth = 0): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `s${bucket(value.length)}`;
  if (typeof value === 'number') return Number.isInteger(value) ? (value < 0 ? 'i-' : value === 0 ? 'i0' : 'i') : 'f';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `[${bucket(value.length)}${depth < 2 && value.length > 0 ? shapeOf(value[0], depth + 1) : ''}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const name = prototype === null ? '0' : String((prototype as { constructor?: { name?: string } }).constructor?.name);
  if (name !== 'Object' || depth > 1) return name;
  return `{${Object.keys(value).slice(0, 8).join()}}`;
}

export const bucket = (size: number): number => (size === 0 ? 0 : Math.floor(Math.log2(size)) + 1);

/** The size a histogram counts: the longest string, array or collection among the arguments. */
export function sizeOf(args: ArrayLike<unknown>, self: unknown): number {
  let size = 0;
  const one = (value: unknown): void => {
    if (typeof value === 'string' || Array.isArray(value) || ArrayBuffer.isView(value))
      size = Math.max(size, (value as string).length ?? 0);
    else if (value instanceof Map || value instanceof Set) size = Math.max(size, value.size);
  };
  for (let i = 0; i < args.length; i++) one(args[i]);
  one(self);
  return size;
}
