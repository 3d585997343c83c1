import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SidecarServer, findSidecar, startSidecar as launchSidecar } from '@codeoptima/embedded';

export interface TestSidecar {
  /** Where it listens; stays the same across `restart`. */
  address: string;
  readonly pid: number;
  /** Folder for whatever a test has to lay beside it, 0700. */
  folder: string;
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  /** Ends it and deletes its data. */
  stop: () => Promise<void>;
}

/** A real vector engine with an empty data directory. It ends with this process, whatever happens to it. */
export const startSidecar = async (
  options: { listen?: (folder: string) => string; token_file?: (folder: string) => string } = {},
): Promise<TestSidecar> => {
  const folder = mkdtempSync(join(tmpdir(), 'codeoptima-test-'));
  const listen = options.listen?.(folder) ?? `unix:${join(folder, 'engine.sock')}`;
  const start = (): Promise<SidecarServer> =>
    launchSidecar({
      dir: join(folder, 'data'),
      listen,
      log: join(folder, 'engine.log'),
      die_with_parent: true,
      ...(options.token_file ? { token_file: options.token_file(folder) } : {}),
    });
  let server = await start();
  return {
    address: listen,
    folder,
    get pid() {
      return server.process.pid;
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.stop();
      server = await start();
    },
    stop: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** Why tests with a real vector engine cannot run here; false when they can. */
export const noSidecar = async (): Promise<string | false> => {
  const found = await findSidecar();
  return found.state === 'built' ? false : `no vector engine: it is ${found.state}; sh scripts/setup-memory.sh builds it`;
};
