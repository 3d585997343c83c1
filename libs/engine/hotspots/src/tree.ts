import { readdir, readFile, realpath } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { z } from 'zod';

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', '.cache', '.yarn']);
const FILES_MAX = 20_000;

/** Paths of the files below `dir`, relative to it; dependencies and generated folders left out, links not followed. */
export async function filesBelow(dir: string): Promise<string[]> {
  const found: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined && found.length < FILES_MAX; folder = pending.pop()) {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) pending.push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found.toSorted();
}

const Scripts = z.looseObject({ scripts: z.record(z.string(), z.string()).optional() });

/** The package's scripts; none when the manifest cannot be read. */
export async function packageScripts(dir: string, package_dir: string): Promise<Record<string, string>> {
  try {
    return Scripts.parse(JSON.parse(await readFile(join(dir, package_dir, 'package.json'), 'utf8'))).scripts ?? {};
  } catch {
    return {};
  }
}

/** Text of a file inside the tree; `bad_input` when it is not there, or is a link out of the tree: that would be a file of the user's. */
export async function readSource(dir: string, path: string): Promise<string> {
  try {
    const target = await realpath(join(dir, path));
    if (!target.startsWith(`${await realpath(dir)}${sep}`)) throw new Error(`${path} leads out of the repository`);
    return await readFile(target, 'utf8');
  } catch (cause) {
    throw new CodeOptimaError('bad_input', `The workload ${path} cannot be read from the repository.`, { ids: { path }, cause });
  }
}
