export { type Clock, type Ids, systemClock, systemIds } from './clock.ts';
export { BaseEnv, ServiceEnv, loadEnv } from './env.ts';
export { faultPoint } from './fault-point.ts';
export type { Health } from './health.ts';
export { type Logger, createLogger } from './logger.ts';
export { type Metrics, createMetrics } from './metrics.ts';
export { type ProbeServer, serveProbes } from './probe-server.ts';
export { type Service, runMain, startService } from './service.ts';
export { type TracingOptions, currentTraceparent, inSpan, inTrace, startTracing } from './tracing.ts';
