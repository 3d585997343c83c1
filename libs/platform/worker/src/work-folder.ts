import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { draftOf } from '@codeoptima/embedded/drafts';
import { type ProcessIdentity, identify, isSameProcess } from '@codeoptima/embedded/process';

const OWNER = '.owner.json';

export interface WorkFolder {
  path: string;
  remove: () => Promise<void>;
}

const translate = (cause: unknown, dir: string): CodeOptimaError => {
  const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
  const said = full ? 'the disk is full; free some space' : CodeOptimaError.from(cause).message;
  return new CodeOptimaError(full ? 'disk_full' : 'internal', `no work folder in ${dir}: ${said}.`, { cause, retryable: true });
};

/** Makes `<data_dir>/work/<item>-<epoch>`. The note of its owner lies beside it, so that the folder itself is empty. */
export const createWorkFolder = (data_dir: string, item_id: string, epoch: bigint): WorkFolder => {
  const dir = join(data_dir, 'work');
  const path = join(dir, `${item_id}-${epoch}`);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    // A folder without a whole note counts as left over, so the note comes first, and all at once: others may sweep just now.
    const draft = draftOf(join(data_dir, `.${item_id}-${epoch}${OWNER}`));
    writeFileSync(draft, JSON.stringify(identify(process.pid)), { mode: 0o600 });
    renameSync(draft, `${path}${OWNER}`);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    rmSync(`${path}${OWNER}`, { force: true });
    throw translate(cause, dir);
  }
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      await rm(`${path}${OWNER}`, { force: true });
    },
  };
};

const ownerOf = (note: string): ProcessIdentity | null => {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
};

/** Removes the folders of processes that are gone; gives their names. Other workers share the place, so theirs stay. */
export const sweepWorkFolders = (data_dir: string): string[] => {
  const dir = join(data_dir, 'work');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const names = new Set(readdirSync(dir).map((name) => (name.endsWith(OWNER) ? name.slice(0, -OWNER.length) : name)));
  return [...names].filter((name) => {
    const owner = ownerOf(join(dir, `${name}${OWNER}`));
    if (owner && isSameProcess(owner)) return false;
    rmSync(join(dir, name), { recursive: true, force: true, maxRetries: 3 });
    rmSync(join(dir, `${name}${OWNER}`), { force: true });
    return true;
  });
};
