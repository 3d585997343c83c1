import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../table.ts';
import { ownShare, type PrintedEvent } from './own-share.ts';

const MAIN = join(import.meta.dirname, '../../libs/clients/cli/src/main.ts');

/** Optimises the example once, on a fleet of its own, and divides its time by the events of the run. */
export async function measureRun(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-run-'));
  const env = { ...process.env, CODEOPTIMA_DATA_DIR: join(folder, 'data') };
  const command = (...args: string[]): string =>
    execFileSync(process.execPath, [MAIN, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    command('up');
    // Its exit code tells of the result; with nothing proved there is a report, and a time to divide, as well.
    const begun = performance.now();
    const { stdout } = spawnSync(process.execPath, [MAIN, 'run', '--example', '--json'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const whole_s = (performance.now() - begun) / 1_000;
    const { run_id } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { run_id: string };
    const events = command('events', run_id, '--json')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PrintedEvent);
    const { own_share_pct } = ownShare(events);
    return [
      {
        from: 'one run',
        what: 'share of the wall time that is not build, test or measurement',
        unit: '%',
        value: own_share_pct,
        low: own_share_pct,
        high: own_share_pct,
        digits: 1,
        target: { limit: 10, is: 'at most' },
      },
      {
        from: 'one run',
        what: 'the example, from the command to its summary, fleet running',
        unit: 's',
        value: whole_s,
        low: whole_s,
        high: whole_s,
        digits: 0,
        target: { limit: 360, is: 'at most' },
      },
    ];
  } finally {
    command('down');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
