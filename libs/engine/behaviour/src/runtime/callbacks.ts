import { inspect, types } from 'node:util';
import type { Decoder } from './decode.ts';
import type { Encoder } from './encode.ts';
import type { Answer, IteratorNode, Node, Value } from './graph.ts';
import { meddle } from './meddle.ts';
import { iteratorForm, plantMethods, reviveIterator, withoutNothing } from './iterators.ts';
import { abortSignal } from './signals.ts';

/** One call of a callback, as it looked when it was made. */
interface CallNote {
  callback: number;
  /** `next`, `return` and `throw`: calls of the methods of an iterator. */
  phase: 'call' | 'end' | 'settled' | 'yield' | 'next' | 'return' | 'throw';
  text: string;
}

const callLimit = 20_000;
const deepLimit = 200;

export const INSPECT_OPTIONS = { depth: 8, maxArrayLength: 1000, maxStringLength: 5000, breakLength: 120, compact: 3 };

/** Makes callbacks that log every call and answer as they did when they were recorded. */
export class CallbackRoom {
  readonly calls: CallNote[] = [];
  readonly #made = new Map<object, number>();
  readonly #encoder: () => Encoder;
  /** Does the running step once more; set by the executor. */
  reenter: (() => unknown) | null = null;
  /** Does another step of the session; set by the executor. */
  other: ((step: number) => unknown) | null = null;

  readonly #explain: boolean;
  readonly inspected: string[] = [];

  constructor(encoder: () => Encoder, explain: boolean) {
    this.#explain = explain;
    this.#encoder = encoder;
  }

  indexOf(value: object): number | undefined {
    return this.#made.get(value);
  }

  make(node: Node & { k: 'function' }, index: number, decoder: Decoder): unknown {
    const body = node.source === undefined || node.answers ? null : compile(node.source);
    let turn = 0;
    let called = 0;
    let hasMeddled = false;
    const later = (answer: PromiseLike<unknown>, at: number): Promise<unknown> => this.#later(answer, index, at);
    const note = (phase: 'call' | 'end', values: unknown[]): void => this.#note(index, phase, values);
    const listen = (made: object): void => this.#listen(made, index);
    const tell = this.#explain ? (args: unknown[]) => this.inspected.push(inspect(args, INSPECT_OPTIONS)) : null;
    const again = (what: true | { step: number }): void => {
      const { reenter } = this;
      if (what === true) this.reenter = null;
      try {
        const result = what === true ? reenter?.() : this.other?.(what.step);
        if (types.isPromise(result)) result.catch(() => undefined);
        note('end', [result]);
      } catch (error) {
        note('end', [error]);
      }
    };
    const callback = function (this: unknown, ...args: unknown[]): unknown {
      note('call', [this, ...args]);
      tell?.(args);
      if (node.reenter && turn === 0) {
        turn++;
        again(node.reenter);
      }
      if (node.aborts?.at === called++) abortSignal(decoder.value(node.aborts.signal));
      if (node.meddles && !hasMeddled) {
        hasMeddled = true;
        meddle(args, node.meddles);
      }
      if (body) {
        const result: unknown = Reflect.apply(body, this, args);
        if (typeof result === 'object' && result !== null) listen(result);
        note('end', [result]);
        return types.isPromise(result) ? later(result, turn++) : result;
      }
      const answers = node.answers ?? [];
      const at = turn++;
      const answer = answers[Math.min(at, answers.length - 1)];
      if (answer === undefined) return undefined;
      if ('throw' in answer) throw decoder.value(answer.throw);
      const value = decoder.value(answer.ret);
      return types.isPromise(value) ? later(value, at) : value;
    };
    Object.defineProperty(callback, 'name', { value: '', configurable: true });
    Object.defineProperty(callback, 'length', { value: node.length ?? 0, configurable: true });
    this.#made.set(callback, index);
    return callback;
  }

  /** Makes an iterator that logs every call and gives what it gave when it was recorded. */
  iterator(node: IteratorNode, index: number, decoder: Decoder): object {
    const valueOf = (answer: Answer | undefined): unknown => {
      if (answer && 'throw' in answer) throw decoder.value(answer.throw);
      return answer && decoder.value(answer.ret);
    };
    const made = reviveIterator({
      ...node,
      item: (at) => decoder.value(node.items[at] as Value),
      end: () => valueOf(node.ends),
      note: (method, args) => this.#noteMethod(index, method, args),
      later: (answer, turn) => this.#later(answer, index, turn),
    });
    this.#made.set(made, index);
    return made;
  }

  /** An iterator that a callback of its own text makes. */
  #listen(made: object, index: number): void {
    if (this.#made.has(made) || !Object.isExtensible(made) || !iteratorForm(made)) return;
    let isOver = false;
    const noteEnd = (result: unknown): void => void (isOver ||= (result as IteratorResult<unknown> | null)?.done === true);
    plantMethods(made, (method, call, args) => {
      if (method !== 'next' || !isOver) this.#noteMethod(index, method, args);
      const result = call();
      if (types.isPromise(result)) result.then(noteEnd, () => undefined);
      else noteEnd(result);
      return result;
    });
  }

  #noteMethod(index: number, method: 'next' | 'return' | 'throw', args: readonly unknown[]): void {
    const given = withoutNothing(args);
    this.#note(index, method, given);
    if (this.#explain) this.inspected.push(inspect([method, ...given], INSPECT_OPTIONS));
  }

  /** Between the calls of callbacks: something was handed out. */
  noteYield(): void {
    this.calls.push({ callback: -1, phase: 'yield', text: '' });
  }

  /**
   * Answers that are promises settle after a while on the virtual clock, another while for each call: what waits for one call before it
   * makes the next is told from what does not, and how many turns the code itself takes is not.
   */
  #later(answer: PromiseLike<unknown>, index: number, turn: number): Promise<unknown> {
    const wait_ms = 1 + ((index * 5 + turn * 3) % 7);
    const settled = (): void => void this.calls.push({ callback: index, phase: 'settled', text: String(turn) });
    const made = new Promise((resolve, reject) => {
      answer.then(
        (value) => setTimeout(() => (settled(), resolve(value)), wait_ms),
        (error: unknown) => setTimeout(() => (settled(), reject(error as Error)), wait_ms),
      );
    });
    made.catch(() => undefined);
    return made;
  }

  #note(callback: number, phase: CallNote['phase'], values: unknown[]): void {
    if (this.calls.length >= callLimit) return;
    // Deep copies of every argument of every call would dominate: the first calls are kept whole, later ones by their primitives.
    const encoder = this.#encoder();
    const shown =
      this.calls.length < deepLimit ? values : values.map((value) => (typeof value === 'object' && value !== null ? '[object]' : value));
    const encoded: Value[] = shown.map((value) => encoder.value(value === globalThis ? undefined : value));
    this.calls.push({ callback, phase, text: JSON.stringify([encoded, encoder.nodes]) });
  }
}

function compile(source: string): (...args: unknown[]) => unknown {
  const asExpression = `(${source})`;
  const asMethod = `({${source}})`;
  for (const text of [asExpression, asMethod])
    try {
      // oxlint-disable-next-line no-eval -- runs a test's own callback inside the sandbox
      const made: unknown = (0, eval)(text);
      if (typeof made === 'function') return made as (...args: unknown[]) => unknown;
      if (typeof made === 'object' && made !== null)
        return Reflect.get(made, Reflect.ownKeys(made)[0] ?? '') as (...args: unknown[]) => unknown;
    } catch {
      continue;
    }
  return () => undefined;
}
