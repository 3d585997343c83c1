import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, type PostgresServer, startNats as launchNats, startPostgres as launchPostgres } from '@codeoptima/embedded';

export interface TestPostgres {
  /** Stays the same across `restart`. */
  url: string;
  /** Process number of the running server. */
  readonly pid: number;
  /** Ends the server and deletes its data. */
  stop: () => Promise<void>;
  kill: () => Promise<void>;
  /** Starts it again after `kill` or a clean end of the running one. */
  restart: () => Promise<void>;
}

export interface TestNats extends TestPostgres {
  /** Deletes all streams with what they hold, and leaves the server running. */
  wipe: () => Promise<void>;
}

/** Memory in place of a disk, where there is enough: these stores survive kills, not power cuts, and a sync that waits proves nothing. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1024 ** 3;

const hasRoom = (dir: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    accessSync(dir, constants.W_OK);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
};

const throwAway = (): string => mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'codeoptima-test-'));
const remove = (dir: string): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });

/** A real Postgres on a free loopback port with an empty cluster. It ends with this process, whatever happens to it. */
export const startPostgres = async (options: { settings?: Record<string, string> } = {}): Promise<TestPostgres> => {
  const dir = throwAway();
  const start = (port: number): Promise<PostgresServer> => launchPostgres({ dir, port, die_with_parent: true, ...options });
  let server = await start(0);
  const port = Number(new URL(server.url).port);
  return {
    url: server.url,
    get pid() {
      return server.process.pid;
    },
    stop: async () => {
      // The data is thrown away: no need to wait for a checkpoint.
      await server.kill();
      remove(dir);
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.stop();
      server = await start(port);
    },
  };
};

/** A real nats-server with JetStream on a free loopback port. It ends with this process, whatever happens to it. */
export const startNats = async (): Promise<TestNats> => {
  const dir = throwAway();
  const start = (): Promise<NatsServer> => launchNats({ dir, die_with_parent: true });
  let server = await start();
  return {
    url: server.url,
    get pid() {
      return server.process.pid;
    },
    stop: async () => {
      await server.kill();
      remove(dir);
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.stop();
      server = await start();
    },
    wipe: async () => {
      await server.wipe();
      server = await start();
    },
  };
};
