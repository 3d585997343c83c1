import { resolve } from 'node:path';
import { coefficientOfVariationPct, mean, median, Pcg32 } from '@codeoptima/statistics';
import { z } from 'zod';
import { quieterCore } from './affinity.ts';
import type { HostFacts } from './host.ts';
import { DEFAULT_SETTINGS, type SampleSettings } from './sample.ts';
import { type Pacer, withPacer } from './pacer.ts';
import { ProcessSampler } from './sampler.ts';
import { figureOf, type Statistic, statisticFor } from './statistic.ts';

/** Flag sets that are tried, the one nearest to production first. Which is steadiest differs by V8 version and machine. */
export const FLAG_SETS: readonly (readonly string[])[] = [
  [],
  ['--single-threaded'],
  ['--predictable'],
  ['--predictable', '--predictable-gc-schedule'],
  ['--predictable', '--predictable-gc-schedule', '--no-maglev'],
  ['--predictable', '--no-turbofan'],
];

/** Without a calibration: the steadiest on the machine it was tried on, and with the optimising compiler that production uses. */
export const DEFAULT_FLAGS: readonly string[] = ['--predictable', '--predictable-gc-schedule', '--no-maglev'];

/** Waiting for a core at its usual speed, as comparisons do. */
const PATIENCE_MS_PER_SAMPLE = 1000;
const KINDS = ['strings', 'objects', 'numbers'] as const;
const PROBES = resolve(import.meta.dirname, '..', 'probes');
/** A steadier set must be this much steadier, in percentage points, to be preferred to one nearer to production. */
export const WORTH_PCT = 0.3;

export const FlagSetNoise = z.object({
  flags: z.array(z.string()),
  /** Process-to-process coefficient of variation in percent, mean over the probe operations. */
  cv_pct: z.number().nonnegative(),
  /** Whether code known to be slower was measured as slower in every probe. */
  signs_right: z.boolean(),
  /** Why the set cannot be used; null when it can. */
  error: z.string().nullable(),
});
export type FlagSetNoise = z.infer<typeof FlagSetNoise>;

export const Calibration = z.object({
  key: z.string(),
  cpu_model: z.string(),
  node_version: z.string(),
  load_1m: z.number(),
  seed: z.number(),
  processes: z.number().int(),
  sets: z.array(FlagSetNoise),
  flags: z.array(z.string()),
  statistic: z.enum(['cpu_min', 'cpu_median', 'thread_min', 'wall_median']),
  noise_cv_pct: z.number().nonnegative(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Where calibrations are kept, by the caller: one per host and runtime version. */
export interface CalibrationStore {
  read(key: string): Promise<Calibration | null>;
  write(calibration: Calibration): Promise<void>;
}

export const calibrationKey = (facts: HostFacts): string =>
  `node-${facts.node_version}-${facts.cpu_model}-${facts.cores}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');

/** The steadiest set that turns no sign; nearer to production when the difference is not worth it. Null when none can be used. */
export function chooseFlags(sets: readonly FlagSetNoise[]): FlagSetNoise | null {
  const usable = sets.filter((s) => s.error === null && s.signs_right);
  if (usable.length === 0) return null;
  const best = Math.min(...usable.map((s) => s.cv_pct));
  return usable.find((s) => s.cv_pct <= best + WORTH_PCT) ?? null;
}

export interface CalibrateOptions {
  facts: HostFacts;
  seed: number;
  /** Processes of each version, probe and set; at least 3. */
  processes?: number;
  sets?: readonly (readonly string[])[];
  settings?: Partial<SampleSettings>;
  unsafe_no_sandbox?: boolean;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

interface Series {
  flags: readonly string[];
  statistic: Statistic;
  steady: number[][];
  slower: number[][];
  error: string | null;
}

const workloadOf = (kind: string) => ({
  id: kind,
  name: kind,
  source: 'generated' as const,
  path: null,
  entry: 'steady.mjs',
  text: `export default ({ operation }) => { const f = () => operation('${kind}'); return { fn: f, check: f }; };`,
});

/**
 * Measures known code under every flag set, all sets interleaved so that a drift of the machine hits each of them alike. With the
 * defaults about two minutes on a quiet machine.
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const processes = Math.max(3, options.processes ?? 5);
  const sets = options.sets ?? FLAG_SETS;
  const random = new Pcg32(options.seed);
  const series = sets.map(
    (flags): Series => ({
      flags,
      statistic: statisticFor('stabilised', flags),
      steady: KINDS.map(() => []),
      slower: KINDS.map(() => []),
      error: null,
    }),
  );
  const cpu = await quieterCore();
  const total = processes * KINDS.length * sets.length;
  let done = 0;
  await withPacer(cpu, PATIENCE_MS_PER_SAMPLE, async (pacer) => {
    for (const [index, kind] of KINDS.entries()) {
      for (let round = 0; round < processes; round++) {
        for (const set of random.shuffle(series)) {
          if (set.error === null) await measureOnce(set, index, kind, { cpu, pacer }, random, options);
          options.onProgress?.(++done, total);
        }
      }
    }
  });
  return summarise(series, options, processes);
}

async function measureOnce(
  set: Series,
  index: number,
  kind: string,
  core: { cpu: number | null; pacer: Pacer | null },
  random: Pcg32,
  options: CalibrateOptions,
): Promise<void> {
  const settings = { ...DEFAULT_SETTINGS, warmup_ms: 300, settle_ms: 0, batches: 7, ...options.settings, flags: set.flags };
  const versions = random.nextBoolean() ? (['steady', 'slower'] as const) : (['slower', 'steady'] as const);
  for (const version of versions) {
    const common = { workload: workloadOf(kind), ...core, unsafe_no_sandbox: options.unsafe_no_sandbox ?? false };
    await using sampler = await ProcessSampler.create({ ...common, entry: `${version}.mjs` });
    const outcome = await sampler.take(PROBES, settings, options.signal);
    if (!outcome.ok) {
      set.error = outcome.message;
      return;
    }
    set[version][index]?.push(figureOf(outcome.sample, set.statistic));
  }
}

function summarise(series: readonly Series[], options: CalibrateOptions, processes: number): Calibration {
  const sets = series.map((set): FlagSetNoise => {
    if (set.error !== null) return { flags: [...set.flags], cv_pct: 0, signs_right: false, error: set.error };
    const signs_right = KINDS.every((_, i) => median(set.slower[i] as number[]) > median(set.steady[i] as number[]));
    return { flags: [...set.flags], cv_pct: mean(set.steady.map(coefficientOfVariationPct)), signs_right, error: null };
  });
  const chosen = chooseFlags(sets) ?? { flags: [...DEFAULT_FLAGS], cv_pct: Math.max(...sets.map((s) => s.cv_pct)) };
  const { facts, seed } = options;
  return {
    key: calibrationKey(facts),
    cpu_model: facts.cpu_model,
    node_version: facts.node_version,
    load_1m: facts.load_1m,
    seed,
    processes,
    sets,
    flags: chosen.flags,
    statistic: statisticFor('stabilised', chosen.flags),
    noise_cv_pct: chosen.cv_pct,
  };
}
