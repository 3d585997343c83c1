import { type RpcServer, serve } from '@codeoptima/rpc';
import type { Service } from '@codeoptima/service-kit';
import type { TierPolicy } from '../domain/policy.ts';
import type { GatewayEnv } from '../env.ts';
import { Inspection } from '../gen/inspection_pb.ts';
import { Qdrant } from '../gen/snapshots_pb.ts';
import { builtIn, type Embedder, withEndpoint } from './embedder.ts';
import { Fences } from './fences.ts';
import { readGrants } from './grants.ts';
import { KeyedLock } from './keyed-lock.ts';
import { LetterStore } from './letters.ts';
import { Mailbox } from './mailbox.ts';
import { Memories } from './memories.ts';
import { gatewayMetrics, type GatewayMetrics } from './metrics.ts';
import { memoryService } from './service.ts';
import { TierStore } from './store.ts';
import { Tending } from './tending.ts';
import { Wire } from './wire.ts';

export interface Gateway {
  wire: Wire;
  server: RpcServer;
  metrics: GatewayMetrics;
  /** One round of promotion, ageing, embedding anew and notices. */
  sweep: () => Promise<void>;
}

/** Work items live for hours; a holder of one this old cannot. */
const FENCE_LIFE_MS = 90 * 86_400_000;

/** A scrape does not wait longer for the engine's part. */
const ENGINE_METRICS_MS = 2_000;

/** How soon a sender hears that its message ended. */
const NOTICES_MS = 1_000;

const embedderOf = (env: GatewayEnv): Embedder =>
  env.CODEOPTIMA_EMBEDDINGS_URL === undefined
    ? builtIn
    : withEndpoint({
        url: env.CODEOPTIMA_EMBEDDINGS_URL,
        model: env.CODEOPTIMA_EMBEDDINGS_MODEL,
        api_key: env.CODEOPTIMA_EMBEDDINGS_API_KEY ?? null,
        dimensions: env.CODEOPTIMA_EMBEDDINGS_DIMENSIONS,
      });

const policyOf = (env: GatewayEnv): TierPolicy => ({
  hot_ttl_ms: env.CODEOPTIMA_MEMORY_HOT_TTL_S * 1_000,
  promote_recalls: env.CODEOPTIMA_MEMORY_PROMOTE_RECALLS,
  age_ms: env.CODEOPTIMA_MEMORY_AGE_S * 1_000,
  retention_ms: env.CODEOPTIMA_MEMORY_RETENTION_S === undefined ? null : env.CODEOPTIMA_MEMORY_RETENTION_S * 1_000,
});

/** Wires the parts and serves `memory.v1`. The backend may be down: then calls say so, and work again once it is back. */
export const startGateway = async (service: Service<GatewayEnv>): Promise<Gateway> => {
  const { env, log, clock, ids } = service;
  const { now_ms } = clock;
  const backend = env.MEMORY_BACKEND;
  const wire = new Wire({ address: env.CODEOPTIMA_MEMORY_BACKEND_ADDRESS, api_key: env.CODEOPTIMA_MEMORY_BACKEND_API_KEY ?? null });
  service.onStop('vector store', () => wire.close());
  const embedder = embedderOf(env);
  const policy = policyOf(env);
  const lock = new KeyedLock();
  const store = new TierStore(wire, backend, embedder.version, embedder.dimensions);
  const fences = new Fences(wire, backend, now_ms);
  const memories = new Memories({ store, fences, embedder, policy, lock, now_ms });
  const mailbox = new Mailbox({ letters: new LetterStore(wire, backend), fences, now_ms, uuid: ids.uuid });
  const metrics = gatewayMetrics(service.metrics, { wire, fences, toReembed: () => tending.to_reembed });
  const tending = new Tending({ wire, store, recall: memories.recalls, embedder, policy, lock, now_ms, ...metrics.tending });
  if (backend === 'sidecar') service.metrics.include(async () => (await wire.call(Inspection.method.metrics, {}, ENGINE_METRICS_MS)).text);
  const grants = env.CODEOPTIMA_MEMORY_GRANTS === undefined ? null : readGrants(env.CODEOPTIMA_MEMORY_GRANTS);
  const version = { backend, embedding_version: embedder.version };
  const server = await serve({
    address: env.CODEOPTIMA_MEMORY_LISTEN,
    ...(grants === null ? (env.CODEOPTIMA_TOKEN === undefined ? {} : { token: env.CODEOPTIMA_TOKEN }) : { admit: () => undefined }),
    services: [memoryService({ memories, mailbox, fences, store, tending, grants, ...version, now_ms })],
    onError: (method, error) => log.warn({ err: error, method }, 'a call failed'),
  });
  const notices = setInterval(() => void mailbox.tend().catch(() => undefined), NOTICES_MS);
  service.onStop('memory.v1', async () => {
    clearInterval(notices);
    mailbox.close();
    await server.stop();
  });
  return {
    wire,
    server,
    metrics,
    sweep: async () => {
      await wire.probe(`/${Qdrant.typeName}/${Qdrant.method.healthCheck.name}`);
      await tending.sweep();
      await fences.prune(FENCE_LIFE_MS);
    },
  };
};
