import { logRatio, type Pcg32 } from '@codeoptima/statistics';
import type { Sample, SampleFailureKind, SampleOutcome, Sampler, SampleSettings } from './sample.ts';
import { figureOf, rawOf, type Statistic } from './statistic.ts';

/** Waiting for a core at its usual speed, and being stood still. */
const TURNS_OVERHEAD_MS = 30_000;

export type ArmName = 'base' | 'candidate';

export interface Trees {
  base: string;
  candidate: string;
}

/** Facts of one sample beside its times. */
export interface ArmFacts {
  check_cold: string;
  check_warm: string;
  peak_rss_bytes: number;
  load_cpu_ns: number;
  setup_cpu_ns: number;
  first_op_cpu_ns: number;
  wall_ns: number[];
  patched: string[];
}

/** A fresh process of each arm, in turns or one after the other, in the order that the seed gave. Times in nanoseconds per operation. */
export interface MeasuredPair {
  order: 'base_first' | 'candidate_first';
  base_ns: number;
  candidate_ns: number;
  base_raw: number[];
  candidate_raw: number[];
  check_equal: boolean;
  /** ln(base / candidate). */
  log_ratio: number;
  base: ArmFacts;
  candidate: ArmFacts;
}

export type PairOutcome = { ok: true; pair: MeasuredPair } | { ok: false; arm: ArmName; kind: SampleFailureKind; message: string };

export const factsOf = (sample: Sample): ArmFacts => ({
  check_cold: sample.check_cold,
  check_warm: sample.check_warm,
  peak_rss_bytes: sample.peak_rss_bytes,
  load_cpu_ns: sample.load_cpu_ns,
  setup_cpu_ns: sample.setup_cpu_ns,
  first_op_cpu_ns: sample.first_op_cpu_ns,
  wall_ns: sample.wall_ns,
  patched: sample.patched.others,
});

type Taken = [arm: ArmName, outcome: SampleOutcome];

/** In turns where the sampler can and the figure does not mind; then a process also waits for the other one's turns. */
async function takeArms(
  sampler: Sampler,
  trees: Trees,
  arms: readonly ArmName[],
  settings: SampleSettings,
  signal?: AbortSignal,
): Promise<Taken[]> {
  if (sampler.takesTurns === true && settings.paced) {
    const longer = { ...settings, timeout_ms: 2 * settings.timeout_ms + TURNS_OVERHEAD_MS };
    const started = arms.map(async (arm): Promise<Taken> => [arm, await sampler.take(trees[arm], longer, signal)]);
    // Neither process may outlive the pair, whatever happened to the other one.
    await Promise.allSettled(started);
    return await Promise.all(started);
  }
  const taken: Taken[] = [];
  for (const arm of arms) {
    taken.push([arm, await sampler.take(trees[arm], settings, signal)]);
    if (taken.at(-1)?.[1].ok === false) break;
  }
  return taken;
}

/** One pair in random order: strict alternation would follow the drift of the machine, blocks even more. */
export async function takePair(
  sampler: Sampler,
  trees: Trees,
  settings: SampleSettings,
  statistic: Statistic,
  random: Pcg32,
  signal?: AbortSignal,
): Promise<PairOutcome> {
  const order = random.nextBoolean() ? 'base_first' : 'candidate_first';
  const arms: ArmName[] = order === 'base_first' ? ['base', 'candidate'] : ['candidate', 'base'];
  const taken: Partial<Record<ArmName, Sample>> = {};
  for (const [arm, outcome] of await takeArms(sampler, trees, arms, settings, signal)) {
    if (!outcome.ok) return { ok: false, arm, kind: outcome.kind, message: outcome.message };
    taken[arm] = outcome.sample;
  }
  const { base, candidate } = taken as Record<ArmName, Sample>;
  const base_ns = figureOf(base, statistic);
  const candidate_ns = figureOf(candidate, statistic);
  return {
    ok: true,
    pair: {
      order,
      base_ns,
      candidate_ns,
      base_raw: rawOf(base, statistic),
      candidate_raw: rawOf(candidate, statistic),
      check_equal: base.check_cold === candidate.check_cold && base.check_warm === candidate.check_warm,
      log_ratio: logRatio(base_ns, candidate_ns),
      base: factsOf(base),
      candidate: factsOf(candidate),
    },
  };
}
