import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { tryGit } from '@codeoptima/scm';

const DEPTH_MAX = 3;
const REPOSITORIES_MAX = 500;

/**
 * The repositories that a folder stands for: itself, or those below it (three levels, at most 500, no hidden or dependency folders).
 * @throws CodeOptimaError `bad_input` when the folder does not exist, or holds no repository
 */
export async function repositoriesIn(dir: string): Promise<string[]> {
  const info = await stat(dir).catch(() => null);
  if (info === null) throw wrong(dir, `${dir} does not exist: give a git repository, or a folder of them.`);
  if (!info.isDirectory()) throw wrong(dir, `${dir} is a file: give a git repository, or a folder of them.`);
  const top = await tryGit(['rev-parse', '--show-toplevel'], { cwd: dir });
  if (top.exit_code === 0) return [top.stdout.replace(/\n$/, '')];
  if (await isRepository(dir)) return [dir];
  const found = await below(dir, DEPTH_MAX);
  if (found.length === 0)
    throw wrong(dir, `${dir} holds no git repository (looked ${DEPTH_MAX} levels deep): give one, or a folder of them.`);
  return found.slice(0, REPOSITORIES_MAX);
}

const wrong = (path: string, message: string): CodeOptimaError => new CodeOptimaError('bad_input', message, { ids: { path } });

async function below(dir: string, depth: number): Promise<string[]> {
  if (depth === 0) return [];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(dir, entry.name);
    if (await isRepository(path)) found.push(path);
    else if (found.length < REPOSITORIES_MAX) found.push(...(await below(path, depth - 1)));
  }
  return found;
}

/** A working tree, or a bare repository. */
const isRepository = async (path: string): Promise<boolean> =>
  (await exists(join(path, '.git'))) || ((await exists(join(path, 'HEAD'))) && (await exists(join(path, 'objects'))));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
