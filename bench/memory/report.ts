/** Turns the kept lines of all programs into one set of Markdown tables, with the targets and whether they were met. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BESIDE_HEAD, besideRows, besideSentence } from './beside-table.ts';
import { type Case, nameOf, PEERS } from './cases.ts';
import type { Absent } from './setup.ts';
import { targetsOf } from './targets.ts';

export interface Line {
  readonly what: string;
  readonly [field: string]: string | number | undefined;
}

export interface CurvePoint extends Line {
  readonly filter: string;
  readonly setting: string;
  readonly recall: number;
  readonly qps: number;
  readonly qps_low: number;
  readonly qps_high: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

export function linesOf(results: string, name: string): Line[] {
  const path = join(results, `${name}.jsonl`);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** Of every recovery that was measured. */
export const recoveriesOf = (results: string): Line[] =>
  readdirSync(results)
    .filter((name) => name.startsWith('recover-') && name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => linesOf(results, name.slice(0, -'.jsonl'.length)).filter((line) => line.what === 'recover'));

const filesOf = (results: string, one: Case): string[] =>
  readdirSync(results).filter((name) => name.startsWith(`${nameOf(one)}.`) && name.endsWith('.jsonl'));

/** How busy the machine was at the end of each part, by the number of processes that wanted a core. */
function loadLine(results: string, one: Case): string {
  const loads = filesOf(results, one)
    .flatMap((name) => linesOf(results, name.slice(0, -'.jsonl'.length)))
    .filter((line) => line.what === 'machine')
    .map((line) => Number(line['load']));
  if (loads.length === 0) return '';
  return `Load while this was measured: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}${Math.max(...loads) > 2 ? '; the machine was busy with other work' : ''}.`;
}

export const curveOf = (lines: readonly Line[], filter: string): CurvePoint[] =>
  lines.filter((line): line is CurvePoint => line.what === 'curve' && line['filter'] === filter);

/** The fastest setting that reaches the recall. */
export const fastest = (points: readonly CurvePoint[], recall: number): CurvePoint | undefined =>
  points.filter((point) => point.recall >= recall).sort((a, b) => b.qps - a.qps)[0];

const thousands = (n: number) => (n >= 10_000 ? `${(n / 1000).toFixed(1)}k` : n >= 100 ? n.toFixed(0) : n.toPrecision(3));
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

function throughput(point: CurvePoint | undefined): string {
  if (point === undefined) return 'not reached';
  return `${thousands(point.qps)} (${thousands(point.qps_low)}-${thousands(point.qps_high)})`;
}

function field(lines: readonly Line[], what: string, name: string): number | undefined {
  const value = lines.find((line) => line.what === what)?.[name];
  return typeof value === 'number' ? value : undefined;
}

const shown = (value: number | undefined, show: (n: number) => string) => (value === undefined ? '-' : show(value));

function reasonOf(peer: string, lines: readonly Line[], absent: Absent): string | undefined {
  const packages: Record<string, string> = { zvec: '@zvec/zvec', lancedb: '@lancedb/lancedb', hnswlib: 'hnswlib-node' };
  const missing = absent.get(packages[peer] ?? peer) ?? absent.get(peer.startsWith('faiss') ? 'faiss-cpu' : (peer.split('-')[0] ?? peer));
  const failed = lines.find((line) => line.what === 'failed')?.['why'];
  return missing ?? (typeof failed === 'string' ? failed : undefined);
}

function searchTable(results: string, one: Case, absent: Absent): string {
  const rows = PEERS.filter((peer) => one.peers.includes(peer.name)).map((peer) => {
    const lines = linesOf(results, `${nameOf(one)}.${peer.name}.search`);
    const points = curveOf(lines, 'all');
    const reason = reasonOf(peer.name, lines, absent);
    if (points.length === 0) return [peer.title, reason === undefined ? 'not measured' : `not measured: ${reason}`, '', '', '', ''];
    const at = fastest(points, 0.99);
    return [
      peer.title,
      throughput(fastest(points, 0.9)),
      throughput(fastest(points, 0.95)),
      throughput(at),
      at === undefined ? `best recall ${Math.max(...points.map((p) => p.recall)).toFixed(3)}` : `${at.setting}, ${at.recall.toFixed(3)}`,
      at === undefined ? '-' : `${at.p50_ms.toFixed(3)} / ${at.p99_ms.toFixed(3)}`,
    ];
  });
  return table(
    [
      'queries per CPU second, one thread, median (lowest-highest round)',
      'recall@10 >= 0.90',
      '>= 0.95',
      '>= 0.99',
      'setting, recall',
      'P50 / P99 ms',
    ],
    rows,
  );
}

