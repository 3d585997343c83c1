import { createMetrics } from '@codeoptima/service-kit';
import { keyCheck } from '../adapters/api-key.ts';
import { serveQdrantGrpc } from '../adapters/qdrant-port.ts';
import { serveRest } from '../adapters/rest/server.ts';
import { Wire } from '../adapters/wire.ts';

/** Qdrant's REST and gRPC in this process, over the backend at `address`. */
export const testPorts = async (address: string, keys: { backend?: string; clients?: string } = {}) => {
  const wire = new Wire({ address, api_key: keys.backend ?? null });
  const check = keyCheck(keys.clients ?? null);
  const rest = await serveRest({
    listen: '127.0.0.1:0',
    wire,
    check,
    version: '1.19.0',
    metrics: createMetrics('test'),
    monotonic_ms: () => performance.now(),
    onAnswer: () => undefined,
  });
  const grpc = await serveQdrantGrpc({ listen: '127.0.0.1:0', wire, check });
  const portOf = (bound: string): number => Number(bound.split(':').at(-1));
  return {
    rest_url: `http://${rest.address}`,
    rest_port: portOf(rest.address),
    grpc_port: portOf(grpc.address),
    stop: async () => {
      await rest.stop();
      await grpc.stop();
      wire.close();
    },
  };
};
