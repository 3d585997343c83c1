import { closeSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { type PostgresCluster, SUPERUSER, clearStaleLock, listeningPort, openCluster, runningServer } from './postgres-cluster.ts';
import { type ProcessIdentity, endProcess, isSameProcess, poll, spawnDetached } from './process.ts';

export interface PostgresOptions {
  /** Holds the cluster, its password and its log. Kept across starts. */
  dir: string;
  /** Listens on this loopback port (0: a free one) instead of a Unix socket. */
  port?: number;
  /** Folder for the Unix socket; at most 90 bytes long. Needed unless `port` is given. */
  socket_dir?: string;
  /** Log file; `<dir>/postgres.log` by default. */
  log?: string;
  /** Extra server settings, such as `{ shared_buffers: '64MB' }`. */
  settings?: Record<string, string>;
  /** End with this process even when it is killed: for tests. */
  die_with_parent?: boolean;
  /** Default 60 s: a crash recovery on a slow disk takes its time. */
  timeout_ms?: number;
}

export interface PostgresServer {
  url: string;
  process: ProcessIdentity;
  /** True when the server ran already. */
  attached: boolean;
  /** Fast shutdown: sessions are ended, everything is on disk. */
  stop: () => Promise<void>;
  /** kill -9 of the server; its children notice and end. */
  kill: () => Promise<void>;
}

const urlOf = (cluster: PostgresCluster, options: PostgresOptions, port: number): string => {
  const credentials = `${SUPERUSER}:${cluster.password}`;
  if (options.port !== undefined) return `postgres://${credentials}@127.0.0.1:${port}/postgres`;
  return `postgres://${credentials}@localhost:${port}/postgres?host=${encodeURIComponent(resolve(options.socket_dir ?? ''))}`;
};

const answers = async (url: string): Promise<true | null> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
};

const launch = async (cluster: PostgresCluster, options: PostgresOptions, port: number): Promise<ProcessIdentity> => {
  const listen = options.port === undefined ? '' : '127.0.0.1';
  const socket_dir = options.socket_dir === undefined ? '' : resolve(options.socket_dir);
  const settings = { listen_addresses: listen, unix_socket_directories: socket_dir, unix_socket_permissions: '0700', ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  if (socket_dir !== '') cluster.user.own(socket_dir);
  const output_fd = openSync(options.log ?? join(cluster.dir, 'postgres.log'), 'a', 0o600);
  try {
    return await spawnDetached({
      command: cluster.user.wrap([cluster.binaries.postgres, '-D', cluster.data, '-p', String(port), ...flags]),
      output_fd,
      cwd: cluster.dir,
      ...(options.die_with_parent ? { die_with_parent: true } : {}),
    });
  } finally {
    closeSync(output_fd);
  }
};

const handle = (url: string, process: ProcessIdentity, attached: boolean): PostgresServer => ({
  url,
  process,
  attached,
  stop: () => endProcess(process, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 20_000),
  kill: () => endProcess(process, ['SIGKILL'], 0),
});

/**
 * Starts the real Postgres of this machine, or attaches to it when it runs. It runs on after this process; it listens on a Unix socket
 * or on loopback only and asks for a password that lies in `<dir>/password`.
 * @throws CodeOptimaError `unavailable` when it does not answer in time, with the place of its log.
 */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  const dir = resolve(options.dir);
  const cluster = await openCluster(dir);
  const running = runningServer(cluster.data);
  const port = options.port === 0 ? (listeningPort(cluster.data) ?? (await freePort())) : (options.port ?? 5432);
  const url = urlOf(cluster, options, port);
  const timeout_ms = options.timeout_ms ?? 60_000;
  if (running) {
    if (await poll(() => answers(url), { timeout_ms, interval_ms: 50 })) return handle(url, running, true);
    throw new CodeOptimaError('conflict', `a Postgres already runs in ${dir} but does not answer at the wanted address.`, {
      ids: { path: dir },
    });
  }
  await clearStaleLock(cluster.data);
  const process = await launch(cluster, options, port);
  const ready = await poll(async () => (isSameProcess(process) ? await answers(url) : false), { timeout_ms, interval_ms: 50 });
  if (ready) return handle(url, process, false);
  await endProcess(process, ['SIGINT', 'SIGKILL'], 5_000);
  throw new CodeOptimaError('unavailable', `Postgres did not start; see ${options.log ?? join(dir, 'postgres.log')}.`, {
    ids: { path: dir },
  });
};
