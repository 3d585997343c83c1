import type { SpeedVerdict } from '../speed-rungs.ts';
import type { AdversarialRow } from './adversarial.ts';
import { heading, line } from './share.ts';

export interface TimedRows {
  unchanged: readonly SpeedVerdict[];
  power: readonly SpeedVerdict[];
  adversarial: readonly AdversarialRow[];
}

const quantile = (sorted: readonly number[], share: number): string =>
  `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)} s`;

function timed(what: string, seconds: readonly number[], target: string): string[] {
  const sorted = seconds.toSorted((a, b) => a - b);
  return sorted.length === 0 ? [] : [line(what, quantile(sorted, 0.5), quantile(sorted, 0.95), target, String(sorted.length))];
}

/** How long a candidate takes to fall, and a claim to be certified, from the times of the kept rows. */
export function timesTable({ unchanged, power, adversarial }: TimedRows): string {
  const seconds = ({ duration_ms }: SpeedVerdict): number => duration_ms / 1000;
  const hopeless = unchanged.filter((row) => !row.kept_by_trial && !row.every_rung).map(seconds);
  const certified = power.filter((row) => row.certified).map(seconds);
  const waited = power.flatMap(({ certified, waited_ms }) => (certified && waited_ms !== undefined ? [waited_ms / 1000] : []));
  const broken = adversarial.filter((row) => row.kind === 'broken' && row.verdict !== 'certified').map((row) => row.seconds);
  return [
    heading('what', 'median', '95th percentile', 'target', 'rows'),
    ...timed('a hopeless candidate, in its quick trial', hopeless, '10 s'),
    ...timed('a broken candidate, from its diff on', broken, '20 s'),
    ...timed('quick trial, certification and confirmation on one workload', certified, '120 s'),
    ...timed('of that, waiting for the core to be as fast as usual (newer rows)', waited, ''),
    '',
    `Pairs of a certification: at most ${Math.max(0, ...power.map((row) => row.pairs))}, of 30 allowed.`,
  ].join('\n');
}
