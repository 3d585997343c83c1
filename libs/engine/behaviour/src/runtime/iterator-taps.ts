import { types } from 'node:util';
import type { Encoder } from './encode.ts';
import type { IteratorNode, Node, Value } from './graph.ts';
import { plantMethods } from './iterators.ts';

/** Where what an iterator gives is written: into its node, values into the table around it. */
export interface IteratorSink {
  node: IteratorNode;
  table: Node[];
  /** Writes down what is there once more, where it was written down already. */
  save?(): void;
}

interface Watch {
  sinks: IteratorSink[];
  unplant: () => void;
}

interface WatchHost {
  isBusy(): boolean;
  quietly<T>(action: () => T): T;
  encoder(): Encoder;
}

const ITEMS_MAX = 1000;
/** Iterators listened to at one time. */
const WATCHES_MAX = 2000;

/**
 * Listens to iterators that are handed in: what they give is written down as the code asks for it, and never asked for by the recorder. It
 * goes on after the call, since a generator asks later, and whoever asks next shows what would have come.
 */
export class IteratorTaps {
  readonly #host: WatchHost;
  readonly #watches = new Map<object, Watch>();

  constructor(host: WatchHost) {
    this.#host = host;
  }

  watch(iterator: object, sink: IteratorSink): boolean {
    const known = this.#watches.get(iterator);
    if (known) known.sinks.push(sink);
    else if (this.#watches.size >= WATCHES_MAX || !Object.isExtensible(iterator)) return false;
    else this.#watches.set(iterator, { sinks: [sink], unplant: this.#plant(iterator) });
    return true;
  }

  /** Writes down what is known of those that are still open. */
  save(): void {
    for (const { sinks } of this.#watches.values()) for (const sink of sinks) sink.save?.();
  }

  #plant(iterator: object): () => void {
    return plantMethods(iterator, (method, call) => {
      if (this.#host.isBusy()) return call();
      if (method !== 'next') {
        this.#close(iterator);
        return call();
      }
      try {
        const result = call();
        if (types.isPromise(result))
          result.then(
            (given: unknown) => this.#noteResult(iterator, given),
            (error: unknown) => this.#noteError(iterator, error),
          );
        else this.#noteResult(iterator, result);
        return result;
      } catch (error) {
        this.#noteError(iterator, error);
        throw error;
      }
    });
  }

  #noteResult(iterator: object, result: unknown): void {
    if (typeof result !== 'object' || result === null) return this.#close(iterator);
    const { done, value } = result as IteratorResult<unknown>;
    if (done) {
      this.#each(iterator, (sink) => void (sink.node.ends = { ret: this.#write(sink, value) }));
      return this.#close(iterator);
    }
    let isFull = false;
    this.#each(iterator, (sink) => {
      const count = sink.node.items.push(this.#write(sink, value));
      // The process may be killed at any time: each time there is twice as much, it is written down again.
      if ((count & (count - 1)) === 0) sink.save?.();
      isFull ||= count >= ITEMS_MAX;
    });
    if (isFull) this.#close(iterator);
  }

  #noteError(iterator: object, error: unknown): void {
    this.#each(iterator, (sink) => void (sink.node.ends = { throw: this.#write(sink, error) }));
    this.#close(iterator);
  }

  #each(iterator: object, action: (sink: IteratorSink) => void): void {
    this.#host.quietly(() => this.#watches.get(iterator)?.sinks.forEach(action));
  }

  #close(iterator: object): void {
    const watch = this.#watches.get(iterator);
    this.#watches.delete(iterator);
    watch?.unplant();
    for (const sink of watch?.sinks ?? []) sink.save?.();
  }

  #write({ table }: IteratorSink, value: unknown): Value {
    const encoder = this.#host.encoder();
    const base = table.length;
    const written = shift(encoder.value(value), base);
    table.push(...encoder.nodes.map((node) => shiftNode(node, base)));
    return written;
  }
}

/** A value, and a node, moved to where another table goes on. */
export const shift = (value: Value, base: number): Value =>
  typeof value === 'object' && value !== null && 'r' in value ? { r: value.r + base } : value;
export function shiftNode(node: Node, base: number): Node {
  return JSON.parse(JSON.stringify(node), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('r' in value) || Object.keys(value).length !== 1) return value;
    return { r: (value as { r: number }).r + base };
  }) as Node;
}
