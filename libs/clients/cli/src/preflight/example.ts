import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { git } from '@codeoptima/scm';

/** The repository that `--example` optimises, in a checkout of this project. */
const EXAMPLE = join(import.meta.dirname, '../../../../../examples/storefront');
const NOT_COPIED = new Set(['node_modules', '.git']);
const AUTHOR = { GIT_AUTHOR_NAME: 'Storefront', GIT_AUTHOR_EMAIL: 'storefront@codeoptima.invalid' };

export interface ExampleCopy {
  path: string;
  /** To be called when its run has ended: the next start then makes a fresh copy. */
  finish(): Promise<void>;
}

/**
 * A copy of the example as a git repository of its own under <data>/examples. A copy whose run has not ended is taken again, so that the
 * same command after a crash takes up the same run.
 */
export async function copyExample(data_dir: string, now_ms: number): Promise<ExampleCopy> {
  const dir = join(data_dir, 'examples');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const open = await unfinished(dir);
  const path = open ?? (await freshCopy(dir, now_ms));
  return { path, finish: () => writeFile(`${path}.done`, '') };
}

async function unfinished(dir: string): Promise<string | null> {
  const names = new Set(await readdir(dir));
  const copies = [...names].filter((name) => !name.endsWith('.done') && !names.has(`${name}.done`)).sort();
  for (const name of copies.reverse()) {
    const isWhole = await stat(join(dir, name, '.git', 'refs', 'heads', 'main')).catch(() => null);
    if (isWhole) return join(dir, name);
  }
  return null;
}

async function freshCopy(dir: string, now_ms: number): Promise<string> {
  const stamp = new Date(now_ms).toISOString().replaceAll(/[-:]|\.\d+Z/gu, '');
  const path = join(dir, `storefront-${stamp}-${process.pid}`);
  await cp(EXAMPLE, path, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) });
  await git(['init', '--quiet', '--initial-branch=main', '.'], { cwd: path });
  await git(['add', '--all', '--', '.'], { cwd: path });
  const env = { ...AUTHOR, GIT_COMMITTER_NAME: AUTHOR.GIT_AUTHOR_NAME, GIT_COMMITTER_EMAIL: AUTHOR.GIT_AUTHOR_EMAIL };
  await git(['commit', '--quiet', '--message=The storefront as it is today'], { cwd: path, env });
  return path;
}
