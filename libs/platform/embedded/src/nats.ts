import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { draftOf } from './drafts.ts';
import { freePort } from './free-port.ts';
import { type NatsBinary, isRecent, natsBinary } from './nats-binary.ts';
import { type NatsFacts, probeNats } from './nats-probe.ts';
import { type ProcessIdentity, endProcess, isSameProcess, poll, spawnDetached } from './process.ts';
import { secretFile } from './secret-file.ts';

export interface NatsOptions {
  /** Holds the store, the token, the configuration and the log. Kept across starts. */
  dir: string;
  /** Loopback port. By default the one of the last start, so that clients find the server again. */
  port?: number;
  /** Server to run instead of the one that would be found. */
  binary?: string;
  log?: string;
  /** End with this process even when it is killed: for tests. */
  die_with_parent?: boolean;
  timeout_ms?: number;
}

export interface NatsServer {
  /** `nats://<token>@127.0.0.1:<port>`. */
  url: string;
  port: number;
  version: string;
  /** What this server lacks, to be said loudly; null when nothing does. */
  notice: string | null;
  process: ProcessIdentity;
  attached: boolean;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
  /** Stops the server and deletes everything it stored. Wake-ups are rebuilt from Postgres. */
  wipe: () => Promise<void>;
}

/** What is remembered of the last start, in `<dir>/server.json`. */
interface Remembered {
  port: number;
  process: ProcessIdentity;
}

const quote = (text: string): string => JSON.stringify(text);

const configuration = (dir: string, port: number, token: string, binary: NatsBinary): string => `
host: "127.0.0.1"
port: ${port}
server_name: "codeoptima"
authorization { token: ${quote(token)} }
max_payload: 1MB
jetstream {
  store_dir: ${quote(join(dir, 'store'))}
  max_memory_store: 64MB
  max_file_store: 2GB
${isRecent(binary.version) ? '  sync_interval: always\n' : ''}}
`;

const remembered = (dir: string): Remembered | null => {
  const path = join(dir, 'server.json');
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Remembered;
  } catch {
    return null;
  }
};

const remember = (dir: string, value: Remembered): void => {
  const draft = draftOf(join(dir, 'server.json'));
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600 });
  renameSync(draft, join(dir, 'server.json'));
};

const urlOf = (token: string, port: number): string => `nats://${token}@127.0.0.1:${port}`;

/** Where the server of `dir` listened when it last ran, and will again unless its port is taken; null when it never ran. */
export const lastNatsUrl = (dir: string): string | null => {
  const last = remembered(resolve(dir));
  return last === null ? null : urlOf(secretFile(join(resolve(dir), 'token')), last.port);
};

const handle = (
  dir: string,
  state: Remembered,
  token: string,
  facts: NatsFacts,
  more: { notice: string | null; attached: boolean },
): NatsServer => {
  const stop = (): Promise<void> => endProcess(state.process, ['SIGTERM', 'SIGKILL'], 10_000);
  return {
    url: urlOf(token, state.port),
    port: state.port,
    version: facts.version,
    process: state.process,
    ...more,
    stop,
    kill: () => endProcess(state.process, ['SIGKILL'], 0),
    wipe: async () => {
      await stop();
      rmSync(join(dir, 'store'), { recursive: true, force: true });
    },
  };
};

const launch = async (dir: string, port: number, token: string, binary: NatsBinary, options: NatsOptions): Promise<ProcessIdentity> => {
  const config = join(dir, 'nats.conf');
  writeFileSync(config, configuration(dir, port, token, binary), { mode: 0o600 });
  const output_fd = openSync(options.log ?? join(dir, 'nats.log'), 'a', 0o600);
  try {
    return await spawnDetached({
      // The Go runtime would keep freed memory; one machine needs few bytes of it.
      command: ['env', 'GOMEMLIMIT=64MiB', binary.path, '-c', config],
      output_fd,
      ...(options.die_with_parent ? { die_with_parent: true } : {}),
    });
  } finally {
    closeSync(output_fd);
  }
};

/**
 * Starts the nats-server of this machine with JetStream, on loopback and behind a random token, or attaches to the one that runs in
 * `dir`. Every acknowledged message is on disk from server 2.10 on; an older one comes with a notice.
 * @throws CodeOptimaError `unavailable` when none is installed or it does not get ready in time.
 */
export const startNats = async (options: NatsOptions): Promise<NatsServer> => {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const timeout_ms = options.timeout_ms ?? 30_000;
  const token = secretFile(join(dir, 'token'));
  const binary = await natsBinary(options.binary);
  const last = remembered(dir);
  if (last && isSameProcess(last.process)) {
    const facts = await poll(() => probeNats(last.port, token), { timeout_ms });
    if (facts) return handle(dir, last, token, facts, { notice: binary.notice, attached: true });
    throw new CodeOptimaError('conflict', `a nats-server already runs in ${dir} but does not answer.`, { ids: { path: dir } });
  }
  // Between looking for a free port and binding it another process may take it: then the server ends at once and we look again.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const port = options.port ?? (await freePort(last?.port));
    const process = await launch(dir, port, token, binary, options);
    // Before it is ready: whoever starts after a crash in between must find it.
    remember(dir, { port, process });
    const facts = await poll(async () => (isSameProcess(process) ? await probeNats(port, token) : false), { timeout_ms });
    if (facts) return handle(dir, { port, process }, token, facts, { notice: binary.notice, attached: false });
    await endProcess(process, ['SIGKILL'], 0);
  }
  throw new CodeOptimaError('unavailable', `nats-server did not start; see ${options.log ?? join(dir, 'nats.log')}.`, {
    ids: { path: dir },
  });
};
