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
  /** The part of the release that the workload runs, judged where the whole of an improvement was not certified; rows from before have none. */
  part?: PartRow | null;
}

export interface PartRow {
  hunks: number;
  hunks_of: number;
  files: number;
  files_of: number;
  verdict: string;
  provable_pct: number | null;
  reason: string;
}

/**
 * A wrong change counts as refused only where it was shown, not merely not proved, and always as a whole. Of an improvement the part that the
 * workload runs may stand for the release.
 */
export const isRightOf = ({ wanted, verdict, part }: Pick<CorpusRow, 'wanted' | 'verdict' | 'part'>): boolean =>
  wanted === 'improve'
    ? verdict === 'certified' || part?.verdict === 'certified'
    : verdict === 'behaviour_differs' || verdict === 'refused' || verdict === 'tests_regressed';

const REASON_LENGTH = 200;

function whyOf({ reason, part }: CorpusRow): string {
  const whole = reason.slice(0, REASON_LENGTH);
  if (!part) return whole;
  const what = `The part that the workload runs, ${part.hunks} of ${part.hunks_of} hunks in ${part.files} of ${part.files_of} files`;
  const gain = part.provable_pct === null ? '' : `, at least ${Math.floor(part.provable_pct)} %`;
  return `Whole release: ${whole} ${what}: ${part.verdict}${part.verdict === 'certified' ? gain : `, ${part.reason.slice(0, REASON_LENGTH)}`}.`;
}

export function corpusTable(rows: readonly CorpusRow[]): string {
  const right = rows.filter(isRightOf).length;
  const by_part = rows.filter((row) => isRightOf(row) && row.wanted === 'improve' && row.verdict !== 'certified').length;
  return [
    `Judged as wanted: ${right} of ${rows.length}${by_part === 0 ? '' : `, ${by_part} of them by the part of the release that the workload runs`}.`,
    '',
    heading('entry', 'wanted', 'verdict', 'at least', 'upstream', 'seconds', 'why'),
    ...rows.map((row) => {
      const proved = row.provable_pct ?? row.part?.provable_pct ?? null;
      return line(
        row.id,
        row.wanted,
        `${isRightOf(row) ? '' : '✗ '}${row.verdict}${row.part ? `; its part ${row.part.verdict}` : ''}`,
        proved === null ? '' : `${Math.floor(proved)} %`,
        `${row.upstream_pct.toFixed(0)} %`,
        String(row.seconds),
        whyOf(row),
      );
    }),
  ].join('\n');
}
