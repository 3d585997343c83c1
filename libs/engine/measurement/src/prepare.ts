import { CodeOptimaError } from '@codeoptima/contracts';
import { type ArmFacts, factsOf } from './pair.ts';
import { DEFAULT_SETTINGS, type Sampler, type SampleSettings } from './sample.ts';

/** Operations beyond 20 ms get fewer batches, so that a sample stays near a second, start and warm-up included. */
const SAMPLE_BUDGET_MS = 600;
/** The median of three batches shrugs off one that was disturbed; where a batch is this long, the pairs alone have to. */
const BATCHES_MIN = 3;
const LONG_BATCH_MS = 300;
const NS_PER_MS = 1e6;

/** What was learned once on the base and holds for both arms. */
export interface Prepared {
  settings: SampleSettings;
  /** CPU time of one operation of the base in nanoseconds, roughly. */
  operation_ns: number;
  base_facts: ArmFacts;
  base_preview: string;
  base_allocated_bytes_per_op: number | null;
  sizes: number[] | null;
  /** An operation may spend time waiting: it is asynchronous, or a command. */
  waits: boolean;
  /** Wall time of the first sample in milliseconds, harness start included. */
  sample_ms: number;
}

export function batchesFor(batch_ms: number, wanted: number): number {
  return Math.max(batch_ms > LONG_BATCH_MS ? 1 : BATCHES_MIN, Math.min(wanted, Math.floor(SAMPLE_BUDGET_MS / Math.max(batch_ms, 1))));
}

/**
 * Finds the warm-up and the iteration count on the base (the same then serve both arms) and checks that the workload runs at all.
 * Throws `bad_input` when it does not: without a working base there is nothing to compare.
 */
export async function prepare(
  sampler: Sampler,
  base_dir: string,
  options: {
    flags: readonly string[];
    size?: number | null;
    settings?: Partial<SampleSettings>;
    signal?: AbortSignal | undefined;
    workload_id: string;
  },
): Promise<Prepared> {
  const wanted: SampleSettings = { ...DEFAULT_SETTINGS, ...options.settings, flags: options.flags, size: options.size ?? null };
  const began = performance.now();
  const outcome = await sampler.take(base_dir, { ...wanted, iterations: 0, batches: 1, memory: true }, options.signal);
  if (!outcome.ok) {
    throw new CodeOptimaError('bad_input', `The workload does not run on the base: ${outcome.message}.`, {
      ids: { workload: options.workload_id, kind: outcome.kind },
    });
  }
  const { sample } = outcome;
  const sample_ms = performance.now() - began;
  const operation_ns = Math.max(1, Math.min(...sample.cpu_ns));
  // Neighbours stretch the wall clock of computing code; that is no reason to measure less of it.
  const batch_ms = (Math.max(...sample.cpu_ns, ...(sample.asynchronous ? sample.wall_ns : [])) * sample.iterations) / NS_PER_MS;
  return {
    settings: {
      ...wanted,
      warmup_ms: wanted.settle_ms > 0 ? Math.max(wanted.warmup_ms, sample.settled_cpu_ns / NS_PER_MS) : wanted.warmup_ms,
      settle_ms: 0,
      iterations: sample.calibrated_iterations,
      batches: batchesFor(batch_ms, wanted.batches),
    },
    operation_ns,
    base_facts: factsOf(sample),
    base_preview: sample.check_preview,
    base_allocated_bytes_per_op: sample.allocated_bytes_per_op,
    sizes: sample.sizes,
    waits: sample.asynchronous || sample.thread_ns === null,
    sample_ms,
  };
}

/** Wall time in milliseconds that `pairs` pairs will take, from what one sample took. */
export function estimateDuration(prepared: Prepared, pairs: number): number {
  const { batches, iterations, warmup_ms } = prepared.settings;
  const operations_ms = (prepared.operation_ns * iterations * batches) / NS_PER_MS;
  const fixed_ms = Math.max(80, prepared.sample_ms - warmup_ms - (prepared.operation_ns * iterations) / NS_PER_MS);
  return pairs * 2 * (fixed_ms + warmup_ms + operations_ms);
}
