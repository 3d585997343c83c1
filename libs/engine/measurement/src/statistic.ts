import { median } from '@codeoptima/statistics';
import type { Sample } from './sample.ts';

/** stabilised: chosen V8 flags, CPU time; production: no flags, wall time. */
export type Mode = 'stabilised' | 'production';
export type Statistic = 'cpu_min' | 'cpu_median' | 'wall_median';

const SINGLE_THREADED = new Set(['--predictable', '--single-threaded']);

/** Minimum of CPU time when the engine runs on one thread and repeats itself, else the median. */
export function statisticFor(mode: Mode, flags: readonly string[]): Statistic {
  if (mode === 'production') return 'wall_median';
  return flags.some((f) => SINGLE_THREADED.has(f)) ? 'cpu_min' : 'cpu_median';
}

/** The one figure of a sample, in nanoseconds per operation, above 0. */
export function figureOf(sample: Sample, statistic: Statistic): number {
  const raw = rawOf(sample, statistic);
  const figure = statistic === 'cpu_min' ? Math.min(...raw) : median(raw);
  // The clock's step is a microsecond, so a whole batch can read 0; half a step is the best that can be said of it.
  return figure > 0 ? figure : 500 / sample.iterations;
}

export const rawOf = (sample: Sample, statistic: Statistic): number[] => (statistic === 'wall_median' ? sample.wall_ns : sample.cpu_ns);
