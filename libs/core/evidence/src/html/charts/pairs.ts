import { gainPctOfLogRatio, logRatio } from '@codeoptima/statistics';
import type { WorkloadMeasurement } from '../../schema/measurement.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { extent, linearScale } from './scale.ts';

const WIDTH = 640;
const HEIGHT = 210;
const LEFT = 56;
const RIGHT = 628;
const TOP = 14;
const BOTTOM = HEIGHT - 30;

/** Gain of every pair, smallest first, with the target as a line, and the proved bound where the candidate was certified. A hollow dot ran the new code first. */
export function pairChart(measurement: WorkloadMeasurement, target_pct: number, is_certified: boolean): Html {
  const pairs = measurement.pairs
    .map(({ base_ns, candidate_ns, order }) => ({ gain_pct: gainPctOfLogRatio(logRatio(base_ns, candidate_ns)), order }))
    .sort((a, b) => a.gain_pct - b.gain_pct);
  const proved = is_certified ? measurement.provable_pct : null;
  const shown = [0, target_pct, ...(proved === null ? [] : [proved]), ...pairs.map(({ gain_pct }) => gain_pct)];
  const y = linearScale(extent(shown, 0.08), [BOTTOM, TOP]);
  const x = linearScale([0, pairs.length + 1], [LEFT, RIGHT]);
  const line = (
    value: number,
    css: string,
    label: string,
    above: boolean,
  ): Html => html`<line class="${css}" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
    <text class="mark ${css}" x="${RIGHT}" y="${y(value) + (above ? -5 : 13)}" text-anchor="end">${label}</text>`;
  const isApart = proved === null || Math.abs(y(proved) - y(target_pct)) > 16;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Gain of each pair">
    ${y.ticks.map(
      (tick) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
      <text class="tick" x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${tick} %</text>`,
    )}
    <line class="zero" x1="${LEFT}" x2="${RIGHT}" y1="${y(0)}" y2="${y(0)}"/>
    ${isApart ? line(target_pct, 'wanted', `target ${target_pct} %`, true) : NOTHING}
    ${proved === null ? NOTHING : line(proved, 'proved', `proved: at least ${Math.floor(proved * 10) / 10} %`, false)}
    ${pairs.map(
      ({ gain_pct, order }, index) => html`<line class="stem" x1="${x(index + 1)}" x2="${x(index + 1)}" y1="${y(0)}" y2="${y(gain_pct)}"/>
      <circle class="pair ${order === 'candidate_first' ? 'hollow' : 'full'}" cx="${x(index + 1)}" cy="${y(gain_pct)}" r="4.5"/>`,
    )}
    <text class="tick" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">pairs, ordered by gain</text>
  </svg>`;
}
