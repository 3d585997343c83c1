/** sqlite-vec in process: an exact scan in a table; each batch is one transaction with synchronous = FULL, so that it is on disk. */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { anonymousMegabytes, curve, FILTERS, ingest, NEIGHBOURS, peerArguments, say } from './peer-runner.ts';

const args = peerArguments(process.argv);
const { files } = args;
const extension = args.load('sqlite-vec') as { getLoadablePath(): string };

function open(): DatabaseSync {
  const database = new DatabaseSync(args.index, { allowExtension: true });
  database.loadExtension(extension.getLoadablePath());
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return database;
}

const blob = (vector: Float32Array) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

async function build(): Promise<void> {
  rmSync(args.index, { force: true });
  const database = open();
  database.exec(`CREATE VIRTUAL TABLE bench USING vec0(v float[${files.dimension}] distance_metric=cosine, share integer, half integer)`);
  const insert = database.prepare('INSERT INTO bench(rowid, v, share, half) VALUES (?, ?, ?, ?)');
  await ingest(files, (first, last) => {
    database.exec('BEGIN');
    for (let row = first; row < last; row++)
      insert.run(BigInt(row), blob(files.row(row)), BigInt(files.share(row)), BigInt(files.half(row)));
    database.exec('COMMIT');
  });
  say({ what: 'build', cpu_seconds: 0, seconds: 0 });
  database.close();
}

async function search(): Promise<void> {
  const before = anonymousMegabytes();
  const start = performance.now();
  const database = open();
  const plain = database.prepare('SELECT rowid FROM bench WHERE v MATCH ? AND k = ?');
  const ids = (rows: Record<string, unknown>[]) => rows.map((row) => Number(row['rowid']));
  ids(plain.all(blob(files.queries[0] as Float32Array), NEIGHBOURS));
  say({ what: 'open', seconds: (performance.now() - start) / 1000, anonymous_mb: anonymousMegabytes() - before });
  await curve(files, 'all', 'exact', 1, (query) => ids(plain.all(blob(query), NEIGHBOURS)));
  for (const { name, field, below } of FILTERS) {
    const filtered = database.prepare(`SELECT rowid FROM bench WHERE v MATCH ? AND k = ? AND ${field} < ${below}`);
    await curve(files, name, 'exact', 1, (query) => ids(filtered.all(blob(query), NEIGHBOURS)));
  }
  database.close();
}

await (args.command === 'build' ? build() : search());
