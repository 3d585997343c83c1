import { count, nanoseconds } from '../../derive/format.ts';
import type { WorkloadFigures } from '../../derive/figures.ts';
import { type Html, html } from '../html.ts';
import { extent, logScale, type Scale } from './scale.ts';

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 74;
const RIGHT = 560;
const TOP = 14;
const BOTTOM = HEIGHT - 40;

interface Point {
  size: number;
  base_ns: number;
  candidate_ns: number;
}

/** Points of the size ladder, smallest first, one a size. */
export function ladderPoints(figures: readonly WorkloadFigures[]): Point[] {
  const bySize = new Map<number, Point>();
  for (const { measurement, base_ns, candidate_ns } of figures) {
    const isRung = measurement.role === 'size_ladder' || measurement.role === 'target';
    if (isRung && measurement.mode === 'stabilised' && measurement.size !== null) {
      bySize.set(measurement.size, { size: measurement.size, base_ns, candidate_ns });
    }
  }
  return [...bySize.values()].sort((a, b) => a.size - b.size);
}

/** Time over size, both on logarithmic axes: the slope is the growth, so parallel lines grow alike. Needs two points or more. */
export function ladderChart(points: readonly Point[]): Html {
  const x = logScale(around(points.map(({ size }) => size)), [LEFT, RIGHT]);
  const y = logScale(around(points.flatMap(({ base_ns, candidate_ns }) => [base_ns, candidate_ns])), [BOTTOM, TOP]);
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time per operation over input size">
    ${y.ticks.map(
      (tick) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
      <text class="tick" x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${nanoseconds(tick)}</text>`,
    )}
    ${points.map(
      ({ size }) => html`<line class="grid" x1="${x(size)}" x2="${x(size)}" y1="${TOP}" y2="${BOTTOM}"/>
      <text class="tick" x="${x(size)}" y="${BOTTOM + 16}" text-anchor="middle">${count(size)}</text>`,
    )}
    ${arm(points, 'base_ns', 'base', 'before', x, y)}
    ${arm(points, 'candidate_ns', 'cand', 'after', x, y)}
    <text class="tick" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">input size</text>
  </svg>`;
}

function arm(points: readonly Point[], key: 'base_ns' | 'candidate_ns', css: string, name: string, x: Scale, y: Scale): Html {
  const at = points.map((point) => [x(point.size), y(point[key])] as const);
  const last = at.at(-1) ?? [0, 0];
  return html`<g class="${css}">
    <path class="line" d="M${at.map(([left, top]) => `${left.toFixed(1)} ${top.toFixed(1)}`).join('L')}"/>
    ${at.map(([left, top]) => html`<circle class="dot" cx="${left}" cy="${top}" r="4"/>`)}
    <text class="arm" x="${last[0] + 10}" y="${last[1] + 4}">${name}</text>
  </g>`;
}

function around(values: readonly number[]): [number, number] {
  const [low, high] = extent(values.map(Math.log10), 0.08);
  return [10 ** low, 10 ** high];
}
