import { median } from '@codeoptima/statistics';
import type { ArmFacts, MeasuredPair } from './pair.ts';

/** A second axis beside time: medians of both arms and by how much the candidate is above the base. */
export interface AxisComparison {
  metric: string;
  unit: 'bytes' | 'ns';
  base: number;
  candidate: number;
  /** Percent above the base; positive is worse. */
  change_pct: number;
  /** More than the limit in percent, and by more than noise of the runtime in absolute terms. */
  exceeds_limit: boolean;
}

export const MEMORY_LIMIT_PCT = 20;
/** Below these a percentage is noise of the runtime, not of the change. */
const RSS_FLOOR_BYTES = 48 * 1024 * 1024;
const ALLOCATED_FLOOR_BYTES = 512;

export function compareAxis(
  metric: string,
  unit: 'bytes' | 'ns',
  base: number,
  candidate: number,
  limit_pct: number,
  floor: number,
): AxisComparison {
  const change_pct = base > 0 ? (100 * (candidate - base)) / base : candidate > 0 ? Number.MAX_SAFE_INTEGER : 0;
  return { metric, unit, base, candidate, change_pct, exceeds_limit: change_pct > limit_pct && candidate - base > floor };
}

/** Peak resident memory and allocated bytes, each with the limit of +20 %. Allocation is compared when both arms could be measured. */
export function memoryAxes(pairs: readonly MeasuredPair[], allocated: { base: number | null; candidate: number | null }): AxisComparison[] {
  const axes: AxisComparison[] = [];
  if (pairs.length > 0) {
    const peak = (arm: 'base' | 'candidate') => median(pairs.map((p) => p[arm].peak_rss_bytes));
    axes.push(compareAxis('peak resident set', 'bytes', peak('base'), peak('candidate'), MEMORY_LIMIT_PCT, RSS_FLOOR_BYTES));
  }
  if (allocated.base !== null && allocated.candidate !== null) {
    axes.push(
      compareAxis('allocated per operation', 'bytes', allocated.base, allocated.candidate, MEMORY_LIMIT_PCT, ALLOCATED_FLOOR_BYTES),
    );
  }
  return axes;
}

const STARTUP_LIMIT_PCT = 50;
const STARTUP_FLOOR_NS = 5e6;

/** Work that left the timed loop for import, setup or the first operation shows here. */
export function startupAxes(pairs: readonly MeasuredPair[]): AxisComparison[] {
  if (pairs.length === 0) return [];
  const of = (arm: 'base' | 'candidate', key: keyof ArmFacts & `${string}_cpu_ns`) => median(pairs.map((p) => p[arm][key]));
  const keys = ['load_cpu_ns', 'setup_cpu_ns', 'first_op_cpu_ns'] as const;
  const names = { load_cpu_ns: 'loading', setup_cpu_ns: 'setup', first_op_cpu_ns: 'first operation' };
  return keys.map((key) => compareAxis(names[key], 'ns', of('base', key), of('candidate', key), STARTUP_LIMIT_PCT, STARTUP_FLOOR_NS));
}
