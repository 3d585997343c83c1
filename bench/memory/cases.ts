/** What is measured on what: data sets, sizes and who takes part. */

export interface Case {
  readonly set: 'A' | 'B' | 'C' | 'D' | 'E' | 'G';
  readonly rows: number;
  readonly dimension: number;
  readonly queries: number;
  readonly peers: readonly string[];
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Keeps what it was given when the process dies, without a call to save it. */
  readonly persists: boolean;
  /** Whether an acknowledged insert has been synced to the disk; null when inserts are kept in memory until saved. */
  readonly syncs: boolean | null;
}

/** `syncs` is by the peer's documentation and by the system calls it was seen to make during an insert. */
export const PEERS: readonly Peer[] = [
  { name: 'ours', title: '**vector-sidecar** (hot)', persists: true, syncs: true },
  { name: 'ours-project', title: '**vector-sidecar** (project: 1-bit scan)', persists: true, syncs: true },
  { name: 'hnswlib', title: 'hnswlib 0.8 (C++)', persists: false, syncs: null },
  { name: 'usearch-f32', title: 'usearch 2.26.6 f32', persists: false, syncs: null },
  { name: 'usearch-i8', title: 'usearch 2.26.6 i8 + rerank', persists: false, syncs: null },
  { name: 'faiss-hnsw', title: 'faiss-cpu 1.15.1 HNSW', persists: false, syncs: null },
  { name: 'faiss-ivf-rabitq', title: 'faiss-cpu 1.15.1 IVF, RaBitQ + rerank', persists: false, syncs: null },
  { name: 'zvec', title: 'zvec 0.7.0 HNSW', persists: true, syncs: false },
  { name: 'sqlite-vec', title: 'sqlite-vec 0.1.9 (exact)', persists: true, syncs: true },
  { name: 'lancedb', title: 'LanceDB 0.39.0 IVF-HNSW-SQ', persists: true, syncs: false },
];

const everyone = PEERS.map((peer) => peer.name);
const shapes = ['ours', 'hnswlib'];

export const QUICK: readonly Case[] = [
  { set: 'A', rows: 20_000, dimension: 768, queries: 200, peers: everyone },
  { set: 'G', rows: 5_000, dimension: 768, queries: 200, peers: shapes },
];

export const FULL: readonly Case[] = [
  { set: 'A', rows: 100_000, dimension: 768, queries: 500, peers: everyone },
  { set: 'A', rows: 100_000, dimension: 128, queries: 500, peers: everyone },
  { set: 'A', rows: 100_000, dimension: 1536, queries: 300, peers: everyone },
  ...(['B', 'C', 'D', 'E'] as const).map((set) => ({ set, rows: 50_000, dimension: 768, queries: 300, peers: shapes })),
  { set: 'G', rows: 20_000, dimension: 768, queries: 300, peers: shapes },
];

export const MILLION: readonly Case[] = [{ set: 'A', rows: 1_000_000, dimension: 128, queries: 300, peers: ['ours', 'hnswlib'] }];

export const nameOf = (one: Case): string => `${one.set}-${one.rows}x${one.dimension}`;
