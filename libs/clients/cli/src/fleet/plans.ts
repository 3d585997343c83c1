import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessIdentity, spawnDetached, startNats, startPostgres } from '@codeoptima/embedded';
import { type Addresses, launchOf } from './environment.ts';
import { type Layout, SERVICE_NAMES } from './layout.ts';
import type { MemberPlan } from './member.ts';

export const postgresPlan = (layout: Layout, addresses: Addresses): MemberPlan => ({
  name: 'postgres',
  start: async () => {
    const server = await startPostgres({ dir: layout.postgres, socket_dir: layout.sockets, log: layout.log('postgres') });
    addresses.postgres_url = server.url;
    return server.process;
  },
  // Fast shutdown, then immediate: postgres(1).
  signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
  step_ms: 20_000,
  group: false,
});

/** @param onMoved told when the server is not where the services were told that it is: its port was taken while it was away */
export const natsPlan = (layout: Layout, addresses: Addresses, onMoved: () => void): MemberPlan => ({
  name: 'nats',
  start: async () => {
    const server = await startNats({ dir: layout.nats, log: layout.log('nats') });
    const moved = addresses.nats_url !== '' && addresses.nats_url !== server.url;
    addresses.nats_url = server.url;
    if (moved) onMoved();
    if (server.notice !== null) console.error(`NOTICE: ${server.notice}`);
    return server.process;
  },
  signals: ['SIGTERM', 'SIGKILL'],
  step_ms: 10_000,
  group: false,
});

const startService = async (name: string, main: string, layout: Layout, addresses: Addresses): Promise<ProcessIdentity> => {
  const { command, env } = launchOf(name, main, layout, addresses, process.env);
  const output_fd = openSync(layout.log(name), 'a', 0o600);
  try {
    return await spawnDetached({ command, env, cwd: layout.data_dir, output_fd });
  } finally {
    closeSync(output_fd);
  }
};

/** One plan for each service that is built into this checkout. */
export const servicePlans = (layout: Layout, addresses: Addresses, services_root: string): MemberPlan[] =>
  SERVICE_NAMES.flatMap((name) => {
    const main = join(services_root, name, 'src', 'main.ts');
    if (!existsSync(main)) return [];
    const start = (): Promise<ProcessIdentity> => startService(name, main, layout, addresses);
    // A service drains by itself within its own limit and margin (8 s by default).
    return [{ name, start, signals: ['SIGTERM', 'SIGKILL'] as const satisfies NodeJS.Signals[], step_ms: 15_000, group: true }];
  });
