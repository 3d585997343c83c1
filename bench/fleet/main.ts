import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fleetStatus, startFleet, stopFleet } from '../../libs/clients/cli/src/fleet/index.ts';

// Time until every part of the fleet is ready, on an empty data directory and on one that was used, and its resident memory.
// Arguments: number of second starts (default 5). Prints a table; exit code 1 when a target is missed.
const STARTS = Number(process.argv[2] ?? 5);
const READY_LIMIT_S = 8;
const SERVICE_LIMIT_MB = 120;
const FLEET_LIMIT_MB = 1_200;
const MB = 1_024;
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
    const sum = (field: string): number => family.reduce((total, member) => total + kilobytes(member, field), 0) / MB;
    return [{ name, rss_mb: sum('Rss'), pss_mb: sum('Pss') }];
  });

const timeToReady = async (data_dir: string): Promise<number> => {
  const begun = performance.now();
  await startFleet({ data_dir });
  return (performance.now() - begun) / 1_000;
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
const data_dir = join(folder, 'data');
try {
  const first_s = await timeToReady(data_dir);
  const again_s: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    await stopFleet({ data_dir });
    again_s.push(await timeToReady(data_dir));
  }
  await sleep(SETTLE_MS);
  const memory = await memoryOf(data_dir);
  const total_mb = memory.reduce((total, { rss_mb }) => total + rss_mb, 0);
  const largest = memory.filter(({ name }) => !STORES.has(name)).reduce((a, b) => (a.rss_mb > b.rss_mb ? a : b));
  const met = (value: number, limit: number): string => (value <= limit ? 'met' : 'MISSED');
  console.log(
    `fleet on ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)}, node ${process.version}, ${memory.length} processes with their children\n`,
  );
  console.log('| what | measured | target |\n|---|---|---|');
  console.log(`| ready, first start (initdb) | ${first_s.toFixed(2)} s | |`);
  const range = `${Math.min(...again_s).toFixed(2)} .. ${Math.max(...again_s).toFixed(2)}`;
  console.log(
    `| ready, later starts | ${median(again_s).toFixed(2)} s median of ${STARTS} (${range}) | <= ${READY_LIMIT_S} s: ${met(Math.max(...again_s), READY_LIMIT_S)} |`,
  );
  for (const { name, rss_mb, pss_mb } of memory) {
    const target = STORES.has(name) ? '' : `<= ${SERVICE_LIMIT_MB} MB: ${met(rss_mb, SERVICE_LIMIT_MB)}`;
    console.log(`| resident, ${name} | ${rss_mb.toFixed(0)} MB (proportional ${pss_mb.toFixed(0)} MB) | ${target} |`);
  }
  console.log(`| resident, whole fleet | ${total_mb.toFixed(0)} MB | <= ${FLEET_LIMIT_MB} MB: ${met(total_mb, FLEET_LIMIT_MB)} |`);
  const missed = Math.max(...again_s) > READY_LIMIT_S || total_mb > FLEET_LIMIT_MB || largest.rss_mb > SERVICE_LIMIT_MB;
  process.exitCode = missed ? 1 : 0;
} finally {
  await stopFleet({ data_dir });
  rmSync(folder, { recursive: true, force: true });
}
