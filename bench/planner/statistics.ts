export interface Summary {
  value: number;
  low: number;
  high: number;
}

/** Quantile `q` of the samples with its distribution-free 95 % interval from order statistics (Hahn & Meeker, Statistical Intervals, 5.2). */
export function quantile(samples: readonly number[], q: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const n = sorted.length;
  const spread = 1.96 * Math.sqrt(n * q * (1 - q));
  const at = (index: number): number => sorted[Math.min(n - 1, Math.max(0, Math.round(index)))] ?? Number.NaN;
  return { value: at(q * (n - 1)), low: at(q * n - spread - 1), high: at(q * n + spread) };
}
