import { cpus, loadavg, totalmem } from 'node:os';

/** One figure of a table, with what it must not miss. */
export interface Row {
  what: string;
  unit: string;
  value: number;
  /** 95 % interval, or the range where `interval` says so. */
  low: number;
  high: number;
  digits: number;
  /** Number of samples, and what the interval is. */
  from: string;
  /** Absent for figures that nobody demanded. */
  target?: { limit: number; is: 'at most' | 'at least' };
  /** Where the target is missed: why, and what would be needed. */
  note?: string;
}

/** What one part of the benchmark measured, as it is kept in bench/results. */
export interface Result {
  part: string;
  date: string;
  commit: string;
  machine: string;
  rows: Row[];
}

/** `from_kept`: figures of earlier sittings, about which the load of now says nothing. */
export const machine = (from_kept: boolean): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}, ${from_kept ? 'in several sittings' : `load ${loadavg()[0]?.toFixed(1) ?? '?'} before`}`;

export const isMet = ({ value, target }: Row): boolean =>
  target === undefined || (target.is === 'at most' ? value <= target.limit : value >= target.limit);

const interval = ({ low, high, digits }: Row): string => (low === high ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`);

/** A table for terminals and for docs alike. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { what, unit, value, digits, from, target } = row;
    const wanted = target === undefined ? '' : `${target.is} ${target.limit} ${unit}`.trim();
    const verdict = target === undefined ? '' : isMet(row) ? 'yes' : '**no**';
    return `| ${what} | ${value.toFixed(digits)}${interval(row)} ${unit} | ${from} | ${wanted} | ${verdict} |`.replaceAll(/ +/g, ' ');
  });
  const missed = rows.filter((row) => !isMet(row) && row.note !== undefined).map(({ what, note }) => `- ${what}: ${note}`);
  return [
    '| What | Figure (interval) | From | Target | Met |',
    '|---|---|---|---|---|',
    ...lines,
    ...(missed.length > 0 ? ['', ...missed] : []),
  ].join('\n');
}
