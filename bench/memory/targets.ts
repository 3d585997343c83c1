/** The targets set for the engine, each judged from the figures of this run. */
import { type Case, nameOf, PEERS } from './cases.ts';
import { curveOf, fastest, type Line, linesOf, recoveriesOf } from './report.ts';

const verdict = (met: boolean) => (met ? 'met' : '**missed**');

function number(lines: readonly Line[], what: string, name: string): number | undefined {
  const value = lines.find((line) => line.what === what)?.[name];
  return typeof value === 'number' ? value : undefined;
}

type Row = readonly [string, string, string];

function searchTargets(results: string, one: Case): Row[] {
  const at99 = (peer: string) => fastest(curveOf(linesOf(results, `${nameOf(one)}.${peer}.search`), 'all'), 0.99);
  const ours = at99('ours');
  if (ours === undefined) return [];
  const rivals = PEERS.filter((peer) => peer.persists && !peer.name.startsWith('ours'))
    .map((peer) => ({ title: peer.title, point: at99(peer.name) }))
    .filter((rival) => rival.point !== undefined)
    .sort((a, b) => (b.point?.qps ?? 0) - (a.point?.qps ?? 0));
  const best = rivals[0];
  const ratio = ours.qps / (best?.point?.qps ?? Number.NaN);
  const rows: Row[] = [
    [
      'recall@10 >= 0.99: queries per CPU second at least 1.3 x the best peer that persists',
      `${ours.qps.toFixed(0)}/s, ${ratio.toFixed(2)} x ${best?.title ?? 'nobody'}`,
      verdict(ratio >= 1.3),
    ],
    ['P50 <= 1 ms in process', `${ours.p50_ms.toFixed(3)} ms`, verdict(ours.p50_ms <= 1)],
  ];
  const hnswlib = curveOf(linesOf(results, `${nameOf(one)}.hnswlib.search`), 'share-1')[0];
  const filtered = curveOf(linesOf(results, `${nameOf(one)}.ours.search`), 'share-1')[0];
  if (hnswlib !== undefined && filtered !== undefined) {
    const times = filtered.qps / hnswlib.qps;
    rows.push([
      'filter of 1 %: at least 5 x hnswlib with its functor, recall >= 0.99',
      `${times.toFixed(0)} x, recall ${filtered.recall.toFixed(3)}`,
      verdict(times >= 5 && filtered.recall >= 0.99),
    ]);
  }
  return rows;
}

function wireTargets(results: string, one: Case): Row[] {
  const lines = linesOf(results, `${nameOf(one)}.wire`);
  const p50 = number(lines, 'wire_open_loop', 'p50_ms');
  const p99 = number(lines, 'wire_open_loop', 'p99_ms');
  if (p50 === undefined || p99 === undefined) return [];
  return [
    ['through gRPC at half load: P50 <= 2 ms, P99 <= 10 ms', `${p50.toFixed(2)} / ${p99.toFixed(2)} ms`, verdict(p50 <= 2 && p99 <= 10)],
  ];
}

function storageTargets(results: string, one: Case): Row[] {
  const rows: Row[] = [];
  const rate = number(linesOf(results, `${nameOf(one)}.ours.build`), 'ingest', 'vectors_per_second');
  const rivals = PEERS.filter((peer) => peer.syncs === true && !peer.name.startsWith('ours')).map(
    (peer) => number(linesOf(results, `${nameOf(one)}.${peer.name}.build`), 'ingest', 'vectors_per_second') ?? 0,
  );
  if (rate !== undefined) {
    const best = Math.max(0, ...rivals);
    rows.push([
      'durable ingest, batches of 256: >= 50,000/s and at least 3 x the best peer that syncs',
      `${rate.toFixed(0)}/s, ${best > 0 ? `${(rate / best).toFixed(1)} x` : 'no peer measured'}`,
      verdict(rate >= 50_000 && rate >= 3 * best),
    ]);
  }
  const memory = number(linesOf(results, `${nameOf(one)}.ours.search`), 'open', 'anonymous_mb');
  if (memory !== undefined) rows.push(['<= 110 MB resident beside the mapped file', `${memory.toFixed(0)} MB`, verdict(memory <= 110)]);
  return rows;
}

/** The targets name 100,000 x 768; smaller runs are judged by the same, and say how large they were. */
export function targetsOf(results: string, cases: readonly Case[]): Row[] {
  const judged = cases.filter((one) => one.set === 'A' && one.dimension === 768);
  const rows = judged.flatMap((one) =>
    [...searchTargets(results, one), ...wireTargets(results, one), ...storageTargets(results, one)].map(
      ([target, measured, met]): Row => [`${one.rows.toLocaleString('en')} x ${one.dimension}: ${target}`, measured, met],
    ),
  );
  for (const line of recoveriesOf(results)) {
    const seconds = Number(line['seconds']);
    const size = `${Number(line['rows']).toLocaleString('en')} x ${line['dimension']}`;
    rows.push([`recovery of ${size} <= 5 s`, `${seconds.toFixed(2)} s`, verdict(seconds <= 5)]);
    if (line['rows'] !== 1_000_000 || line['dimension'] !== 768) continue;
    const megabytes = Number(line['anonymous_mb']);
    rows.push([`${size} with the 1-bit tier in <= 500 MB`, `${megabytes} MB`, verdict(megabytes <= 500)]);
  }
  return rows;
}
