import { openBus } from '@codeoptima/bus';
import { WorkService } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import { loadEnv, runMain, startService } from '@codeoptima/service-kit';
import { localProcesses, remoteProcesses } from './adapters/local-processes.ts';
import { watchdogMetrics } from './adapters/metrics.ts';
import { Watch } from './adapters/watch.ts';
import { WatchdogEnv } from './env.ts';

runMain('watchdog', async () => {
  const env = loadEnv(WatchdogEnv);
  const service = await startService('watchdog', env);
  const { log, clock } = service;
  const onRefused = (error: unknown): void => service.fail(error, 'the bus will not do');
  const bus = openBus({ url: env.CODEOPTIMA_NATS_URL, name: 'watchdog', log, onRefused });
  service.onStop('bus', bus.close);
  service.health.require('bus', bus.isConnected);
  const token = env.CODEOPTIMA_TOKEN === undefined ? {} : { token: env.CODEOPTIMA_TOKEN };
  const planner = createClient(WorkService, { address: env.CODEOPTIMA_PLANNER_ADDRESS, ...token });
  service.onStop('planner client', planner.close);
  const watch = new Watch({
    bus,
    planner,
    clock,
    log,
    processes: env.CODEOPTIMA_WATCHDOG_KILL === 'local' ? localProcesses(env.CODEOPTIMA_DATA_DIR) : remoteProcesses(),
    metrics: watchdogMetrics(service.metrics),
    limits: {
      stale_ms: env.CODEOPTIMA_STALE_MS,
      progressLimit_ms: (name) => env.CODEOPTIMA_PROGRESS_LIMITS.get(name) ?? env.CODEOPTIMA_PROGRESS_MS,
      breaker_share: 0.3,
      breaker_count: 3,
    },
    sweep_ms: env.CODEOPTIMA_SWEEP_MS,
    obey_ms: env.CODEOPTIMA_OBEY_MS,
  });
  service.onStop(
    'beats',
    bus.onBeat((beat) => watch.onBeat(beat)),
  );
  let sweeping = false;
  const pass = (): void => {
    if (sweeping) return;
    sweeping = true;
    void watch.sweep().finally(() => (sweeping = false));
  };
  service.onStop(
    'connection',
    bus.onConnection(() => {
      watch.onConnection();
      // Who ended while nobody watched is known at once.
      pass();
    }),
  );
  const timer = setInterval(pass, env.CODEOPTIMA_SWEEP_MS);
  service.onStop('sweeps', () => clearInterval(timer));
  log.info({ stale_ms: env.CODEOPTIMA_STALE_MS, sweep_ms: env.CODEOPTIMA_SWEEP_MS, kill: env.CODEOPTIMA_WATCHDOG_KILL }, 'ready');
});
