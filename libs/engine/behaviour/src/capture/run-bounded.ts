import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunCallback, RunContext } from './capture-calls.ts';

/** How often a run that is over its time is looked at, at first; each look comes later than the one before. */
const LOOK_MS = 500;
const LATER = 1.5;

/** What a changed function left in a record: its own call, or a step in which it ran. */
const SEEN = /^\{"t":"call"|"touched":\[\d/m;

const hasSeen = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => SEEN.test(readFileSync(join(folder, name), 'utf8')));

export interface BoundedRuns {
  runs: readonly RunCallback[];
  scratch: string;
  records: string;
  context: RunContext;
  /** Time for all runs together; after it a run goes on only until a changed function has been seen. */
  budget_ms: number;
  signal: AbortSignal | undefined;
}

/** Runs one after the other on the instrumented copy; returns how many did not come to their end. Records are written call by call: what ran, ran. */
export async function runBounded({ runs, scratch, records, context, budget_ms, signal }: BoundedRuns): Promise<number> {
  const until = performance.now() + budget_ms;
  let cut = 0;
  for (const run of runs) {
    signal?.throwIfAborted();
    if (performance.now() > until && hasSeen(records)) {
      cut++;
      continue;
    }
    const end = new AbortController();
    let timer: NodeJS.Timeout;
    const look = (wait_ms: number): void => {
      timer = setTimeout(() => (hasSeen(records) ? end.abort() : look(wait_ms * LATER)), wait_ms);
    };
    look(Math.max(LOOK_MS, until - performance.now()));
    try {
      await run(scratch, { ...context, signal: signal ? AbortSignal.any([signal, end.signal]) : end.signal });
    } catch (error) {
      if (!end.signal.aborted || signal?.aborted === true) throw error;
    } finally {
      clearTimeout(timer!);
    }
    if (end.signal.aborted) cut++;
  }
  return cut;
}
