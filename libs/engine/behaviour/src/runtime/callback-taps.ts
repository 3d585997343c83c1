import { types } from 'node:util';
import type { EncodeOptions, Encoder } from './encode.ts';
import type { Answer, IteratorNode, Node, Value } from './graph.ts';
import { IteratorTaps, shift, shiftNode } from './iterator-taps.ts';
import { isPlainHolder } from './receivers.ts';

export interface AnswerLog {
  node: number;
  answers: Answer[];
  nodes: Node[];
}

/** The part of a recorded step that its callbacks write to. */
export interface TappedStep {
  ended: boolean;
  logs: AnswerLog[];
  /** Callbacks put into data that was handed in, to be taken out again. */
  planted: { holder: object; key: string | symbol; fn: unknown; proxy: object }[];
}

export type Assign = (index: number, value: unknown) => unknown;

/** What the recorder lends: an encoder, and a way to look at values without recording that. */
export interface TapHost {
  isBusy(): boolean;
  quietly<T>(action: () => T): T;
  encoder(onIterator?: EncodeOptions['onIterator']): Encoder;
  isClass(fn: object): boolean;
  /** Writes down a log once more whose step has ended. */
  saveLate(step: TappedStep, log: AnswerLog): void;
}

const ANSWERS_MAX = 2000;

/** Listens to the functions and promises that are handed in: what they answer is played back later. */
export class CallbackTaps {
  readonly #host: TapHost;
  readonly #proxies = new WeakMap<object, object>();
  /** Where the answers of each callback are noted at present. */
  readonly #listeners = new WeakMap<object, { step: TappedStep; log: AnswerLog }>();
  readonly #originals = new WeakMap<object, object>();
  readonly #iterators: IteratorTaps;

  constructor(host: TapHost) {
    this.#host = host;
    this.#iterators = new IteratorTaps(host);
  }

  /** The function a proxy stands for. */
  originalOf(value: object): object | undefined {
    return this.#originals.get(value);
  }

  /**
   * Puts a logging proxy in the place of each function that was handed in, as an argument or inside plain data, so that its answers can be
   * played back.
   */
  listen(step: TappedStep, args: ArrayLike<unknown>, encoder: Encoder, assign: Assign | undefined): void {
    const { objects } = encoder;
    for (const [fn, node] of objects) {
      if (typeof fn !== 'function' || !this.#isCallback(fn, encoder.nodes[node])) continue;
      const log: AnswerLog = { node, answers: [], nodes: [] };
      step.logs.push(log);
      this.#listeners.set(fn, { step, log });
      const proxy = this.#proxyOf(fn as (...args: unknown[]) => unknown);
      if (assign) for (let i = 0; i < args.length; i++) if (args[i] === fn) assign(i, proxy);
      for (const holder of objects.keys()) if (isPlainHolder(holder)) this.#plant(step, holder, fn, proxy);
    }
  }

  #isCallback(fn: object, node: Node | undefined): boolean {
    if (node?.k !== 'function' || node.source === undefined || this.#host.isClass(fn) || this.#originals.has(fn)) return false;
    return !/^class\b/.test(node.source);
  }

  #plant(step: TappedStep, holder: object, fn: object, proxy: object): void {
    for (const key of Reflect.ownKeys(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key);
      if (descriptor?.value !== fn || !descriptor.writable || !descriptor.enumerable) continue;
      Reflect.set(holder, key, proxy);
      step.planted.push({ holder, key, fn, proxy });
    }
  }

  uproot(step: TappedStep): void {
    for (const { holder, key, fn, proxy } of step.planted.splice(0)) if (Reflect.get(holder, key) === proxy) Reflect.set(holder, key, fn);
  }

  #noteAnswer(fn: object, kind: 'ret' | 'throw', value: unknown): void {
    const { step, log } = this.#listeners.get(fn) ?? {};
    if (!step || !log || step.ended || log.answers.length >= ANSWERS_MAX || this.#host.isBusy()) return;
    const write = (given: unknown): Value => {
      return this.#host.quietly(() => {
        const opened: [iterator: object, index: number][] = [];
        const encoder = this.#host.encoder((iterator, _node, index) => opened.push([iterator, index]) > 0);
        const base = log.nodes.length;
        const answer = shift(encoder.value(given), base);
        log.nodes.push(...encoder.nodes.map((node) => shiftNode(node, base)));
        for (const [iterator, index] of opened) this.#watch(step, log, iterator, log.nodes[base + index] as IteratorNode);
        return answer;
      });
    };
    if (kind === 'throw') log.answers.push({ throw: write(value) });
    else if (!types.isPromise(value)) log.answers.push({ ret: write(value) });
    else {
      const node: Node & { k: 'promise' } = { k: 'promise' };
      log.nodes.push(node);
      log.answers.push({ ret: { r: log.nodes.length - 1 } });
      value.then(
        (given) => void (node.settled = { ret: write(given) }),
        (error: unknown) => void (node.settled = { throw: write(error) }),
      );
    }
  }

  /** A promise that was handed in is carried by what it settles to. */
  awaitArgument(step: TappedStep, value: Promise<unknown>, node: number): boolean {
    const log: AnswerLog = { node, answers: [], nodes: [] };
    step.logs.push(log);
    this.#listeners.set(value, { step, log });
    value.then(
      (given) => this.#noteAnswer(value, 'ret', given),
      (error: unknown) => this.#noteAnswer(value, 'throw', error),
    );
    return true;
  }

  /** An iterator that was handed in is carried by what it gives: its node stands first in its log. */
  listenToIterator(step: TappedStep, iterator: object, form: IteratorNode, node: number): boolean {
    const own: IteratorNode = { ...form, items: [] };
    const log: AnswerLog = { node, answers: [], nodes: [own] };
    if (!this.#watch(step, log, iterator, own)) return false;
    step.logs.push(log);
    return true;
  }

  /** One handed in to a call from inside the package, which is written down when it has ended. */
  listenInside(iterator: object, node: IteratorNode, table: Node[]): boolean {
    return this.#iterators.watch(iterator, { node, table });
  }

  #watch(step: TappedStep, log: AnswerLog, iterator: object, node: IteratorNode): boolean {
    return this.#iterators.watch(iterator, { node, table: log.nodes, save: () => step.ended && this.#host.saveLate(step, log) });
  }

  /** Writes down what iterators have given whose calls have ended. */
  saveIterators(): void {
    this.#iterators.save();
  }

  #proxyOf(fn: (...args: unknown[]) => unknown): object {
    const known = this.#proxies.get(fn);
    if (known) return known;
    const proxy = new Proxy(fn, {
      apply: (target, self, args) => {
        try {
          const result: unknown = Reflect.apply(target, self, args);
          this.#noteAnswer(fn, 'ret', result);
          return result;
        } catch (error) {
          this.#noteAnswer(fn, 'throw', error);
          throw error;
        }
      },
    });
    this.#proxies.set(fn, proxy);
    this.#originals.set(proxy, fn);
    return proxy;
  }
}
