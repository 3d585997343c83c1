import { BaseEnv } from '@codeoptima/service-kit';
import { z } from 'zod';

const seconds = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

export const GatewayEnv = BaseEnv.extend({
  /** Where `memory.v1` is served: `unix:/path` in a private folder, or `host:port`, which needs grants. */
  CODEOPTIMA_MEMORY_LISTEN: z.string().min(1),
  /** `sidecar`: the engine of this machine. `qdrant`: a Qdrant server or cluster, which keeps the same collections. */
  MEMORY_BACKEND: z.enum(['sidecar', 'qdrant']).default('sidecar'),
  /** gRPC of the backend: `unix:/path`, `host:port`, or for a cluster also `http://host:port` and `https://host:port`. */
  CODEOPTIMA_MEMORY_BACKEND_ADDRESS: z.string().min(1),
  /** Sent to the backend as `api-key`. */
  CODEOPTIMA_MEMORY_BACKEND_API_KEY: z.string().min(1).optional(),
  /** Qdrant's REST for any client, `host:port`. Without it that is not served. */
  CODEOPTIMA_MEMORY_REST_LISTEN: z.string().min(1).optional(),
  /** Qdrant's gRPC for any client, `host:port`. Without it that is not served. */
  CODEOPTIMA_MEMORY_GRPC_LISTEN: z.string().min(1).optional(),
  /** Asked of those clients as `api-key` or bearer token. Needed beyond loopback, where anybody could connect. */
  CODEOPTIMA_MEMORY_API_KEY: z.string().min(16).optional(),
  /** JSON file: which token may speak for which projects and roles. Without it callers on the Unix socket are taken at their word. */
  CODEOPTIMA_MEMORY_GRANTS: z.string().min(1).optional(),
  /** Qdrant version told to clients, which warn when it is far from their own. */
  CODEOPTIMA_MEMORY_INTERFACE_VERSION: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must be like 1.19.0')
    .default('1.19.0'),
  /** Base URL of an OpenAI-compatible embeddings endpoint (`<url>/embeddings`); it replaces the code channel. */
  CODEOPTIMA_EMBEDDINGS_URL: z.url().optional(),
  CODEOPTIMA_EMBEDDINGS_MODEL: z.string().min(1).default('text-embedding-3-small'),
  CODEOPTIMA_EMBEDDINGS_API_KEY: z.string().min(1).optional(),
  /** Asked of the endpoint as `dimensions`; the size of the code channel. */
  CODEOPTIMA_EMBEDDINGS_DIMENSIONS: z.coerce.number().int().min(1).max(4096).default(512),
  /** Time of life of a hot memory that names none. */
  CODEOPTIMA_MEMORY_HOT_TTL_S: seconds(86_400),
  /** Recalls after which a memory is worth a better tier. */
  CODEOPTIMA_MEMORY_PROMOTE_RECALLS: z.coerce.number().int().min(1).default(2),
  /** A project memory that nobody recalled or changed for so long becomes historical. */
  CODEOPTIMA_MEMORY_AGE_S: seconds(30 * 86_400),
  /** A historical memory that nobody recalled or changed for so long is forgotten; unset: never. */
  CODEOPTIMA_MEMORY_RETENTION_S: z.coerce.number().int().min(1).optional(),
  /** How often tiers are looked through. */
  CODEOPTIMA_MEMORY_SWEEP_MS: z.coerce.number().int().min(50).default(60_000),
});
export type GatewayEnv = z.infer<typeof GatewayEnv>;
