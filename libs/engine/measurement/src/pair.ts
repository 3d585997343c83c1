import { logRatio, type Pcg32 } from '@codeoptima/statistics';
import type { Sample, SampleFailureKind, Sampler, SampleSettings } from './sample.ts';
import { figureOf, rawOf, type Statistic } from './statistic.ts';

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

/** A fresh process of each arm, one after the other, in the order that the seed gave. Times in nanoseconds per operation. */
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
  for (const arm of arms) {
    const outcome = await sampler.take(trees[arm], settings, signal);
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
