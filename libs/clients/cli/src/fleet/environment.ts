import { join } from 'node:path';
import type { SidecarKeys } from '@codeoptima/embedded';
import { type Layout, SERVICES_ROOT } from './layout.ts';

/**
 * Node keeps compiled and type-stripped modules here: a service starts in half the time and need not load the stripper, which takes
 * 25 MB in each process. The checkout is the place, since it must be as trustworthy as the code itself.
 */
const COMPILE_CACHE = join(SERVICES_ROOT, '..', '.cache', 'compile');

/** What every Node process of the fleet gets beside the environment of whoever started it. */
export const nodeEnvironment = (inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...inherited,
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  // One arena instead of one per thread: memory given back by one thread serves the others (mallopt(3)).
  MALLOC_ARENA_MAX: '1',
});

export interface Addresses {
  postgres_url: string;
  nats_url: string;
}

/** Limits that keep a small service small: V8 would rather grow than collect. */
const NODE_FLAGS = ['--max-semi-space-size=2', '--disable-warning=ExperimentalWarning'];

/** How a service is started: command line and environment. Only the planner learns where Postgres is. */
export const launchOf = (
  name: string,
  main: string,
  layout: Layout,
  addresses: Addresses,
  inherited: NodeJS.ProcessEnv,
): { command: string[]; env: NodeJS.ProcessEnv } => {
  const { CODEOPTIMA_POSTGRES_URL: _kept_from_workers, ...others } = inherited;
  return {
    command: [process.execPath, ...NODE_FLAGS, main],
    env: {
      CODEOPTIMA_TRACES: 'file',
      CODEOPTIMA_DRAIN_MS: '3000',
      // All workers run here, so the watchdog can see and end their processes.
      CODEOPTIMA_WATCHDOG_KILL: 'local',
      ...nodeEnvironment(others),
      CODEOPTIMA_DATA_DIR: layout.data_dir,
      CODEOPTIMA_NATS_URL: addresses.nats_url,
      CODEOPTIMA_PLANNER_ADDRESS: layout.planner_address,
      CODEOPTIMA_MEMORY_ADDRESS: layout.memory_address,
      CODEOPTIMA_METRICS_ADDRESS: layout.probeAddress(name),
      ...(name === 'planner' ? { CODEOPTIMA_POSTGRES_URL: addresses.postgres_url } : {}),
    },
  };
};

/** Whether the memory is kept by the engine of this machine, and not by a Qdrant elsewhere. */
export const isEngineLocal = (inherited: NodeJS.ProcessEnv): boolean => (inherited['MEMORY_BACKEND'] || 'sidecar') === 'sidecar';

/** The master key of the engine of this machine, as whoever starts it has set it. */
export const masterKeyOf = (inherited: NodeJS.ProcessEnv): SidecarKeys => ({
  ...(inherited['CODEOPTIMA_MEMORY_MASTER_KEY_FILE'] ? { master_key_file: inherited['CODEOPTIMA_MEMORY_MASTER_KEY_FILE'] } : {}),
  ...(inherited['CODEOPTIMA_MEMORY_MASTER_KEY_COMMAND'] ? { master_key_command: inherited['CODEOPTIMA_MEMORY_MASTER_KEY_COMMAND'] } : {}),
});

/** How the memory gateway is started. What it is told about a Qdrant cluster and embeddings comes from whoever started the fleet. */
export const launchGateway = (
  main: string,
  layout: Layout,
  inherited: NodeJS.ProcessEnv,
  ports: NodeJS.ProcessEnv = {},
): { command: string[]; env: NodeJS.ProcessEnv } => {
  const { CODEOPTIMA_POSTGRES_URL: _not_its, ...others } = inherited;
  return {
    command: [process.execPath, ...NODE_FLAGS, main],
    env: {
      CODEOPTIMA_TRACES: 'file',
      CODEOPTIMA_DRAIN_MS: '3000',
      ...nodeEnvironment(others),
      CODEOPTIMA_DATA_DIR: layout.data_dir,
      CODEOPTIMA_METRICS_ADDRESS: layout.probeAddress('memory-gateway'),
      CODEOPTIMA_MEMORY_LISTEN: layout.memory_address,
      ...(isEngineLocal(inherited) ? { CODEOPTIMA_MEMORY_BACKEND_ADDRESS: layout.engine_address } : {}),
      ...ports,
    },
  };
};
