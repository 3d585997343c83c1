import { join } from 'node:path';
import { openDirectoryStore } from '@codeoptima/artifacts';
import { openBus } from '@codeoptima/bus';
import { CodeOptimaError } from '@codeoptima/contracts';
import { serve } from '@codeoptima/rpc';
import { loadEnv, runMain, startService } from '@codeoptima/service-kit';
import { openStore } from '@codeoptima/store';
import { loadWorkflow } from '@codeoptima/workflow';
import { createPlanner } from './adapters/planner.ts';
import { watchStore } from './adapters/store-health.ts';
import { PlannerEnv } from './env.ts';

runMain('planner', async () => {
  const service = await startService('planner', loadEnv(PlannerEnv));
  const { env, log, health, onStop } = service;

  const store = await openStore({
    url: env.CODEOPTIMA_POSTGRES_URL,
    connections: env.CODEOPTIMA_POSTGRES_CONNECTIONS,
    onError: (error) => log.warn({ err: error }, 'a connection to Postgres broke'),
  });
  onStop('store', store.close);

  const bus = openBus({
    url: env.CODEOPTIMA_NATS_URL,
    name: 'planner',
    log,
    onRefused: (error) => service.fail(error, 'the bus will not do'),
  });
  onStop('bus', bus.close);

  const planner = await createPlanner({
    ...service,
    store,
    bus,
    workflows: [loadWorkflow('optimize')],
    artifacts: await openDirectoryStore(join(env.CODEOPTIMA_DATA_DIR, 'objects')),
    keep_ms: env.CODEOPTIMA_KEEP_DAYS * 86_400_000,
  });
  onStop('planner', planner.stop);

  const rpc = await serve({
    address: env.CODEOPTIMA_PLANNER_ADDRESS,
    services: planner.services,
    ...(env.CODEOPTIMA_TOKEN === undefined ? {} : { token: env.CODEOPTIMA_TOKEN }),
    onError: (method, error) => {
      const known = error instanceof CodeOptimaError && error.code !== 'internal';
      if (known) log.info({ err: error, method }, 'a call was refused');
      else log.error({ err: error, method }, 'a call failed');
    },
  });
  onStop('rpc', () => planner.released(env.CODEOPTIMA_DRAIN_MS).then(() => rpc.stop()));

  const { reachable, stop } = watchStore(store, log);
  onStop('store watch', stop);
  health.require('postgres', reachable);
  health.require('nats', bus.isConnected);
  health.require('streams', bus.isStoring);
  log.info({ address: rpc.address, incarnation: service.incarnation }, 'planner serves');
});
