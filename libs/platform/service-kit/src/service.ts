import { flushCompileCache } from 'node:module';
import { openScratch } from '@codeoptima/embedded/scratch';
import { type Clock, type Ids, systemClock, systemIds } from './clock.ts';
import type { BaseEnv, ServiceEnv } from './env.ts';
import { type Health, createHealth } from './health.ts';
import { type Logger, createLogger } from './logger.ts';
import { type Metrics, createMetrics } from './metrics.ts';
import { serveProbes } from './probe-server.ts';
import { startTracing } from './tracing.ts';

/** What a service's main gets to wire its parts with. */
export interface Service<E extends BaseEnv = ServiceEnv> {
  name: string;
  /** UUID of this start of the process; the owner id of everything it holds. */
  incarnation: string;
  env: E;
  log: Logger;
  metrics: Metrics;
  health: Health;
  clock: Clock;
  ids: Ids;
  /** Registers a step of the orderly end; steps run in the reverse order of their registration. */
  onStop: (what: string, stop: () => Promise<void> | void) => void;
  /** Ends the service in order; the same as SIGTERM. */
  stop: (reason: string) => Promise<void>;
  /** Ends the process at once, with the error as its last word: for what the service cannot work without and nobody here can mend. */
  fail: (error: unknown, what: string) => void;
}

/** Beyond the time that work may take to drain: closing connections must not hold up the end. */
const STOP_MARGIN_MS = 5_000;

const runStops = async (steps: [string, () => Promise<void> | void][], log: Logger): Promise<void> => {
  for (const [what, stop] of steps.toReversed()) {
    try {
      await stop();
    } catch (error) {
      log.warn({ err: error, step: what }, 'a step of the orderly end failed');
    }
  }
};

/** The supervisor starts it anew; what it held is taken back by its lease. */
const failing = (log: Logger) => (error: unknown, what: string) => {
  log.fatal({ err: error }, what);
  log.flush();
  process.exit(1);
};

const onSignals = (stop: (reason: string) => Promise<void>, fail: Service['fail']): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  process.on('uncaughtException', (error) => fail(error, 'uncaught exception'));
  process.on('unhandledRejection', (error) => fail(error, 'unhandled rejection'));
};

/** Temporary files lie in a folder of this process, which goes with it; that of a killed one is swept by whoever starts next. */
const useScratch = (data_dir: string, log: Logger): void => {
  try {
    process.once('exit', openScratch(data_dir).close);
  } catch (error) {
    // Few services need one, and those that do say so: what serves and decides goes on although the disk is full.
    log.warn({ err: error }, "temporary files go to the system's folder");
  }
};

/**
 * Boots a service: traces, logs, metrics, scratch, probes and signals, in this order. A service then wires its parts, and registers with
 * `onStop` how each ends. After the last step the process exits with 0.
 */
export const startService = async <E extends BaseEnv>(name: string, env: E): Promise<Service<E>> => {
  const stopTracing = await startTracing({
    service: name,
    data_dir: env.CODEOPTIMA_DATA_DIR,
    traces: env.CODEOPTIMA_TRACES,
    otlp_endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  const log = createLogger(name, env.CODEOPTIMA_LOG_LEVEL);
  const metrics = createMetrics(name);
  const health = createHealth();
  useScratch(env.CODEOPTIMA_DATA_DIR, log);
  const steps: [string, () => Promise<void> | void][] = [['traces', stopTracing]];
  let stopping: Promise<void> | null = null;
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      log.info({ reason }, 'stopping');
      setTimeout(() => process.exit(1), env.CODEOPTIMA_DRAIN_MS + STOP_MARGIN_MS).unref();
      await runStops(steps, log);
      log.info('stopped');
      log.flush();
      process.exit(0);
    })();
    return stopping;
  };
  health.require('running', () => stopping === null);
  const fail = failing(log);
  onSignals(stop, fail);
  if (env.CODEOPTIMA_METRICS_ADDRESS !== undefined) {
    const probes = await serveProbes(env.CODEOPTIMA_METRICS_ADDRESS, metrics, health);
    steps.push(['probes', probes.close]);
  }
  return {
    name,
    incarnation: systemIds.uuid(),
    env,
    log,
    metrics,
    health,
    clock: systemClock,
    ids: systemIds,
    onStop: (what, step) => void steps.push([what, step]),
    stop,
    fail,
  };
};

/** Runs a service's main; a failed start ends with one line in the log and exit code 1. */
export const runMain = (name: string, main: () => Promise<void>): void => {
  const start = async (): Promise<void> => {
    await main();
    // Written at the end by default, which a killed process does not reach. Without a compile cache this does nothing.
    flushCompileCache();
  };
  start().catch((error: unknown) => {
    const log = createLogger(name, 'info');
    log.fatal({ err: error }, 'start failed');
    log.flush();
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 100);
  });
};
