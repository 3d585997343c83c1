/** What the benchmark's Node peers share: the data set's files, timed rounds, and lines of JSON as the C++ programs print them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const NEIGHBOURS = 10;
export const BATCH = 256;
/** Filtered and exhaustive queries can take a hundred times as long as others. */
export const SLOW_QUERIES = 100;
export const FILTERS = [
  { name: 'share-50', field: 'share', below: 5000 },
  { name: 'share-10', field: 'share', below: 1000 },
  { name: 'share-1', field: 'share', below: 100 },
  { name: 'share-0.1', field: 'share', below: 10 },
  { name: 'half-1', field: 'half', below: 100 },
] as const;

export interface Files {
  readonly rows: number;
  readonly dimension: number;
  row(index: number): Float32Array;
  readonly queries: readonly Float32Array[];
  share(row: number): number;
  half(row: number): number;
  truth(filter: string): readonly (readonly number[])[];
}

function numbers<T>(path: string, make: new (buffer: ArrayBuffer, offset: number, length: number) => T): T {
  const bytes = readFileSync(path);
  return new make(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / 4);
}

export function load(directory: string): Files {
  const meta = new Map(
    readFileSync(join(directory, 'meta'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const dimension = Number(meta.get('dimension'));
  const base = numbers(join(directory, 'base.f32'), Float32Array);
  const flat = numbers(join(directory, 'queries.f32'), Float32Array);
  const half = numbers(join(directory, 'half.u32'), Uint32Array);
  return {
    rows: Number(meta.get('rows')),
    dimension,
    row: (index) => base.subarray(index * dimension, (index + 1) * dimension),
    queries: Array.from({ length: flat.length / dimension }, (_, q) => flat.slice(q * dimension, (q + 1) * dimension)),
    share: (row) => Number((BigInt(row) * 2654435761n) % 10000n),
    half: (row) => half[row] ?? 0,
    truth(filter) {
      const ids = numbers(join(directory, `truth-${filter}.u32`), Uint32Array);
      return Array.from({ length: ids.length / NEIGHBOURS }, (_, q) =>
        [...ids.subarray(q * NEIGHBOURS, (q + 1) * NEIGHBOURS)].filter((id) => id !== 0xffffffff),
      );
    },
  };
}

export const say = (line: Record<string, unknown>): void => console.log(JSON.stringify(line));

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(since);
  return Math.max(1e-9, (used.user + used.system) / 1e6);
}

/** Runs every query (under a filter, the first hundred) once for recall, then `rounds` times by the clock. */
export async function curve(
  files: Files,
  filter: string,
  setting: string,
  rounds: number,
  search: (query: Float32Array) => readonly number[] | Promise<readonly number[]>,
): Promise<void> {
  const truth = files.truth(filter);
  const queries = filter === 'all' && setting !== 'exact' ? files.queries : files.queries.slice(0, SLOW_QUERIES);
  let hits = 0;
  let wanted = 0;
  for (const [q, query] of queries.entries()) {
    const found = new Set(await search(query));
    hits += (truth[q] ?? []).filter((id) => found.has(id)).length;
    wanted += truth[q]?.length ?? 0;
  }
  const times: number[] = [];
  const perRound: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (const query of queries) {
      const one = performance.now();
      const found = search(query);
      if (found instanceof Promise) await found;
      times.push(performance.now() - one);
    }
    perRound.push(queries.length / cpuSeconds(start));
  }
  times.sort((a, b) => a - b);
  perRound.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  say({
    what: 'curve',
    filter,
    setting,
    recall: hits / Math.max(1, wanted),
    qps: perRound[Math.floor(perRound.length / 2)],
    qps_low: perRound[0],
    qps_high: perRound.at(-1),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    p999_ms: at(0.999),
  });
}

/** Megabytes of anonymous memory of this process. */
export function anonymousMegabytes(): number {
  const line = readFileSync('/proc/self/status', 'utf8').match(/RssAnon:\s+(\d+)/);
  return Number(line?.[1] ?? 0) / 1024;
}

/** Times the acknowledged insertion of all rows in batches; `insert` returns when the peer calls a batch written. */
export async function ingest(files: Files, insert: (first: number, last: number) => unknown): Promise<void> {
  const start = performance.now();
  for (let first = 0; first < files.rows; first += BATCH) await insert(first, Math.min(files.rows, first + BATCH));
  const seconds = (performance.now() - start) / 1000;
  say({ what: 'ingest', writers: 1, vectors_per_second: files.rows / seconds, seconds });
}

export interface PeerArguments {
  readonly command: 'build' | 'search';
  readonly files: Files;
  readonly index: string;
  readonly rounds: number;
  /** A package of the benchmark's own cache folder. */
  readonly load: (name: string) => unknown;
}

/** `PROGRAM build|search --data DIR --index PATH --modules DIR [--rounds N]` */
export function peerArguments(argv: readonly string[]): PeerArguments {
  if (argv[2] !== 'build' && argv[2] !== 'search') {
    process.stderr.write(
      'One peer of the memory benchmark, started by npm run bench:memory: build|search with --data, --index and more.\n',
    );
    process.exit(2);
  }
  const flag = (name: string) => argv[argv.indexOf(`--${name}`) + 1] ?? '';
  const require = createRequire(join(flag('modules'), 'package.json'));
  return {
    command: argv[2] === 'build' ? 'build' : 'search',
    files: load(flag('data')),
    index: flag('index'),
    rounds: argv.includes('--rounds') ? Number(flag('rounds')) : 5,
    load: (name) => require(name) as unknown,
  };
}
