import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedSource, DiffFile } from './guards/index.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;
const DATA = /(?<!(?:^|\/)package)\.json$/;
const SOURCE_BYTES_MAX = 4 * 1024 * 1024;

/** Both sides of every changed source file, read from the trees. */
export async function readChangedSources(base_dir: string, candidate_dir: string, diff: readonly DiffFile[]): Promise<ChangedSource[]> {
  return await readBoth(
    base_dir,
    candidate_dir,
    diff.filter((file) => SOURCE.test(file.new_path ?? file.old_path ?? '') && !/\.d\.[cm]?ts$/.test(file.new_path ?? '')),
  );
}

/** Both sides of every changed data file that the product may read. */
export async function readChangedData(base_dir: string, candidate_dir: string, diff: readonly DiffFile[]): Promise<ChangedSource[]> {
  return await readBoth(
    base_dir,
    candidate_dir,
    diff.filter((file) => DATA.test(file.new_path ?? '')),
  );
}

async function readBoth(base_dir: string, candidate_dir: string, files: readonly DiffFile[]): Promise<ChangedSource[]> {
  return await Promise.all(
    files.map(async (file) => ({
      file: file.new_path ?? file.old_path ?? '',
      base: file.old_path ? await text(join(base_dir, file.old_path)) : null,
      candidate: file.new_path ? await text(join(candidate_dir, file.new_path)) : null,
      added: file.added,
    })),
  );
}

async function text(path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path);
    return bytes.byteLength > SOURCE_BYTES_MAX ? null : bytes.toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
