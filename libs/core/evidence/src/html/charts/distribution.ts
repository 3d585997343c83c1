import { median } from '@codeoptima/statistics';
import { nanoseconds } from '../../derive/format.ts';
import type { WorkloadMeasurement } from '../../schema/measurement.ts';
import { type Html, html } from '../html.ts';
import { extent, linearScale, type Scale } from './scale.ts';

const WIDTH = 640;
const LEFT = 74;
const RIGHT = 618;
const ROW = 74;

/** Both arms on one axis: the density of the processes' times, each process a dot, the median a line. */
export function distributionChart(measurement: WorkloadMeasurement): Html {
  const arms = [
    { name: 'before', css: 'base', values: measurement.pairs.map(({ base_ns }) => base_ns) },
    { name: 'after', css: 'cand', values: measurement.pairs.map(({ candidate_ns }) => candidate_ns) },
  ];
  const scale = linearScale(extent([...arms[0]!.values, ...arms[1]!.values], 0.08), [LEFT, RIGHT]);
  const height = arms.length * ROW + 30;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Distribution of time per operation, before and after">
    ${scale.ticks.map(
      (tick) => html`<line class="grid" x1="${scale(tick)}" x2="${scale(tick)}" y1="6" y2="${height - 24}"/>
      <text class="tick" x="${scale(tick)}" y="${height - 8}" text-anchor="middle">${nanoseconds(tick)}</text>`,
    )}
    ${arms.map((arm, index) => armRow(arm, index * ROW + ROW / 2 + 8, scale))}
  </svg>`;
}

interface Arm {
  name: string;
  css: string;
  values: readonly number[];
}

function armRow({ name, css, values }: Arm, middle: number, scale: Scale): Html {
  const centre = median([...values]);
  const labelEnd = scale(centre) > RIGHT - 90;
  return html`<g class="${css}">
    <text class="arm" x="${LEFT - 12}" y="${middle + 4}" text-anchor="end">${name}</text>
    <path class="density" d="${violin(values, middle, scale)}"/>
    ${values.map((value, index) => html`<circle class="dot" cx="${scale(value)}" cy="${middle + jitter(index)}" r="3"/>`)}
    <line class="median" x1="${scale(centre)}" x2="${scale(centre)}" y1="${middle - 24}" y2="${middle + 24}"/>
    <text class="value" x="${scale(centre) + (labelEnd ? -6 : 6)}" y="${middle - 18}" text-anchor="${labelEnd ? 'end' : 'start'}">${nanoseconds(centre)}</text>
  </g>`;
}

/** Spreads dots that would lie on each other; the golden ratio keeps neighbours apart without a random source. */
const jitter = (index: number): number => (((index * 0.618034) % 1) - 0.5) * 18;

const STEPS = 60;

/** Outline of a Gaussian kernel density (bandwidth by Silverman's rule, 1986), mirrored at the middle. */
function violin(values: readonly number[], middle: number, scale: Scale): string {
  const [low, high] = extent(values, 0.25);
  const width = bandwidth(values) || (high - low) / 8;
  const points = Array.from({ length: STEPS + 1 }, (_, step) => {
    const x = low + ((high - low) * step) / STEPS;
    const density = values.reduce((sum, value) => sum + Math.exp(-0.5 * ((x - value) / width) ** 2), 0);
    return { x: scale(x), density };
  });
  const peak = Math.max(...points.map(({ density }) => density));
  const upper = points.map(({ x, density }) => `${x.toFixed(1)} ${(middle - (density / peak) * 22).toFixed(1)}`);
  const lower = points.map(({ x, density }) => `${x.toFixed(1)} ${(middle + (density / peak) * 22).toFixed(1)}`).reverse();
  return `M${upper.join('L')}L${lower.join('L')}Z`;
}

function bandwidth(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const sorted = [...values].sort((a, b) => a - b);
  const quartile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? mean;
  const spread = Math.min(Math.sqrt(variance), (quartile(0.75) - quartile(0.25)) / 1.34 || Number.POSITIVE_INFINITY);
  return 0.9 * spread * values.length ** -0.2;
}
