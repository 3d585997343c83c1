import { median } from '@codeoptima/statistics';
import type { Sample } from './sample.ts';

/** stabilised: chosen V8 flags; production: no flags. */
export type Mode = 'stabilised' | 'production';
export type Statistic = 'cpu_min' | 'cpu_median' | 'thread_min' | 'wall_median';

const SINGLE_THREADED = new Set(['--predictable', '--single-threaded']);

/**
 * Stabilised: minimum of CPU time when the engine runs on one thread and repeats itself, else the median. Production: what computes is
 * timed by the CPU time of its own thread, which is its wall time on a quiet machine and is not stretched on a busy one; what waits
 * (`waits`: promises that take time, commands) by the wall clock.
 */
export function statisticFor(mode: Mode, flags: readonly string[], waits = false): Statistic {
  if (mode === 'production') return waits ? 'wall_median' : 'thread_min';
  return flags.some((f) => SINGLE_THREADED.has(f)) ? 'cpu_min' : 'cpu_median';
}

/** The one figure of a sample, in nanoseconds per operation, above 0. */
export function figureOf(sample: Sample, statistic: Statistic): number {
  const raw = rawOf(sample, statistic);
  const figure = statistic.endsWith('_min') ? Math.min(...raw) : median(raw);
  // The clock's step is a microsecond, so a whole batch can read 0; half a step is the best that can be said of it.
  return figure > 0 ? figure : 500 / sample.iterations;
}

export function rawOf(sample: Sample, statistic: Statistic): number[] {
  if (statistic === 'wall_median') return sample.wall_ns;
  return statistic === 'thread_min' ? (sample.thread_ns ?? sample.cpu_ns) : sample.cpu_ns;
}
