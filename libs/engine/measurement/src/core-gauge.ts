import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const PROGRAM = resolve(import.meta.dirname, '..', 'harness', 'gauge.mjs');

/** Tells how fast a core is just now. */
export interface SpeedGauge {
  /** CPU time in nanoseconds of a fixed operation of our own; null when it cannot be told any more. */
  read(): Promise<number | null>;
}

/**
 * A process on one core that waits until it is asked and then runs the fixed operation for some ten milliseconds. CPU time shows what
 * makes the core itself slower (a neighbour on its caches, its memory or its second thread), not that somebody else had a turn.
 * Ends with the process that made it; dispose it when done.
 */
export class CoreGauge implements SpeedGauge, AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Null when nothing can be pinned here, for want of `taskset`. */
  static async start(cpu: number): Promise<CoreGauge | null> {
    const argv = ['-c', String(cpu), process.execPath, '--predictable', PROGRAM];
    const child = spawn('taskset', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => undefined);
    try {
      await once(child, 'spawn');
    } catch {
      return null;
    }
    return new CoreGauge(child);
  }

  async read(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null;
    this.#child.stdin.write('\n');
    const { value, done } = await this.#lines.next();
    return done === true ? null : Number(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
