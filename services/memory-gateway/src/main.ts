import { loadEnv, runMain, startService } from '@codeoptima/service-kit';
import { checkExposure, keyCheck } from './adapters/api-key.ts';
import { startGateway } from './adapters/gateway.ts';
import { serveQdrantGrpc } from './adapters/qdrant-port.ts';
import { GatewayEnv } from './env.ts';

runMain('memory-gateway', async () => {
  const env = loadEnv(GatewayEnv);
  const service = await startService('memory-gateway', env);
  const { log, clock } = service;
  const { wire, metrics, sweep } = await startGateway(service);
  const api_key = env.CODEOPTIMA_MEMORY_API_KEY ?? null;
  const check = keyCheck(api_key);
  let served = false;
  service.health.require('ports', () => served);
  const ports: Record<string, string> = {};
  if (env.CODEOPTIMA_MEMORY_GRPC_LISTEN !== undefined) {
    checkExposure(env.CODEOPTIMA_MEMORY_GRPC_LISTEN, api_key);
    const grpc = await serveQdrantGrpc({ listen: env.CODEOPTIMA_MEMORY_GRPC_LISTEN, wire, check });
    service.onStop('Qdrant gRPC', grpc.stop);
    ports['grpc'] = grpc.address;
  }
  if (env.CODEOPTIMA_MEMORY_REST_LISTEN !== undefined) {
    checkExposure(env.CODEOPTIMA_MEMORY_REST_LISTEN, api_key);
    // Its web framework is loaded only where it is needed.
    const { serveRest } = await import('./adapters/rest/server.ts');
    const rest = await serveRest({
      listen: env.CODEOPTIMA_MEMORY_REST_LISTEN,
      wire,
      check,
      version: env.CODEOPTIMA_MEMORY_INTERFACE_VERSION,
      metrics: service.metrics,
      monotonic_ms: clock.monotonic_ms,
      onAnswer: metrics.onRestAnswer,
    });
    service.onStop('Qdrant REST', rest.stop);
    ports['rest'] = rest.address;
  }
  served = true;
  let sweeping = false;
  const timer = setInterval(() => {
    if (sweeping) return;
    sweeping = true;
    sweep()
      .then(
        () => metrics.onSweep(false),
        (error: unknown) => {
          metrics.onSweep(true);
          log.warn({ err: error }, 'the background work is tried again at the next round');
        },
      )
      .finally(() => (sweeping = false));
  }, env.CODEOPTIMA_MEMORY_SWEEP_MS);
  service.onStop('background work', () => clearInterval(timer));
  log.info({ backend: env.MEMORY_BACKEND, address: wire.address, ...ports }, 'ready');
});
