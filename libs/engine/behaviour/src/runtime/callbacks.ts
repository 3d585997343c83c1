import { inspect } from 'node:util';
import type { Decoder } from './decode.ts';
import type { Encoder } from './encode.ts';
import type { Node, Value } from './graph.ts';

/** One call of a callback, as it looked when it was made. */
interface CallNote {
  callback: number;
  phase: 'call' | 'end';
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
    const note = (phase: CallNote['phase'], values: unknown[]): void => this.#note(index, phase, values);
    const tell = this.#explain ? (args: unknown[]) => this.inspected.push(inspect(args, INSPECT_OPTIONS)) : null;
    const again = (): void => {
      const { reenter } = this;
      this.reenter = null;
      try {
        note('end', [reenter?.()]);
      } catch (error) {
        note('end', [error]);
      }
    };
    const callback = function (this: unknown, ...args: unknown[]): unknown {
      note('call', [this, ...args]);
      tell?.(args);
      if (node.reenter && turn === 0) {
        turn++;
        again();
      }
      if (body) {
        const result: unknown = Reflect.apply(body, this, args);
        note('end', [result]);
        return result;
      }
      const answers = node.answers ?? [];
      const answer = answers[Math.min(turn++, answers.length - 1)];
      if (answer === undefined) return undefined;
      if ('throw' in answer) throw decoder.value(answer.throw);
      return decoder.value(answer.ret);
    };
    Object.defineProperty(callback, 'name', { value: '', configurable: true });
    Object.defineProperty(callback, 'length', { value: node.length ?? 0, configurable: true });
    this.#made.set(callback, index);
    return callback;
  }

  #note(callback: number, phase: 'call' | 'end', values: unknown[]): void {
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
      if (typeof made === 'object' && made !== null) return Object.values(made)[0] as (...args: unknown[]) => unknown;
    } catch {
      continue;
    }
  return () => undefined;
}
