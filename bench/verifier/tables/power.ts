import { median } from '@codeoptima/statistics';
import type { SpeedVerdict } from '../speed-rungs.ts';
import { heading, line, shareText } from './share.ts';

/** One certification of a change whose gain is known. */
export interface PowerRow extends SpeedVerdict {
  true_pct: number;
  subject: string;
  seed: number;
}

/** Share certified by true gain, and how often the provable gain lay above the true one. */
export function powerTable(rows: readonly PowerRow[]): string {
  const lines = [heading('true gain', 'certified', 'median estimate', 'median provable', 'provable above true', 'median pairs', 'noise')];
  for (const true_pct of [...new Set(rows.map((row) => row.true_pct))].sort((a, b) => a - b)) {
    const these = rows.filter((row) => row.true_pct === true_pct);
    const middle = (pick: (row: PowerRow) => number | null): string => {
      const values = these.map(pick).filter((value) => value !== null);
      return values.length === 0 ? '' : median(values).toFixed(1);
    };
    lines.push(
      line(
        `${true_pct} %`,
        shareText(these.filter((row) => row.certified).length, these.length),
        `${middle((row) => row.estimate_pct)} %`,
        `${middle((row) => row.provable_pct)} %`,
        `${these.filter((row) => (row.provable_pct ?? Number.NEGATIVE_INFINITY) > true_pct).length} of ${these.length}`,
        middle((row) => row.pairs),
        `${middle((row) => row.noise_cv_pct)} %`,
      ),
    );
  }
  return lines.join('\n');
}