function filterTable(results: string, one: Case): string {
  const kinds = ['share-50', 'share-10', 'share-1', 'share-0.1', 'half-1'];
  const rows = PEERS.filter((peer) => one.peers.includes(peer.name)).flatMap((peer) => {
    const lines = linesOf(results, `${nameOf(one)}.${peer.name}.search`);
    const cells = kinds.map((kind) => {
      const point = curveOf(lines, kind)[0];
      return point === undefined ? '-' : `${thousands(point.qps)} @ ${point.recall.toFixed(3)}`;
    });
    return cells.every((cell) => cell === '-') ? [] : [[peer.title, ...cells]];
  });
  return table(['filtered: queries per CPU second @ recall', '50 %', '10 %', '1 %', '0.1 %', '1 %, correlated'], rows);
}

function storageTable(results: string, one: Case): string {
  const rows = PEERS.filter((peer) => one.peers.includes(peer.name)).flatMap((peer) => {
    const built = linesOf(results, `${nameOf(one)}.${peer.name}.build`);
    const search = linesOf(results, `${nameOf(one)}.${peer.name}.search`);
    if (built.length === 0) return [];
    const cpu = field(built, 'build', 'cpu_seconds');
    const ingest = field(built, 'ingest', 'vectors_per_second');
    const ingestCpu = field(built, 'ingest', 'cpu_seconds');
    const perCpu = ingestCpu === undefined ? '' : `, ${thousands(one.rows / ingestCpu)} per CPU second`;
    const synced = peer.syncs === null ? 'in memory' : peer.syncs ? 'synced' : 'not synced';
    return [
      [
        peer.title,
        ingest === undefined ? synced : `${thousands(ingest)} ${synced}${perCpu}`,
        cpu === undefined || cpu < 0.05 ? 'no index' : thousands(one.rows / cpu),
        shown(field(built, 'disk', 'bytes'), (n) => (n / one.rows).toFixed(0)),
        shown(field(search, 'open', 'seconds'), (n) => n.toFixed(2)),
        shown(field(search, 'open', 'anonymous_mb'), (n) => n.toFixed(0)),
      ],
    ];
  });
  return table(
    [
      '',
      'insert, batches of 256, vectors/s by the clock',
      'index build, vectors per CPU second',
      'bytes per vector on disk',
      'start-up s',
      'memory beside mapped files, MB',
    ],
    rows,
  );
}

function wireLine(results: string, one: Case): string {
  const lines = linesOf(results, `${nameOf(one)}.wire`);
  if (lines.length === 0) return '';
  const number = (what: string, name: string) =>
    shown(field(lines, what, name), (n) => (name.endsWith('_ms') ? n.toFixed(2) : thousands(n)));
  return [
    `Through gRPC on a Unix socket: durable ingest ${number('wire_ingest', 'vectors_per_second')} vectors/s; four clients in a closed loop`,
    `${number('wire_closed_loop', 'qps')} queries/s at recall ${shown(field(lines, 'wire_closed_loop', 'recall'), (n) => n.toFixed(3))}; open loop at`,
    `${number('wire_open_loop', 'rate')}/s: P50 ${number('wire_open_loop', 'p50_ms')} ms, P99 ${number('wire_open_loop', 'p99_ms')} ms, P99.9 ${number('wire_open_loop', 'p999_ms')} ms.`,
  ].join('\n');
}

function shapeLine(data: string): string {
  if (!existsSync(data)) return '';
  const meta = new Map(
    readFileSync(data, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  return `Local intrinsic dimension ${Number(meta.get('local_dimension')).toFixed(1)}, hubness ${Number(meta.get('hubness')).toFixed(1)}, seed ${meta.get('seed')}, ${meta.get('rows')} rows, ${meta.get('queries')} queries.`;
}

export function report(results: string, cases: readonly Case[], absent: Absent): string {
  const machine = existsSync(join(results, 'machine.json'))
    ? (JSON.parse(readFileSync(join(results, 'machine.json'), 'utf8')) as { cpu: string })
    : { cpu: 'unknown' };
  const parts = [`Machine: ${machine.cpu}, two cores; searches pinned to one.`];
  for (const one of cases.filter((each) => filesOf(results, each).length > 0)) {
    parts.push(
      `### Set ${one.set}, ${one.rows.toLocaleString('en')} x ${one.dimension}`,
      shapeLine(join(results, '..', '..', 'data', nameOf(one), 'meta')),
      loadLine(results, one),
    );
    parts.push(searchTable(results, one, absent), filterTable(results, one), storageTable(results, one), wireLine(results, one));
    const beside = linesOf(results, `${nameOf(one)}.beside`);
    if (besideRows(beside).length > 0) parts.push(besideSentence(beside), table(BESIDE_HEAD, besideRows(beside)));
  }
  const recovery = recoveriesOf(results).map(
    (line) =>
      `Recovery after kill -9 at the end of ${line['rows']} x ${line['dimension']}: ${line['seconds']} s (${line['cpu_seconds']} s of CPU), ${line['points']} points, ${line['replayed']} records replayed. Memory beside the mapped files, project tier: ${line['opened_mb']} MB after opening, ${line['anonymous_mb']} MB after 100 searches (${line['mapped_mb']} MB of files mapped and touched); P50 of those ${line['search_p50_ms']} ms.`,
  );
  parts.push(...recovery, '### Targets', table(['target', 'measured', ''], targetsOf(results, cases)));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
