import { join } from 'node:path';
import { createClient } from '@codeoptima/rpc';
import { createMetrics, createLogger, loadEnv, type Service } from '@codeoptima/service-kit';
import { MemoryService } from '@codeoptima/contracts/memory';
import { type Gateway, startGateway } from '../adapters/gateway.ts';
import { GatewayEnv } from '../env.ts';

export interface TestGateway extends Gateway {
  /** Moves the gateway's wall clock. */
  clock: { now_ms: number };
  client: ReturnType<typeof createClient<typeof MemoryService>>;
  stop: () => Promise<void>;
}

let count = 0;

/** The gateway in this process, with a clock that stands still, over the given engine. */
export const testGateway = async (
  engine: { address: string; folder: string },
  more: Record<string, string> = {},
  clock = { now_ms: Date.parse('2026-01-01T00:00:00Z') },
): Promise<TestGateway> => {
  const address = more['CODEOPTIMA_MEMORY_LISTEN'] ?? `unix:${join(engine.folder, `gateway-${(count += 1)}.sock`)}`;
  const env = loadEnv(GatewayEnv, {
    CODEOPTIMA_DATA_DIR: engine.folder,
    CODEOPTIMA_MEMORY_LISTEN: address,
    CODEOPTIMA_MEMORY_BACKEND_ADDRESS: engine.address,
    ...more,
  });
  const stops: (() => Promise<void> | void)[] = [];
  const ids = { uuid: () => crypto.randomUUID() };
  const service: Service<GatewayEnv> = {
    name: 'memory-gateway',
    incarnation: 'test',
    env,
    log: createLogger('memory-gateway', 'silent'),
    metrics: createMetrics('memory-gateway'),
    health: { require: () => undefined, failing: () => [] },
    clock: { now_ms: () => clock.now_ms, monotonic_ms: () => performance.now() },
    ids,
    onStop: (_what, stop) => void stops.push(stop),
    stop: () => Promise.resolve(),
    fail: () => undefined,
  };
  const gateway = await startGateway(service);
  const client = createClient(MemoryService, { address: gateway.server.address, timeout_ms: 60_000 });
  return {
    ...gateway,
    clock,
    client,
    stop: async () => {
      client.close();
      for (const stop of stops.toReversed()) await stop();
    },
  };
};

export const CALLER = { project: 'shop', role: 'analyzer', agent: 'a1' };

let items = 0;
/** A work item that no other test uses. */
export const fence = (epoch = 1n) => ({ itemId: `item-${(items += 1)}`, epoch });

/** For comparing what comes in no order. */
export const byText = (a: string | undefined, b: string | undefined): number => ((a ?? '') < (b ?? '') ? -1 : 1);
