import { CodeOptimaError } from '@codeoptima/contracts';
import { z } from 'zod';

/** What every process reads from its environment, also one that is no part of a run. */
export const BaseEnv = z.object({
  /** Private folder of this installation: objects, work folders, traces. */
  CODEOPTIMA_DATA_DIR: z.string().min(1),
  /** `unix:/path` or `host:port` for /metrics, /healthz and /readyz; without it they are not served. */
  CODEOPTIMA_METRICS_ADDRESS: z.string().min(1).optional(),
  /** Bearer token of gRPC on TCP. Not needed on Unix sockets, which their folder guards. */
  CODEOPTIMA_TOKEN: z.string().min(16).optional(),
  CODEOPTIMA_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** `file` writes spans to <data>/traces/<service>.jsonl; an OTLP endpoint takes precedence; `off` only passes the trace on. */
  CODEOPTIMA_TRACES: z.enum(['file', 'off']).default('off'),
  /** Base URL of an OpenTelemetry collector (OTLP over HTTP), as in the OpenTelemetry specification. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** How long running work may take to end after SIGTERM, in milliseconds, before it is given back. */
  CODEOPTIMA_DRAIN_MS: z.coerce.number().int().min(0).default(10_000),
});
export type BaseEnv = z.infer<typeof BaseEnv>;

/** What every service with a part in runs reads. A service's own schema extends it. */
export const ServiceEnv = BaseEnv.extend({
  /** `nats://<token>@host:port` of the bus. */
  CODEOPTIMA_NATS_URL: z.string().regex(/^nats:\/\//, 'must begin with nats://'),
  /** `unix:/path` or `host:port` of the planner. */
  CODEOPTIMA_PLANNER_ADDRESS: z.string().min(1),
  /** `unix:/path` or `host:port` of the memory gateway; without it nothing is recalled or remembered. */
  CODEOPTIMA_MEMORY_ADDRESS: z.string().min(1).optional(),
});
export type ServiceEnv = z.infer<typeof ServiceEnv>;

/**
 * Reads the environment by a schema.
 * @throws CodeOptimaError `bad_input` that names every variable that is missing or wrong, and never its value: it may be a secret.
 */
export const loadEnv = <S extends z.ZodType>(schema: S, source: Record<string, string | undefined> = process.env): z.infer<S> => {
  // An empty variable means an unset one, as in most programs.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CodeOptimaError('bad_input', `the environment is not usable: ${faults.join('; ')}`);
};
