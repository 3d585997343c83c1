import {
  DEFAULT_SETTINGS,
  entryFor,
  type MeasuredWorkload,
  ProcessSampler,
  type ProfileOutcome,
  profileWorkload,
  type Sample,
} from '@codeoptima/measurement';

/** What every attempt at a workload needs to know of the tree. */
export interface Ground {
  dir: string;
  package_dir: string;
  cpu: number | null;
  unsafe_no_sandbox: boolean;
  signal: AbortSignal;
}

export type TryOut = { ok: true; sample: Sample } | { ok: false; message: string };

/** Two operations and no more: does it run, and what is its check value? */
export async function tryOut(ground: Ground, workload: MeasuredWorkload, timeout_ms = 15_000): Promise<TryOut> {
  const entry = entryFor(ground.dir, ground.package_dir, workload);
  await using sampler = await ProcessSampler.create({ workload, entry, cpu: ground.cpu, unsafe_no_sandbox: ground.unsafe_no_sandbox });
  const settings = { ...DEFAULT_SETTINGS, warmup_ms: 0, settle_ms: 0, batches: 1, iterations: 1, timeout_ms };
  const outcome = await sampler.take(ground.dir, settings, ground.signal);
  return outcome.ok ? outcome : { ok: false, message: outcome.message };
}

/** Does the check value repeat in a second process? */
export async function repeats(ground: Ground, workload: MeasuredWorkload, first: Sample): Promise<boolean> {
  const again = await tryOut(ground, workload);
  return again.ok && again.sample.check_cold === first.check_cold;
}

export const profileOn = async (
  ground: Ground,
  workload: MeasuredWorkload,
  duration_ms: number,
  size: number | null = null,
): Promise<ProfileOutcome> =>
  profileWorkload({ ...ground, workload, duration_ms, warmup_ms: Math.min(300, duration_ms / 2), size, timeout_ms: 60_000 });
