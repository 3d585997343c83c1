import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { entryFor } from './entry.ts';
import { Harness } from './harness.ts';
import type { ComparisonInput } from './comparisons.ts';

/** The second witness: instructions per operation as callgrind counts them. Not the judge: a better data layout costs instructions. */
export type InstructionWitness =
  | { outcome: 'counted'; workload_id: string; base_per_op: number; candidate_per_op: number; gain_pct: number; duration_ms: number }
  | { outcome: 'skipped'; reason: string; duration_ms: number };

export interface InstructionInput extends ComparisonInput {
  /** Operations in a batch as calibrated on the base. */
  iterations: number;
  /** CPU time of an operation of the base. */
  operation_ns: number;
  limit_ms?: number;
}

const VALGRIND = '/usr/bin/valgrind';
const LIMIT_MS = 90_000;
/** callgrind runs this much slower than the processor, by experience with V8's code. */
const SLOWDOWN = 60;
const TARGET_RUN_MS = 6000;
/** Fixed seeds: hash and address dependent paths then take the same number of instructions. */
const SEEDS = ['--predictable', '--predictable-gc-schedule', '--hash-seed=1', '--random-seed=1'];
const OUT = 'callgrind.out';

/** The collected total, from the head and the last lines of callgrind's output file. */
export function parseTotal(text: string): number | null {
  const found = /^(?:totals|summary): (\d+)/m.exec(text);
  return found === null ? null : Number(found[1]);
}

async function totalIn(dir: string): Promise<number | null> {
  const name = (await readdir(dir)).find((n) => n.startsWith(OUT));
  if (name === undefined) return null;
  await using file = await open(join(dir, name), 'r');
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.min(size, 4096));
  await file.read(bytes, 0, bytes.length, size - bytes.length);
  return parseTotal(bytes.toString('latin1'));
}

/** How many operations to count: enough to stand out, few enough for the slow-down. */
export function operationsFor(operation_ns: number, iterations: number): { few: number; many: number } {
  const affordable = (TARGET_RUN_MS * 1e6) / SLOWDOWN / Math.max(operation_ns, 1);
  const counted = Math.max(1, Math.min(Math.floor(affordable / 3), 4 * iterations));
  return { few: 2 * counted, many: 3 * counted };
}

/**
 * Counts both arms with two numbers of operations each; the difference is the operations' own. Skipped, with the reason, when valgrind
 * is missing, the code fails under it, or it takes more than 90 s. The arms run side by side: counts do not depend on load.
 */
export async function instructionWitness(input: InstructionInput): Promise<InstructionWitness> {
  const began = performance.now();
  const skipped = (reason: string): InstructionWitness => ({ outcome: 'skipped', reason, duration_ms: performance.now() - began });
  if (!existsSync(VALGRIND)) return skipped('valgrind is not installed');
  if (input.workload.command !== undefined) return skipped('the workload is a command of several processes');
  const { few, many } = operationsFor(input.operation_ns, input.iterations);
  if ((many * input.operation_ns * SLOWDOWN) / 1e6 > (input.limit_ms ?? LIMIT_MS))
    return skipped('one operation takes too long to be counted');
  const limit = AbortSignal.timeout(input.limit_ms ?? LIMIT_MS);
  const signal = input.signal === undefined ? limit : AbortSignal.any([limit, input.signal]);
  const entry = entryFor(input.base_dir, input.package_dir, input.workload);
  await using harness = await Harness.create({
    workload: input.workload,
    entry,
    cpu: null,
    unsafe_no_sandbox: input.unsafe_no_sandbox ?? false,
  });
  const perOperation = async (dir: string) => {
    const [low, high] = [await count(harness, dir, few, input, signal), await count(harness, dir, many, input, signal)];
    return (high - low) / (many - few);
  };
  try {
    const [base, candidate] = await Promise.all([perOperation(input.base_dir), perOperation(input.candidate_dir)]);
    if (!(base > 0 && candidate > 0)) return skipped('the counts do not grow with the number of operations');
    const gain_pct = 100 * (1 - candidate / base);
    return {
      outcome: 'counted',
      workload_id: input.workload.id,
      base_per_op: base,
      candidate_per_op: candidate,
      gain_pct,
      duration_ms: performance.now() - began,
    };
  } catch (error) {
    input.signal?.throwIfAborted();
    return skipped(limit.aborted ? 'it took more than 90 s' : error instanceof Error ? error.message : 'it failed');
  }
}

async function count(harness: Harness, dir: string, iterations: number, input: InstructionInput, signal: AbortSignal): Promise<number> {
  let total: number | null = null;
  const outcome = await harness.call(
    dir,
    {
      script: 'count.mjs',
      request: { iterations, size: input.size ?? null },
      flags: SEEDS,
      prefix: [VALGRIND, '--tool=callgrind', `--callgrind-out-file=${input.unsafe_no_sandbox === true ? '/tmp' : '/answer'}/${OUT}`],
      timeout_ms: input.limit_ms ?? LIMIT_MS,
      collect: async (answer_dir) => {
        total = await totalIn(answer_dir);
      },
    },
    signal,
  );
  if (!outcome.ok) throw new Error(outcome.message);
  if (total === null) throw new Error('callgrind wrote no count');
  return total;
}
