import { count } from '../../derive/format.ts';
import { type Html, html } from '../html.ts';

const WIDTH = 640;
const HEIGHT = 170;
const LEFT = 24;
const RIGHT = 628;
const TOP = 26;
const BOTTOM = HEIGHT - 40;
const BAR_MAX = 64;

/** The smallest size of a bucket as people read it: `0`, `1`, `2`, `64`, `4 Ki`. */
function leastIn(bucket: number): string {
  if (bucket < 2) return String(bucket);
  const size = 2 ** (bucket - 1);
  if (size < 1024) return String(size);
  return size < 2 ** 20 ? `${size / 1024} Ki` : `${size / 2 ** 20} Mi`;
}

/** Narrower than this, every other label is left out. */
const LABEL_MIN = 34;

/** Calls by the size of their largest argument, in powers of two. Heights are logarithmic, so that rare sizes can be seen. */
export function sizeChart(buckets: ReadonlyMap<number, number>): Html {
  const known = [...buckets.keys()];
  const first = Math.min(...known);
  const all = Array.from({ length: Math.max(...known) - first + 1 }, (_, index) => first + index);
  const step = (RIGHT - LEFT) / all.length;
  const width = Math.min(BAR_MAX, step * 0.8);
  const most = Math.max(...buckets.values());
  const height = (calls: number): number => (calls === 0 ? 0 : ((BOTTOM - TOP) * (1 + Math.log10(calls))) / (1 + Math.log10(most)));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Recorded calls by size">
    <line class="zero" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
    ${all.map((bucket, index) => {
      const calls = buckets.get(bucket) ?? 0;
      const middle = LEFT + step * (index + 0.5);
      return html`<rect class="bar" x="${(middle - width / 2).toFixed(1)}" y="${(BOTTOM - height(calls)).toFixed(1)}" width="${width.toFixed(1)}" height="${height(calls).toFixed(1)}"/>
      ${calls === 0 ? null : html`<text class="count" x="${middle.toFixed(1)}" y="${(BOTTOM - height(calls) - 6).toFixed(1)}" text-anchor="middle">${count(calls)}</text>`}
      <text class="tick" x="${middle.toFixed(1)}" y="${BOTTOM + 16}" text-anchor="middle">${step < LABEL_MIN && index % 2 === 1 ? '' : leastIn(bucket)}</text>`;
    })}
    <text class="tick" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">size of the largest argument, from the number below the bar to the next</text>
  </svg>`;
}
