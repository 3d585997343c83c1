/** LanceDB in process: one IVF partition of HNSW over scalar-quantised vectors, refined by full ones. */
import { rmSync } from 'node:fs';
import { anonymousMegabytes, BATCH, curve, FILTERS, ingest, NEIGHBOURS, peerArguments, say } from './peer-runner.ts';

interface VectorQuery {
  nprobes(n: number): VectorQuery;
  ef(n: number): VectorQuery;
  refineFactor(n: number): VectorQuery;
  where(predicate: string): VectorQuery;
  select(columns: string[]): VectorQuery;
  limit(n: number): VectorQuery;
  toArray(): Promise<{ id: number }[]>;
}
interface Table {
  add(rows: object[]): Promise<unknown>;
  createIndex(column: string, options: { config: unknown }): Promise<void>;
  optimize(): Promise<unknown>;
  vectorSearch(vector: Float32Array): VectorQuery;
}
interface Lance {
  connect(path: string): Promise<{ createTable(name: string, rows: object[]): Promise<Table>; openTable(name: string): Promise<Table> }>;
  readonly Index: { hnswSq(options: object): unknown; btree(): unknown };
}

const args = peerArguments(process.argv);
const { files } = args;
const lance = args.load('@lancedb/lancedb') as Lance;
const record = (row: number) => ({ id: row, share: files.share(row), half: files.half(row), v: files.row(row) });
const records = (first: number, last: number) => Array.from({ length: last - first }, (_, i) => record(first + i));

async function build(): Promise<void> {
  rmSync(args.index, { recursive: true, force: true });
  const database = await lance.connect(args.index);
  let table: Table | undefined;
  await ingest(files, async (first, last) => {
    if (table === undefined) table = await database.createTable('bench', records(0, BATCH));
    else await table.add(records(first, last));
  });
  const start = performance.now();
  const cpu = process.cpuUsage();
  await table?.optimize();
  await table?.createIndex('v', { config: lance.Index.hnswSq({ distanceType: 'cosine', numPartitions: 1, m: 16, efConstruction: 200 }) });
  for (const field of ['share', 'half']) await table?.createIndex(field, { config: lance.Index.btree() });
  const used = process.cpuUsage(cpu);
  say({ what: 'build', cpu_seconds: (used.user + used.system) / 1e6, seconds: (performance.now() - start) / 1000 });
}

async function search(): Promise<void> {
  const before = anonymousMegabytes();
  const start = performance.now();
  const table = await (await lance.connect(args.index)).openTable('bench');
  const one = async (query: Float32Array, ef: number, predicate?: string) => {
    let wanted = table.vectorSearch(query).nprobes(1).ef(ef).refineFactor(4).select(['id', '_distance']).limit(NEIGHBOURS);
    if (predicate !== undefined) wanted = wanted.where(predicate);
    return (await wanted.toArray()).map((row) => row.id);
  };
  await one(files.queries[0] as Float32Array, 64);
  say({ what: 'open', seconds: (performance.now() - start) / 1000, anonymous_mb: anonymousMegabytes() - before });
  for (const ef of [64, 128, 256, 512]) await curve(files, 'all', `ef=${ef}`, 1, (query) => one(query, ef));
  for (const { name, field, below } of FILTERS) await curve(files, name, 'ef=128', 1, (query) => one(query, 128, `${field} < ${below}`));
}

await (args.command === 'build' ? build() : search());
