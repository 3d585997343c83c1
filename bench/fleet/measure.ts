import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fleetStatus, startFleet, stopFleet } from '../../libs/clients/cli/src/fleet/index.ts';
import type { Row } from '../table.ts';

/** Services settle: modules are compiled lazily and connections are made in the first seconds. */
const SETTLE_MS = 8_000;
const STORES = new Set(['supervisor', 'postgres', 'nats']);

const childrenOf = (pid: number): number[] => {
  const found = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return found.stdout.trim().split(/\s+/).filter(Boolean).map(Number);
};

/** A process and its descendants: Postgres is many. */
const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

const kilobytes = (pid: number, field: string): number => {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

interface Memory {
  name: string;
  rss_mb: number;
  /** Pages that several processes share count in parts; its sum over processes is what the machine really gives. */
  pss_mb: number;
}

const memoryOf = async (data_dir: string): Promise<Memory[]> =>
  (await fleetStatus({ data_dir })).flatMap(({ name, pid }) => {
    if (pid === null) return [];
    // The services are children of the supervisor and counted by themselves.
    const family = name === 'postgres' ? familyOf(pid) : [pid];
    const sum = (field: string): number => family.reduce((total, member) => total + kilobytes(member, field), 0) / 1_024;
    return [{ name, rss_mb: sum('Rss'), pss_mb: sum('Pss') }];
  });

const timeToReady = async (data_dir: string): Promise<number> => {
  const begun = performance.now();
  await startFleet({ data_dir });
  return (performance.now() - begun) / 1_000;
};

const single = (what: string, unit: string, value: number, digits = 0): Row => ({
  what,
  unit,
  value,
  low: value,
  high: value,
  digits,
  from: 'one look',
});

const memoryRows = (memory: readonly Memory[]): Row[] => {
  const services = memory.filter(({ name }) => !STORES.has(name));
  const sum = (field: 'rss_mb' | 'pss_mb'): number => memory.reduce((total, member) => total + member[field], 0);
  return [
    ...memory.map(({ name, rss_mb }): Row => {
      const row = single(`resident, ${name}`, 'MB', rss_mb);
      return STORES.has(name) ? row : { ...row, target: { limit: 120, is: 'at most' } };
    }),
    {
      ...single(`resident, whole fleet of ${memory.length} with Postgres and NATS`, 'MB', sum('rss_mb')),
      target: { limit: 1_200, is: 'at most' },
    },
    single(`proportional, whole fleet (${services.length} services)`, 'MB', sum('pss_mb')),
  ];
};

/** Time until every part of the fleet is ready, on an empty data directory and on one that was used, and its memory. */
export async function measureFleet(starts: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
  const data_dir = join(folder, 'data');
  try {
    const first_s = await timeToReady(data_dir);
    const again_s: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      await stopFleet({ data_dir });
      again_s.push(await timeToReady(data_dir));
    }
    await sleep(SETTLE_MS);
    const sorted = again_s.toSorted((a, b) => a - b);
    const later: Row = {
      what: 'ready, later starts',
      unit: 's',
      value: sorted[sorted.length >> 1] ?? Number.NaN,
      low: sorted[0] ?? Number.NaN,
      high: sorted.at(-1) ?? Number.NaN,
      digits: 2,
      from: `median and range of ${starts}`,
      target: { limit: 8, is: 'at most' },
    };
    return [single('ready, first start (makes the database)', 's', first_s, 2), later, ...memoryRows(await memoryOf(data_dir))];
  } finally {
    await stopFleet({ data_dir });
    rmSync(folder, { recursive: true, force: true });
  }
}
