import type { Kind } from '../../../tests/adversarial/judge.ts';
import { heading, line, shareText } from './share.ts';

/** One candidate of tests/adversarial, taken up the whole ladder. */
export interface AdversarialRow {
  kind: Kind;
  name: string;
  verdict: string;
  provable_pct: number | null;
  reason: string;
  seconds: number;
}

const KINDS: readonly Kind[] = ['broken', 'sound'];

export const isRight = ({ kind, verdict }: Pick<AdversarialRow, 'kind' | 'verdict'>): boolean =>
  (verdict === 'certified') === (kind === 'sound');

/** Share certified of each kind, and every candidate that was judged wrongly with the reason given. */
export function adversarialTable(rows: readonly AdversarialRow[]): string {
  const lines: string[] = [];
  for (const kind of KINDS) {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) continue;
    lines.push(`${kind}: ${shareText(own.filter((row) => row.verdict === 'certified').length, own.length)} certified`);
  }
  const wrong = rows.filter((row) => !isRight(row));
  if (wrong.length === 0) return lines.join('\n\n');
  lines.push(
    [heading('missed', 'kind', 'verdict', 'why'), ...wrong.map((row) => line(row.name, row.kind, row.verdict, row.reason))].join('\n'),
  );
  return lines.join('\n\n');
}
