import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { sidecarAddress, socketDirectory } from '@codeoptima/embedded';

/** Applications of the fleet, in the order they start; they end in the reverse order. */
export const SERVICE_NAMES = ['planner', 'builder', 'analyzer', 'refactorer', 'benchmark-runner', 'reviewer', 'watchdog'] as const;

/** The services' folder of this checkout. */
export const SERVICES_ROOT = join(import.meta.dirname, '..', '..', '..', '..', '..', 'services');

/** Where everything of one data directory lies. */
export interface Layout {
  data_dir: string;
  logs: string;
  sockets: string;
  postgres: string;
  nats: string;
  /** What the supervisor tells about the fleet. */
  state: string;
  planner_address: string;
  /** Where the memory gateway listens, and where the vector engine behind it does. */
  memory_address: string;
  engine_address: string;
  engine: string;
  probeAddress: (service: string) => string;
  log: (name: string) => string;
}

const describe = (data_dir: string): Layout => {
  const sockets = socketDirectory(data_dir);
  const logs = join(data_dir, 'logs');
  return {
    data_dir,
    logs,
    sockets,
    postgres: join(data_dir, 'pg'),
    nats: join(data_dir, 'nats'),
    state: join(data_dir, 'fleet.json'),
    planner_address: `unix:${join(sockets, 'planner.sock')}`,
    memory_address: `unix:${join(sockets, 'memory-gateway.sock')}`,
    engine_address: sidecarAddress(sockets),
    engine: join(data_dir, 'memory'),
    probeAddress: (service) => `unix:${join(sockets, `${service}.http.sock`)}`,
    log: (name) => join(logs, `${name}.log`),
  };
};

const diskError = (cause: unknown, data_dir: string): CodeOptimaError => {
  const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
  const said = full ? 'its disk is full; free some space' : CodeOptimaError.from(cause).message;
  return new CodeOptimaError(full ? 'disk_full' : 'bad_input', `the data directory ${data_dir} cannot be used: ${said}.`, {
    cause,
    ids: { data_dir },
  });
};

/**
 * Makes the data directory if it is missing, private to this user.
 * @throws CodeOptimaError `bad_input` when it belongs to someone else or is not a directory, `disk_full`.
 */
/**
 * Makes a folder and those above it; false when it was there. Step by step, since Node's own way never ends where a folder exists in which
 * none can be made, such as /proc.
 */
const makeFolder = (path: string): boolean => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    // Somebody else may have been quicker.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory()) return false;
    throw error;
  }
};

export const openLayout = (data_dir: string): Layout => {
  const wanted = resolve(data_dir);
  try {
    if (!makeFolder(wanted) && (lstatSync(realpathSync(wanted)).mode & 0o077) !== 0) chmodSync(wanted, 0o700);
    const real = realpathSync(wanted);
    if (lstatSync(real).uid !== userInfo().uid)
      throw new CodeOptimaError('bad_input', `the data directory ${real} belongs to another user.`);
    mkdirSync(join(real, 'logs'), { recursive: true, mode: 0o700 });
    return describe(real);
  } catch (error) {
    throw error instanceof CodeOptimaError ? error : diskError(error, wanted);
  }
};

/** The layout of a data directory that may not exist; null then. */
export const findLayout = (data_dir: string): Layout | null => {
  const wanted = resolve(data_dir);
  return existsSync(wanted) ? describe(realpathSync(wanted)) : null;
};

/** Where the planner of a data directory listens. */
export const plannerAddress = (data_dir: string): string =>
  findLayout(data_dir)?.planner_address ?? `unix:${join(resolve(data_dir), 'sockets', 'planner.sock')}`;

/** Where its memory gateway listens. */
export const memoryAddress = (data_dir: string): string =>
  findLayout(data_dir)?.memory_address ?? `unix:${join(resolve(data_dir), 'sockets', 'memory-gateway.sock')}`;
