/** zvec in process: HNSW by its own defaults for m and efConstruction as near to the others' as it allows, one query thread. */
import { rmSync } from 'node:fs';
import { anonymousMegabytes, curve, FILTERS, ingest, NEIGHBOURS, peerArguments, say } from './peer-runner.ts';

interface Doc {
  readonly id: string;
}
interface Collection {
  insertSync(docs: object[]): unknown;
  optimizeSync(options: { concurrency: number }): void;
  querySync(query: object): Doc[];
  closeSync(): void;
}
interface Zvec {
  readonly ZVecDataType: Record<string, number>;
  readonly ZVecIndexType: Record<string, number>;
  readonly ZVecMetricType: Record<string, number>;
  readonly ZVecCollectionSchema: new (schema: object) => object;
  ZVecInitialize(options: object): void;
  ZVecCreateAndOpen(path: string, schema: object): Collection;
  ZVecOpen(path: string): Collection;
}

const args = peerArguments(process.argv);
const { files } = args;
const zvec = args.load('@zvec/zvec') as Zvec;
zvec.ZVecInitialize({ queryThreads: 1, optimizeThreads: 1 });

async function build(): Promise<void> {
  rmSync(args.index, { recursive: true, force: true });
  const invert = { indexType: zvec.ZVecIndexType.INVERT };
  const schema = new zvec.ZVecCollectionSchema({
    name: 'bench',
    vectors: {
      name: 'v',
      dataType: zvec.ZVecDataType.VECTOR_FP32,
      dimension: files.dimension,
      indexParams: { indexType: zvec.ZVecIndexType.HNSW, metricType: zvec.ZVecMetricType.IP, m: 16, efConstruction: 200 },
    },
    fields: ['share', 'half'].map((name) => ({ name, dataType: zvec.ZVecDataType.INT64, indexParams: invert })),
  });
  const collection = zvec.ZVecCreateAndOpen(args.index, schema);
  await ingest(files, (first, last) =>
    collection.insertSync(
      Array.from({ length: last - first }, (_, i) => {
        const row = first + i;
        return { id: String(row), vectors: { v: files.row(row) }, fields: { share: files.share(row), half: files.half(row) } };
      }),
    ),
  );
  const start = performance.now();
  const cpu = process.cpuUsage();
  collection.optimizeSync({ concurrency: 1 });
  const used = process.cpuUsage(cpu);
  say({ what: 'build', cpu_seconds: (used.user + used.system) / 1e6, seconds: (performance.now() - start) / 1000 });
  collection.closeSync();
}

async function search(): Promise<void> {
  const before = anonymousMegabytes();
  const start = performance.now();
  const collection = zvec.ZVecOpen(args.index);
  const one = (query: Float32Array, ef: number, filter?: string) =>
    collection
      .querySync({
        fieldName: 'v',
        vector: query,
        topk: NEIGHBOURS,
        outputFields: [],
        ...(filter === undefined ? {} : { filter }),
        params: { indexType: zvec.ZVecIndexType.HNSW, ef },
      })
      .map((doc) => Number(doc.id));
  one(files.queries[0] as Float32Array, 16);
  say({ what: 'open', seconds: (performance.now() - start) / 1000, anonymous_mb: anonymousMegabytes() - before });
  for (const ef of [16, 32, 64, 128, 192, 256, 384, 512]) await curve(files, 'all', `ef=${ef}`, args.rounds, (query) => one(query, ef));
  for (const { name, field, below } of FILTERS) await curve(files, name, 'ef=100', 1, (query) => one(query, 100, `${field} < ${below}`));
  collection.closeSync();
}

await (args.command === 'build' ? build() : search());
