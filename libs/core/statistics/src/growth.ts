import { studentT } from './beta.ts';

export interface GrowthPoint {
  /** Size of the input, above 0. */
  size: number;
  /** Time (or another cost) at that size, above 0. */
  time: number;
}

export interface GrowthFit {
  /** Slope of ln time over ln size: time grows like size^exponent. */
  exponent: number;
  lower: number;
  upper: number;
  points: number;
  /** Share of the variance of ln time that the line explains, 0 to 1. */
  r_squared: number;
}

/**
 * Ordinary least squares of ln time on ln size, with the Student interval of the slope. Two points give a slope with an unbounded
 * interval (-Infinity, Infinity), since they leave no residual. Throws RangeError with fewer than two different sizes.
 */
export function fitGrowth(points: readonly GrowthPoint[], confidence = 0.99): GrowthFit {
  if (points.some((p) => !(p.size > 0) || !(p.time > 0))) throw new RangeError('sizes and times must be above 0');
  const x = points.map((p) => Math.log(p.size));
  const y = points.map((p) => Math.log(p.time));
  const n = points.length;
  const mx = x.reduce((s, v) => s + v, 0) / Math.max(1, n);
  const my = y.reduce((s, v) => s + v, 0) / Math.max(1, n);
  const sxx = x.reduce((s, v) => s + (v - mx) ** 2, 0);
  if (!(sxx > 0)) throw new RangeError('a growth fit needs at least two different sizes');
  const sxy = x.reduce((s, v, i) => s + (v - mx) * ((y[i] as number) - my), 0);
  const syy = y.reduce((s, v) => s + (v - my) ** 2, 0);
  const exponent = sxy / sxx;
  const residual = Math.max(0, syy - exponent * sxy);
  const r_squared = syy === 0 ? 1 : 1 - residual / syy;
  const half = n > 2 ? studentT(confidence, n - 2) * Math.sqrt(residual / (n - 2) / sxx) : Number.POSITIVE_INFINITY;
  return { exponent, lower: exponent - half, upper: exponent + half, points: n, r_squared };
}

const CLASSES = [
  { below: 0.25, name: 'constant' },
  { below: 0.75, name: 'sublinear' },
  { below: 1.35, name: 'linear' },
  { below: 1.7, name: 'superlinear' },
  { below: 2.4, name: 'quadratic' },
  { below: 3.4, name: 'cubic' },
  { below: Number.POSITIVE_INFINITY, name: 'steeper than cubic' },
] as const;

/** A word for an exponent as measured; n log n lies within `linear` at the sizes that occur. */
export const growthClass = (exponent: number): string => CLASSES.find((c) => exponent < c.below)?.name ?? 'steeper than cubic';
