import { globSync } from 'node:fs';
import { posix } from 'node:path';

/** A file that a package offers under a name: `.` or `./sub`, as its manifest says. */
export interface PublicEntry {
  specifier: string;
  /** Relative to the package's folder, without a leading `./`. */
  target: string;
}

interface Manifest {
  types?: unknown;
  typings?: unknown;
  main?: unknown;
  module?: unknown;
  exports?: unknown;
}

const WILDCARD_FILES_MAX = 500;

/** Every path that stands below a value of `exports`, whatever the conditions on the way. */
function leaves(field: unknown): string[] {
  if (typeof field === 'string') return [field];
  if (typeof field !== 'object' || field === null) return [];
  return Object.values(field).flatMap(leaves);
}

function subpaths(field: unknown): [string, unknown][] {
  const isMap = typeof field === 'object' && field !== null && !Array.isArray(field);
  return isMap && Object.keys(field).some((key) => key.startsWith('.')) ? Object.entries(field) : [['.', field]];
}

/** A pattern such as `./dist/*.js` names every file that fits it. */
function expanded(dir: string, target: string): string[] {
  if (!target.includes('*')) return [target];
  const found = globSync(target.replace('*', '**/*'), { cwd: dir, exclude: (name) => /(^|\/)node_modules(\/|$)/.test(name) });
  return found.toSorted().slice(0, WILDCARD_FILES_MAX);
}

/** What others can import of a package, by its manifest (Node.js, "Packages"; TypeScript, "Module resolution"). */
export function publicEntries(dir: string, manifest_text: string): PublicEntry[] {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(manifest_text) as Manifest;
  } catch {
    return [];
  }
  const legacy = [manifest.types, manifest.typings, manifest.main, manifest.module].filter((path) => typeof path === 'string');
  const named: [string, unknown][] = [
    ['.', legacy.length === 0 && manifest.exports === undefined ? 'index.js' : legacy],
    ...(manifest.exports === undefined ? [] : subpaths(manifest.exports)),
  ];
  const entries = named.flatMap(([specifier, field]) =>
    leaves(field)
      .flatMap((target) => expanded(dir, posix.normalize(target)))
      .filter((target) => !target.startsWith('..') && !posix.isAbsolute(target))
      .map((target) => ({ specifier, target })),
  );
  const distinct = new Map(entries.map((entry) => [`${entry.specifier} ${entry.target}`, entry]));
  return [...distinct.values()];
}
