import { z } from 'zod';
import type { FailureKind } from './harness.ts';

/** What the harness reports for one process. Times in nanoseconds per operation, one value a batch. */
export const Sample = z.object({
  iterations: z.number().int().positive(),
  calibrated_iterations: z.number().int().positive(),
  /** CPU time, the first operation included, after which the operation got no faster during the warm-up. */
  settled_cpu_ns: z.number().nonnegative(),
  cpu_ns: z.array(z.number().nonnegative()).min(1),
  /** CPU time of the thread that runs the code, without the engine's helpers; null for what is no single thread. */
  thread_ns: z.array(z.number().nonnegative()).min(1).nullable().default(null),
  wall_ns: z.array(z.number().nonnegative()).min(1),
  /** CPU time of importing library and workload, of `setup`, and of the very first operation: where work could be hidden. */
  load_cpu_ns: z.number().nonnegative(),
  setup_cpu_ns: z.number().nonnegative(),
  first_op_cpu_ns: z.number().nonnegative(),
  /** SHA-256 of the typed canonical text of `check`, after one operation and after all of them. */
  check_cold: z.string(),
  check_warm: z.string(),
  check_preview: z.string(),
  peak_rss_bytes: z.number().nonnegative(),
  allocated_bytes_per_op: z.number().nonnegative().nullable(),
  /** An operation gave a promise, so it may spend time waiting. */
  asynchronous: z.boolean(),
  /** Sizes the workload offers for a size ladder. */
  sizes: z.array(z.number().positive()).nullable().catch(null),
  /** Built-ins that were replaced while the code ran; `critical` ones could forge a figure. */
  patched: z.object({ critical: z.array(z.string()), others: z.array(z.string()) }),
});
export type Sample = z.infer<typeof Sample>;

export const HarnessAnswer = z.object({ ok: z.literal(true), sample: Sample });

export type SampleFailureKind = FailureKind;
export type SampleOutcome = { ok: true; sample: Sample } | { ok: false; kind: SampleFailureKind; message: string };

export interface SampleSettings {
  flags: readonly string[];
  /** Operations in a batch; 0 lets the harness find the number. */
  iterations: number;
  batches: number;
  /** CPU time of the warm-up, the first operation included. */
  warmup_ms: number;
  /** The warm-up goes on until the operation gets no faster, for at most so much more CPU time; 0 for `warmup_ms` alone. */
  settle_ms: number;
  batch_cpu_ms: number;
  /** Also measure bytes allocated per operation, after the timing. */
  memory: boolean;
  size: number | null;
  timeout_ms: number;
  /** Its figure is CPU time and not the clock's, so that the process may be stood still. */
  paced: boolean;
}

/**
 * The protocol's sample: 400 ms of warm-up, or as long as the base got faster, and 22 batches of about 20 ms: twice the protocol's, since
 * compiled code is thrown away and made anew in the middle of some, and neighbours slow others.
 */
export const DEFAULT_SETTINGS: SampleSettings = {
  flags: [],
  iterations: 0,
  batches: 22,
  warmup_ms: 400,
  settle_ms: 2000,
  batch_cpu_ms: 20,
  memory: false,
  size: null,
  timeout_ms: 120_000,
  paced: true,
};

/** Takes samples of a tree; the seam at which tests put synthetic arms. */
export interface Sampler {
  take(dir: string, settings: SampleSettings, signal?: AbortSignal): Promise<SampleOutcome>;
  /** Samples may be taken at once: their processes share the core in turns, so that both live through the same phases of the host. */
  readonly takesTurns?: boolean;
}
