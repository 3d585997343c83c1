import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { sweepDrafts } from './drafts.ts';
import { identify, isSameProcess } from './process.ts';
import { privateDirectory, substituteDirectory } from './socket-directory.ts';

/** Where one process keeps what nobody else needs and nothing outlives. */
export interface Scratch {
  /** In the data directory, so that it has its room. */
  path: string;
  /** What `TMPDIR` names: the same folder, unless its path is unfit for temporary files of all kinds. */
  temporary: string;
  close: () => void;
}

/** unix(7): 108 bytes with the closing zero, less the folder of a process and the name of a socket in it. */
const ROOT_LIMIT_BYTES = 107 - 50;
/** Temporary files get into command lines and lists that other characters would break, as that of NODE_OPTIONS. */
const PLAIN = /^[\w./-]+$/;

/** The same for every way that leads there. */
const real = (dir: string): string => (existsSync(dir) ? realpathSync(dir) : resolve(dir));
const rootIn = (data_dir: string): string => join(real(data_dir), 'scratch');

const temporaryRoot = (data_dir: string): string => {
  const root = rootIn(data_dir);
  return PLAIN.test(root) && Buffer.byteLength(root) <= ROOT_LIMIT_BYTES ? root : substituteDirectory(real(data_dir), '-scratch');
};

/** A folder tells its owner by its name, so that it is never without one. */
const OWNED = /^(\d+)-(\d+)$/;

const remove = (path: string): boolean => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch {
    // Something still writes there: the next sweep tries again.
    return false;
  }
};

const namesIn = (root: string): string[] => {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
};

/** The folders under which the processes of a data directory have theirs. */
export const scratchRoots = (data_dir: string): string[] => [...new Set([rootIn(data_dir), temporaryRoot(data_dir)])];

const sweepRoot = (root: string): number => {
  const left = namesIn(root).filter((name) => {
    const [, pid, start_ticks] = OWNED.exec(name) ?? [];
    return pid !== undefined && start_ticks !== undefined && !isSameProcess({ pid: Number(pid), start_ticks });
  });
  return left.filter((name) => remove(join(root, name))).length;
};

/** A substitute stands in the system's temporary folder, where nothing of ours is to lie about. */
const dropSubstitute = (data_dir: string): void => {
  const root = temporaryRoot(data_dir);
  if (root === rootIn(data_dir)) return;
  try {
    rmdirSync(root);
  } catch {
    // Others use it.
  }
};

/** Removes the scratch folders of processes that are gone; gives their number. Those of living processes stay, whoever started them. */
export const sweepScratch = (data_dir: string): number => {
  const swept = scratchRoots(data_dir).reduce((count, root) => count + sweepRoot(root), 0);
  dropSubstitute(data_dir);
  return swept;
};

/** Makes `<root>/<name>`. Another process may remove an empty root at the same moment. */
const makeFolder = (root: string, name: string): string => {
  for (let attempt = 1; ; attempt += 1) {
    privateDirectory(root);
    try {
      mkdirSync(join(root, name), { mode: 0o700 });
      return join(root, name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return join(root, name);
      if (code !== 'ENOENT' || attempt === 5) throw error;
    }
  }
};

const makeFolders = (data_dir: string, name: string): Omit<Scratch, 'close'> => {
  try {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 });
    return { path: makeFolder(rootIn(data_dir), name), temporary: makeFolder(temporaryRoot(data_dir), name) };
  } catch (cause) {
    if (cause instanceof CodeOptimaError) throw cause;
    const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
    const said = full ? 'the disk is full; free some space' : CodeOptimaError.from(cause).message;
    throw new CodeOptimaError(full ? 'disk_full' : 'internal', `no scratch folder in ${data_dir}: ${said}.`, { cause });
  }
};

/**
 * Gives this process the folder `<data_dir>/scratch/<pid>-<start ticks>` and makes it the `TMPDIR` of this process and of its children;
 * sweeps before what dead processes have left, drafts of theirs elsewhere in the data directory too.
 * @throws CodeOptimaError `disk_full`, `bad_input` or `internal` when it cannot be made; `TMPDIR` is as it was then.
 */
export const openScratch = (data_dir: string): Scratch => {
  sweepScratch(data_dir);
  sweepDrafts(data_dir);
  const { pid, start_ticks } = identify(process.pid);
  const { path, temporary } = makeFolders(data_dir, `${pid}-${start_ticks ?? 'unknown'}`);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  return {
    path,
    temporary,
    close: () => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      for (const folder of new Set([temporary, path])) remove(folder);
      dropSubstitute(data_dir);
    },
  };
};
