import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clopperPearson } from '@codeoptima/statistics';
import type { Row } from '../table.ts';
import type { FalseWinRow } from './tables/false-wins.ts';

const KEPT = join(import.meta.dirname, '../results/verifier/false-wins.jsonl');

/**
 * Certifies code against itself `count` times on the quiet machine (see false-wins.ts).
 * `from_kept` counts the rows that stand in bench/results and measures, and keeps, only what they lack of `count`.
 */
export function measureFalseWins(count: number, from_kept: boolean): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-false-wins-'));
  try {
    const kept = from_kept ? KEPT : join(folder, 'rows.jsonl');
    const script = join(import.meta.dirname, 'false-wins.ts');
    const args = [script, '--count', String(count), '--conditions', 'quiet', '--rows', kept];
    spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const lines = readFileSync(kept, 'utf8').trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as FalseWinRow).filter(({ condition }) => condition === 'quiet');
    const certified = rows.filter((row) => row.certified).length;
    const { lower, upper } = clopperPearson(certified, rows.length);
    return [
      {
        what: 'unchanged code that was certified as faster',
        unit: `of ${rows.length}`,
        value: certified,
        low: lower * rows.length,
        high: upper * rows.length,
        digits: 1,
        from: 'no neighbours added',
        target: { limit: 0, is: 'at most' },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
