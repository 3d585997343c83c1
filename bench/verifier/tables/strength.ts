import { heading, line } from './share.ts';

/** Faults put into the base of one sound candidate, and how many of them the check noticed. */
export interface StrengthRow {
  name: string;
  killed: number;
  total: number;
  /** `file:line what was changed`, of each fault that nothing noticed. */
  survivors: string[];
  /** Time of each rung. */
  ms: Record<string, number>;
}

/** Wanted of the median, in per cent. */
export const WEAK_PCT = 85;

const strengthPct = (row: StrengthRow): number => (row.total === 0 ? 100 : (100 * row.killed) / row.total);

export function medianStrengthPct(rows: readonly StrengthRow[]): number {
  const sorted = rows.map(strengthPct).toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** Median over all candidates, those below what is wanted with what went unnoticed, and the share of the time by rung. */
export function strengthTable(rows: readonly StrengthRow[]): string {
  const weak = rows.filter((row) => strengthPct(row) < WEAK_PCT);
  const noticed = `Median ${medianStrengthPct(rows).toFixed(1)} % over ${rows.length} sound candidates (target at least ${WEAK_PCT} %), ${weak.length} of them below that.`;
  const listed = weak.map((row) =>
    line(row.name, `${row.killed} of ${row.total}`, `${strengthPct(row).toFixed(0)} %`, row.survivors.slice(0, 4).join('; ')),
  );
  const spent: Record<string, number> = {};
  for (const row of rows) for (const [rung, ms] of Object.entries(row.ms)) spent[rung] = (spent[rung] ?? 0) + ms;
  const all = Object.values(spent).reduce((sum, ms) => sum + ms, 0);
  const times = Object.entries(spent)
    .toSorted((a, b) => b[1] - a[1])
    .map(([rung, ms]) => line(rung, `${((100 * ms) / all).toFixed(0)} %`));
  const tables = [[heading('rung up to behaviour', 'share of the time'), ...times].join('\n')];
  if (weak.length > 0)
    tables.unshift([heading('weakly checked', 'faults noticed', 'share', 'unnoticed, the first four'), ...listed].join('\n'));
  return [noticed, ...tables].join('\n\n');
}
