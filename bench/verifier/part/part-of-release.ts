import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseHunks, type Release } from './choose.ts';
import { type ChangedFile, type Hunk, readHunks, withHunks } from './hunks.ts';
import { runOn } from './run-on.ts';

const SOURCE = /\.[cm]?[jt]s$/;

/** Both sides of a release as trees with their dependencies, and the workload that runs on them. */
export interface Sides {
  before_dir: string;
  after_dir: string;
  workload: string;
  /** Modules the workload may be written for, the likeliest first; null is the package itself. */
  entries: readonly (string | null)[];
}

/** The part of a release that a workload runs, laid over the tree before it. */
export interface Part {
  entry: string | null;
  hunks: number;
  hunks_of: number;
  files: number;
  files_of: number;
}

const textIn = (dir: string, path: string): string | null => (existsSync(join(dir, path)) ? readFileSync(join(dir, path), 'utf8') : null);

/**
 * Writes the part of a release that the workload runs into the tree before it: the hunks of the functions it ran and what these need, or,
 * where these alone do not run, the files they stand in. Null where there is no such part, or it is all of the release.
 */
export async function layPart(product_patch: string, sides: Sides): Promise<Part | null> {
  const files = readHunks(product_patch).filter(({ path, hunks }) => SOURCE.test(path) && hunks.length > 0);
  for (const entry of sides.entries) {
    const ran = (await runOn(sides.before_dir, sides.workload, entry)) && (await runOn(sides.after_dir, sides.workload, entry));
    if (!ran) continue;
    const release: Release = {
      files,
      functions: (path) => ran[path] ?? [],
      before: (path) => textIn(sides.before_dir, path),
      after: (path) => textIn(sides.after_dir, path),
    };
    const chosen = chooseHunks(release);
    if (chosen.size === 0) continue;
    const touched = files.filter(({ hunks }) => hunks.some((hunk) => chosen.has(hunk)));
    for (const hunks of [chosen, new Set(touched.flatMap((file) => file.hunks))]) {
      const undo = lay(files, hunks, sides.before_dir);
      if (await runOn(sides.before_dir, sides.workload, entry)) {
        const hunks_of = files.reduce((sum, file) => sum + file.hunks.length, 0);
        if (hunks.size < hunks_of) return { entry, hunks: hunks.size, hunks_of, files: touched.length, files_of: files.length };
      }
      undo();
    }
  }
  return null;
}

/** Writes the files with these of their hunks; what it gives takes that back. */
function lay(files: readonly ChangedFile[], chosen: ReadonlySet<Hunk>, dir: string): () => void {
  const undo: (() => void)[] = [];
  for (const { path, hunks, is_gone } of files) {
    const own = hunks.filter((hunk) => chosen.has(hunk));
    if (own.length === 0) continue;
    const [place, text] = [join(dir, path), textIn(dir, path)];
    undo.push(() => (text === null ? rmSync(place) : writeFileSync(place, text)));
    mkdirSync(dirname(place), { recursive: true });
    if (is_gone && own.length === hunks.length) rmSync(place);
    else writeFileSync(place, withHunks(text ?? '', own));
  }
  return () => undo.forEach((each) => each());
}
