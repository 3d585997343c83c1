import type { SpeedVerdict } from '../speed-rungs.ts';
import { heading, line, shareText } from './share.ts';

export const FALSE_WIN_KINDS = ['identical', 'formatted'] as const;

/** One certification of code against itself. */
export interface FalseWinRow extends SpeedVerdict {
  condition: string;
  subject: string;
  kind: (typeof FALSE_WIN_KINDS)[number];
  seed: number;
}

/** Share of unchanged code that was believed faster, by condition and kind. */
export function falseWinsTable(rows: readonly FalseWinRow[]): string {
  const lines = [heading('machine', 'change', 'certified', 'kept by the quick trial', 'claimed, where every rung was asked')];
  for (const condition of new Set(rows.map((row) => row.condition))) {
    for (const kind of FALSE_WIN_KINDS) {
      const these = rows.filter((row) => row.condition === condition && row.kind === kind);
      if (these.length === 0) continue;
      const asked = these.filter((row) => row.every_rung);
      lines.push(
        line(
          condition,
          kind,
          shareText(these.filter((row) => row.certified).length, these.length),
          shareText(these.filter((row) => row.kept_by_trial).length, these.length),
          shareText(asked.filter((row) => row.claimed).length, asked.length),
        ),
      );
    }
  }
  const certified = rows.filter((row) => row.certified);
  lines.push('', `Certified in all: ${shareText(certified.length, rows.length)}; target at most 1 %.`);
  for (const row of certified)
    lines.push(
      `- ${row.condition}, ${row.subject}, ${row.kind}, seed ${row.seed}: estimate ${row.estimate_pct?.toFixed(2)} %, provable ${row.provable_pct} %`,
    );
  return lines.join('\n');
}
