import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clopperPearson } from '@codeoptima/statistics';
import type { Row } from '../table.ts';

/** Certifies code against itself `count` times on the quiet machine (see false-wins.ts). */
export async function measureFalseWins(count: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-false-wins-'));
  try {
    const kept = join(folder, 'rows.jsonl');
    const script = join(import.meta.dirname, 'false-wins.ts');
    const args = [script, '--count', String(count), '--conditions', 'quiet', '--rows', kept];
    spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const lines = readFileSync(kept, 'utf8').trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as { certified: boolean });
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
        from: 'quiet machine',
        target: { limit: 0, is: 'at most' },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
