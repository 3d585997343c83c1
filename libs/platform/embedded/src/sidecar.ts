import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type ProcessIdentity, endProcess, isSameProcess, poll, spawnDetached } from './process.ts';
import { sidecarBinary } from './sidecar-binary.ts';

/** The master key under which new collections are encrypted, and without which encrypted ones are not opened. */
export interface SidecarKeys {
  /** 32 bytes, raw or as 64 hex digits. */
  master_key_file?: string;
  /** A command that prints them, such as a client of a key store. */
  master_key_command?: string;
  /** Give every encrypted collection a new data key at this start; older segments follow as they are merged. */
  rotate_keys?: boolean;
}

export interface SidecarOptions extends SidecarKeys {
  /** Holds the collections. */
  dir: string;
  /** `unix:/path`, or `host:port`, which needs a token. */
  listen: string;
  /** File with the token of at least 16 characters that every call must carry. */
  token_file?: string;
  log: string;
  /** Port on loopback for its own /metrics. */
  metrics_port?: number;
  /** End with this process even when it is killed: for tests. */
  die_with_parent?: boolean;
  timeout_ms?: number;
  /** Told of the process before it is ready: whoever is killed meanwhile has it written down for the next one to end. */
  onSpawn?: (process: ProcessIdentity) => void;
}

export interface SidecarServer {
  address: string;
  process: ProcessIdentity;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
}

const accepts = (listen: string): Promise<boolean> =>
  new Promise((done) => {
    const colon = listen.lastIndexOf(':');
    const where = listen.startsWith('unix:')
      ? { path: listen.slice('unix:'.length) }
      : { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
    const socket = connect(where);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

const launch = async (binary: string, options: SidecarOptions): Promise<ProcessIdentity> => {
  const output_fd = openSync(options.log, 'a', 0o600);
  try {
    return await spawnDetached({
      command: [
        binary,
        '--data-dir',
        resolve(options.dir),
        '--listen',
        options.listen,
        ...(options.token_file === undefined ? [] : ['--token-file', options.token_file]),
        ...(options.master_key_file === undefined ? [] : ['--master-key-file', resolve(options.master_key_file)]),
        ...(options.master_key_command === undefined ? [] : ['--master-key-command', options.master_key_command]),
        ...(options.rotate_keys ? ['--rotate-keys'] : []),
        ...(options.metrics_port === undefined ? [] : ['--metrics-port', String(options.metrics_port)]),
      ],
      output_fd,
      ...(options.die_with_parent ? { die_with_parent: true } : {}),
    });
  } finally {
    closeSync(output_fd);
  }
};

/**
 * Starts the vector engine of this machine. It answers once every collection is recovered, which takes about a second for each two
 * hundred thousand records of the log.
 * @throws CodeOptimaError `unavailable` when it is not built, or does not get ready in time.
 */
export const startSidecar = async (options: SidecarOptions): Promise<SidecarServer> => {
  const binary = await sidecarBinary();
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  if (options.listen.startsWith('unix:')) {
    const path = options.listen.slice('unix:'.length);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (await accepts(options.listen)) throw new CodeOptimaError('conflict', `another process serves ${path} already.`, { ids: { path } });
    rmSync(path, { force: true });
  }
  const process = await launch(binary, options);
  options.onSpawn?.(process);
  const ready = await poll(async () => (!isSameProcess(process) ? false : (await accepts(options.listen)) ? true : null), {
    timeout_ms: options.timeout_ms ?? 120_000,
  });
  if (ready !== true) {
    await endProcess(process, ['SIGKILL'], 0);
    throw new CodeOptimaError('unavailable', `the vector engine did not start; see ${options.log}.`, { ids: { path: options.dir } });
  }
  return {
    address: options.listen,
    process,
    stop: () => endProcess(process, ['SIGTERM', 'SIGKILL'], 15_000),
    kill: () => endProcess(process, ['SIGKILL'], 0),
  };
};

/** Where the engine of a data directory listens. */
export const sidecarAddress = (socket_dir: string): string => `unix:${join(socket_dir, 'vector-sidecar.sock')}`;
