import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isSameProcess } from './process.ts';

/** Its end tells whose a draft is. */
const DRAFT = /\.part-(\d+)-(\d+)-[0-9a-f]{12}$/;

/**
 * Path for what is to get the name `path` all at once, by a rename, when it is whole: beside it, and no two are alike. Lies where
 * `sweepDrafts` looks, what a killed process has left of it goes with the next start.
 */
export const draftOf = (path: string): string => {
  const { pid, start_ticks } = identify(process.pid);
  return `${path}.part-${pid}-${start_ticks ?? 'unknown'}-${randomBytes(6).toString('hex')}`;
};

/** Deeper places of drafts, beside the data directory and its own folders. */
const PLACES = [join('cache', 'tools'), join('objects', 'drafts')];

const foldersOf = (data_dir: string): string[] => {
  try {
    const entries = readdirSync(data_dir, { withFileTypes: true });
    return ['.', ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => name), ...PLACES];
  } catch {
    return [];
  }
};

const draftsIn = (dir: string): string[] => {
  try {
    return readdirSync(dir).filter((name) => {
      const [, pid, start_ticks] = DRAFT.exec(name) ?? [];
      return pid !== undefined && start_ticks !== undefined && !isSameProcess({ pid: Number(pid), start_ticks });
    });
  } catch {
    return [];
  }
};

/** Removes the drafts of processes that are gone; gives their number. Those of living processes stay, whoever started them. */
export const sweepDrafts = (data_dir: string): number => {
  let swept = 0;
  for (const folder of foldersOf(data_dir)) {
    for (const name of draftsIn(join(data_dir, folder))) {
      try {
        rmSync(join(data_dir, folder, name), { recursive: true, force: true, maxRetries: 3 });
        swept += 1;
      } catch {
        // A child of the dead one may still write there: the next sweep tries again.
      }
    }
  }
  return swept;
};
