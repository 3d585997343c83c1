/** Maps a domain to pixels. */
export interface Scale {
  (value: number): number;
  ticks: number[];
}

/** Linear scale with about `count` ticks at 1, 2 or 5 times a power of ten. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number], count = 5): Scale {
  const [low, high] = domain[1] > domain[0] ? domain : [domain[0] - 0.5, domain[0] + 0.5];
  const at = (value: number): number => range[0] + ((value - low) / (high - low)) * (range[1] - range[0]);
  return Object.assign(at, { ticks: linearTicks(low, high, count) });
}

function linearTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high + step * 1e-9; index++) ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

/** Logarithmic scale with ticks at powers of ten, and at 2 and 5 between when there are few. Values must be above 0. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const linear = linearScale([Math.log10(domain[0]), Math.log10(domain[1])], range);
  const decades: number[] = [];
  for (let power = Math.floor(Math.log10(domain[0])); power <= Math.ceil(Math.log10(domain[1])); power++) decades.push(10 ** power);
  const within = (values: number[]): number[] => values.filter((value) => value >= domain[0] * 0.999 && value <= domain[1] * 1.001);
  const coarse = within(decades);
  const ticks = coarse.length >= 3 ? coarse : within(decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]));
  return Object.assign((value: number) => linear(Math.log10(value)), { ticks });
}

/** Lowest and highest of some numbers, widened by a share on both sides. */
export function extent(values: readonly number[], widen = 0.05): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low) * widen || Math.abs(high) * widen || 1;
  return [low - margin, high + margin];
}
