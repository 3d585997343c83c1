import { heading, line } from './share.ts';

/** One published fix, judged. */
export interface CorpusRow {
  id: string;
  wanted: 'improve' | 'refuse';
  verdict: string;
  provable_pct: number | null;
  /** Gain in percent that the exam's authors measured in one process. */
  upstream_pct: number;
  reason: string;
  seconds: number;
}

/** A wrong change counts as refused only where it was shown, not merely not proved. */
export const isRightOf = ({ wanted, verdict }: Pick<CorpusRow, 'wanted' | 'verdict'>): boolean =>
  wanted === 'improve'
    ? verdict === 'certified'
    : verdict === 'behaviour_differs' || verdict === 'refused' || verdict === 'tests_regressed';

export function corpusTable(rows: readonly CorpusRow[]): string {
  const right = rows.filter(isRightOf).length;
  return [
    `Judged as wanted: ${right} of ${rows.length}.`,
    '',
    heading('entry', 'wanted', 'verdict', 'at least', 'upstream', 'seconds', 'why'),
    ...rows.map((row) =>
      line(
        row.id,
        row.wanted,
        `${isRightOf(row) ? '' : '✗ '}${row.verdict}`,
        row.provable_pct === null ? '' : `${Math.floor(row.provable_pct)} %`,
        `${row.upstream_pct.toFixed(0)} %`,
        String(row.seconds),
        row.reason.slice(0, 200),
      ),
    ),
  ].join('\n');
}
