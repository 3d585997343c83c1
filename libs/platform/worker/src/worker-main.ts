import { join } from 'node:path';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type Bus, openBus } from '@codeoptima/bus';
import { WorkService } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import { type Service, ServiceEnv, loadEnv, runMain, startService } from '@codeoptima/service-kit';
import { z } from 'zod';
import type { TaskHandlers } from './task-context.ts';
import { runWorker } from './worker.ts';

/** What every worker reads beside what every service does. */
export const WorkerEnv = ServiceEnv.extend({
  /** Beats tell the watchdog that the holder of an item lives; ten seconds leave room for five lost ones. Shortened in tests. */
  CODEOPTIMA_BEAT_MS: z.coerce.number().int().min(50).default(10_000),
  /** How often the planner is asked for work without a wake-up, and for the lease of what is worked on without a cancel. */
  CODEOPTIMA_POLL_MS: z.coerce.number().int().min(1_000).default(5_000),
});
export type WorkerEnv = z.infer<typeof WorkerEnv>;

export interface WorkerMainOptions<E extends WorkerEnv> {
  service: string;
  /** `WorkerEnv`, or the service's own schema that extends it. */
  env: z.ZodType<E>;
  /** Makes the handlers, by task; called once. */
  handlers: (kit: { service: Service<E>; artifacts: ArtifactStore }) => TaskHandlers | Promise<TaskHandlers>;
  /** Items worked on at once; 1 by default. */
  concurrency?: number;
}

/** A bus that is there is reached at once, and what is told of the first item then arrives; without one the worker goes on all the same. */
const BUS_FIRST_MS = 2_000;

const reached = (bus: Bus): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, BUS_FIRST_MS);
    bus.onConnection(() => {
      clearTimeout(timer);
      resolve();
    });
  });

const main = async <E extends WorkerEnv>(options: WorkerMainOptions<E>): Promise<void> => {
  const env = loadEnv(options.env);
  const service = await startService(options.service, env);
  const { log } = service;
  const bus = openBus({
    url: env.CODEOPTIMA_NATS_URL,
    name: options.service,
    log,
    onRefused: (error) => service.fail(error, 'the bus will not do'),
  });
  service.onStop('bus', bus.close);
  const first = reached(bus);
  service.health.require('bus', bus.isConnected);
  const token = env.CODEOPTIMA_TOKEN;
  const planner = createClient(WorkService, { address: env.CODEOPTIMA_PLANNER_ADDRESS, ...(token === undefined ? {} : { token }) });
  service.onStop('planner client', planner.close);
  const artifacts = await openDirectoryStore(join(env.CODEOPTIMA_DATA_DIR, 'objects'));
  const handlers = await options.handlers({ service, artifacts });
  await first;
  const worker = runWorker({
    service,
    handlers,
    bus,
    planner,
    artifacts,
    concurrency: options.concurrency ?? 1,
    beat_ms: env.CODEOPTIMA_BEAT_MS,
    poll_ms: env.CODEOPTIMA_POLL_MS,
  });
  service.onStop('worker', () => worker.drain(env.CODEOPTIMA_DRAIN_MS));
  log.info({ incarnation: service.incarnation, tasks: Object.keys(handlers) }, 'ready');
};

/**
 * The whole `main.ts` of a worker service:
 *
 *     workerMain({
 *       service: 'builder',
 *       env: WorkerEnv,
 *       handlers: ({ service, artifacts }) => ({
 *         baseline: async (context) => prepare(context.payload, context.workdir, context.signal),
 *       }),
 *     });
 *
 * It boots the service, connects to the bus and the planner, claims, beats, reports, and drains on SIGTERM.
 */
export const workerMain = <E extends WorkerEnv>(options: WorkerMainOptions<E>): void => runMain(options.service, () => main(options));
