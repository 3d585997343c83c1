import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { type ProcessIdentity, identify, isAlive, poll } from './process.ts';
import { secretFile } from './secret-file.ts';
import { type Unprivileged, unprivileged } from './unprivileged.ts';

/**
 * A cluster on disk: `<dir>/data` with its password in `<dir>/password`. Small, since it serves one machine; every acknowledged commit
 * is on disk (fsync and synchronous_commit stay on).
 */
export interface PostgresCluster {
  dir: string;
  data: string;
  password: string;
  binaries: PostgresBinaries;
  user: Unprivileged;
}

const SETTINGS = `
# Written once by codeoptima; change what you like, it is not written again.
fsync = on
synchronous_commit = on
max_connections = 50
shared_buffers = 32MB
io_method = sync
jit = off
# In the data directory, not in /dev/shm: a server that is killed for good leaves nothing there.
dynamic_shared_memory_type = mmap
max_wal_size = 256MB
max_worker_processes = 2
max_logical_replication_workers = 0
max_parallel_workers_per_gather = 0
timezone = UTC
log_min_messages = warning
`;

export const SUPERUSER = 'codeoptima';

const create = async (dir: string, data: string, password: string, binaries: PostgresBinaries, user: Unprivileged): Promise<void> => {
  // A half-made cluster of an interrupted first start never gets the final name.
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password_file = join(dir, 'initdb-password');
  writeFileSync(password_file, `${password}\n`, { mode: 0o600 });
  user.own(draft);
  user.own(password_file);
  const flags = ['-D', draft, '-U', SUPERUSER, `--pwfile=${password_file}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale'];
  // One sync of the file system in place of a thousand of its files, each of which waits for the disk (initdb(1)).
  if (process.platform === 'linux') flags.push('--sync-method=syncfs');
  const command = user.wrap([binaries.initdb, ...flags]);
  try {
    await promisify(execFile)(command[0] ?? '', command.slice(1), { cwd: dir });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    if (/No space left|disk full/i.test(said))
      throw new CodeOptimaError('disk_full', `the disk of ${dir} is full; free some space, a new database takes 50 MB.`, {
        cause,
        ids: { path: dir },
      });
    throw new CodeOptimaError('unavailable', `Postgres could not be set up in ${dir}: ${said}`, { cause, ids: { path: dir } });
  } finally {
    rmSync(password_file, { force: true });
  }
  writeFileSync(join(draft, 'postgresql.auto.conf'), SETTINGS, { mode: 0o600 });
  user.own(join(draft, 'postgresql.auto.conf'));
  renameSync(draft, data);
};

/** Opens the cluster in `dir`, and makes it the first time. */
export const openCluster = async (dir: string): Promise<PostgresCluster> => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const binaries = postgresBinaries();
  const user = unprivileged();
  const password = secretFile(join(dir, 'password'));
  const data = join(dir, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) await create(dir, data, password, binaries, user);
  return { dir, data, password, binaries, user };
};

/** Processes that work inside the data directory: the server and its children change into it. */
const inhabitants = (data: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === data && isAlive(pid);
      } catch {
        return false;
      }
    });

/** A line of the lock file as a number: 0 is the process id, 3 the port. */
const lockLine = (data: string, line: number): number | null => {
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[line]) || null;
  } catch {
    return null;
  }
};

const lockedBy = (data: string): number | null => lockLine(data, 0);

/** The server that runs on this cluster, if one does. */
export const runningServer = (data: string): ProcessIdentity | null => {
  const pid = lockedBy(data);
  return pid !== null && inhabitants(data).includes(pid) ? identify(pid) : null;
};

/** Port of the server that runs on this cluster, if one does. */
export const listeningPort = (data: string): number | null => (runningServer(data) ? lockLine(data, 3) : null);

/**
 * After a kill -9 the lock file stays. Postgres clears it by itself unless the number now belongs to another process; then it would
 * refuse to start for ever. Children that outlived their server are waited for: two servers on one cluster would destroy it.
 */
export const clearStaleLock = async (data: string): Promise<void> => {
  if (lockedBy(data) === null) return;
  const empty = await poll(() => (inhabitants(data).length === 0 ? true : null), { timeout_ms: 30_000 });
  if (!empty)
    throw new CodeOptimaError('conflict', `processes of an earlier Postgres still work in ${data}; end them first.`, {
      ids: { path: data },
    });
  rmSync(join(data, 'postmaster.pid'), { force: true });
};
