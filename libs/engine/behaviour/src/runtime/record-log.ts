import { appendFileSync, mkdirSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { Answer, Node, StepOp, Value } from './graph.ts';

/** One line of a record file. */
export type RecordLine =
  | { t: 'step'; n: number; at: number; op: StepOp; id: number; name?: string; callee?: Value; self: Value; args: Value[]; nodes: Node[] }
  | { t: 'end'; n: number; kind: 'return' | 'throw'; touched: number[]; logs: { node: number; answers: Answer[]; nodes: Node[] }[] }
  | { t: 'late'; n: number; log: { node: number; answers: Answer[]; nodes: Node[] } }
  | { t: 'touch'; n: number; id: number }
  | {
      t: 'call';
      id: number;
      op: StepOp;
      name?: string;
      self: Value;
      args: Value[];
      nodes: Node[];
      thrown: boolean;
      size: number;
      /** Of a caller of changed functions: those that ran in it. */
      touched?: number[];
    }
  | { t: 'counts'; counts: [number, FunctionCounts][] };

export interface FunctionCounts {
  calls: number;
  thrown: number;
  /** Calls by power of two of the largest argument: bucket 0 is empty, k is [2^(k-1), 2^k). */
  sizes: Record<string, number>;
  shapes: Record<string, number>;
  not_carried: Record<string, number>;
}

/** Appends at once: what was seen survives process.exit and a kill. */
export class RecordLog {
  readonly #path: string;
  #bytes = 0;
  readonly #limit: number;

  constructor(directory: string, limit_bytes: number) {
    mkdirSync(directory, { recursive: true });
    this.#path = `${directory}/${process.pid}-${threadId}-${process.hrtime.bigint().toString(36)}.jsonl`;
    this.#limit = limit_bytes;
  }

  get isFull(): boolean {
    return this.#bytes > this.#limit;
  }

  write(line: RecordLine): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#bytes += text.length;
    try {
      appendFileSync(this.#path, text);
    } catch {
      this.#bytes = Infinity; // A full or read-only disk must not break the tests; what is missing is counted as not seen.
    }
  }
}
