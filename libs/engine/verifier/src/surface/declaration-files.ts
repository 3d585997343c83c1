import { readFileSync, realpathSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

const DECLARATION = /\.d\.([cm]?)ts$/;
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const FILES_MAX = 2000;

/** Reads a file of a tree; null when there is none or when it lies outside, through a link or by its name. */
export function readInside(dir: string, path: string): string | null {
  try {
    const real = realpathSync(join(dir, path));
    if (!real.startsWith(realpathSync(dir) + sep)) return null;
    const text = readFileSync(real, 'utf8');
    return text.length > FILE_BYTES_MAX ? null : text;
  } catch {
    return null;
  }
}

/** Where the declarations of a module may stand, in the order TypeScript looks: beside it, under its own ending. */
export function declarationNames(path: string): string[] {
  if (DECLARATION.test(path)) return [path];
  const ending = /\.([cm]?)[jt]sx?$/.exec(path);
  if (ending) return [`${path.slice(0, ending.index)}.d.${ending[1] ?? ''}ts`];
  return [`${path}.d.ts`, `${path}/index.d.ts`];
}

const RELATIVE_IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;
const REFERENCE = /^\s*\/\/\/\s*<reference\s+path\s*=\s*(['"])([^'"\n]+)\1/gm;

/** Declaration files that can be reached from `starts` by relative imports and references, with their texts. */
export function declarationClosure(dir: string, starts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = [...starts];
  for (let path = waiting.shift(); path !== undefined && found.size < FILES_MAX; path = waiting.shift()) {
    if (found.has(path)) continue;
    const text = readInside(dir, path);
    if (text === null) continue;
    found.set(path, text);
    const folder = posix.dirname(path);
    for (const [, , name = ''] of text.matchAll(RELATIVE_IMPORT)) {
      const target = posix.join(folder, name);
      waiting.push(...declarationNames(target), ...(DECLARATION.test(target) ? [] : [posix.join(target, 'index.d.ts')]));
    }
    for (const [, , name = ''] of text.matchAll(REFERENCE)) waiting.push(posix.join(folder, name));
  }
  return found;
}
