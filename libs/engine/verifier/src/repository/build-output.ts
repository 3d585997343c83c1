import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDiff } from '../guards/index.ts';

/** Contents of the files that a diff changes or removes, as `dir` has them; null for what is not there. */
async function touchedFiles(dir: string, patch: string): Promise<Map<string, Buffer | null>> {
  const paths = new Set(parseDiff(patch).flatMap(({ old_path }) => (old_path === null ? [] : [old_path])));
  const read = async (path: string): Promise<[string, Buffer | null]> => [path, await readFile(join(dir, path)).catch(() => null)];
  return new Map(await Promise.all([...paths].map(read)));
}

/**
 * Runs `build` on a tree and gives back the files a change touches where it rewrote or removed them: who commits build output and changes it
 * wants that judged, and a published package carries the script of a build without its sources. `layOut` fills an empty folder with the tree
 * as it was. Whether anything was given back.
 */
export async function keepingTouched(
  dir: string,
  patch: string,
  steps: { build: () => Promise<void>; layOut: (scratch: string) => Promise<void> },
): Promise<boolean> {
  const before = await touchedFiles(dir, patch);
  await steps.build();
  const after = await touchedFiles(dir, patch);
  const isKept = [...before].every(([path, text]) => (text === null ? true : (after.get(path)?.equals(text) ?? false)));
  if (isKept) return false;
  const scratch = `${dir}-as-committed`;
  await steps.layOut(scratch);
  await cp(scratch, dir, { recursive: true, force: true, verbatimSymlinks: true });
  await rm(scratch, { recursive: true, force: true });
  return true;
}
