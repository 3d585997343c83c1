import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MeasuredWorkload } from './workload.ts';

/** Conditions of Node's own resolution for `import`, in no order: the package's order decides (Node.js, "Packages", conditional exports). */
const CONDITIONS = new Set(['import', 'node', 'module-sync', 'default', 'require', 'node-addons']);
const SOURCE_ENTRIES = ['src/index', 'index', 'lib/index', 'src/main'].flatMap((stem) =>
  ['.ts', '.mts', '.js', '.mjs', '.cjs'].map((e) => stem + e),
);

type ExportsField = string | null | ExportsField[] | { [key: string]: ExportsField };

function conditional(field: ExportsField | undefined, allowed: ReadonlySet<string>): string | null {
  if (typeof field === 'string') return field;
  if (Array.isArray(field)) return field.map((f) => conditional(f, allowed)).find((f) => f !== null) ?? null;
  if (field === null || field === undefined) return null;
  for (const [key, value] of Object.entries(field)) {
    const found = allowed.has(key) ? conditional(value, allowed) : null;
    if (found !== null) return found;
  }
  return null;
}

function exported(field: ExportsField | undefined): string | null {
  const main = typeof field === 'object' && field !== null && !Array.isArray(field) && '.' in field ? field['.'] : field;
  const withoutRequire = new Set([...CONDITIONS].filter((c) => c !== 'require'));
  return conditional(main, withoutRequire) ?? conditional(main, CONDITIONS);
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** What `main` may mean on disk, in Node's order. */
function onDisk(dir: string, path: string): string | null {
  const plain = path.replace(/^\.\//, '').replace(/\/$/, '');
  return (
    [plain, `${plain}.js`, `${plain}.cjs`, `${plain}/index.js`, plain.replace(/\.([cm]?)js$/, '.$1ts')].find((p) => isFile(join(dir, p))) ??
    null
  );
}

function manifestOf(dir: string): { exports?: ExportsField; main?: string; module?: string } {
  const path = join(dir, 'package.json');
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { exports?: ExportsField; main?: string };
  } catch (cause) {
    throw new CodeOptimaError('bad_input', 'package.json is not valid JSON, so the entry of the package cannot be found.', {
      ids: { path },
      cause,
    });
  }
}

/**
 * The module that stands for the package, relative to the repository's root: `exports["."]` for an import, `main`, else the sources
 * (`src/index.ts` and the like) when nothing was built. Throws `bad_input` when there is none.
 */
export function resolveEntry(root: string, package_dir: string, entry: string | null): string {
  if (entry !== null) {
    if (!isFile(join(root, entry)))
      throw new CodeOptimaError('bad_input', `The workload's entry ${entry} is not a file of the repository.`, { ids: { path: entry } });
    return entry;
  }
  const dir = join(root, package_dir);
  const manifest = manifestOf(dir);
  const named = [exported(manifest.exports), manifest.main ?? null].filter((p): p is string => typeof p === 'string');
  const found =
    [...named, 'index.js'].map((p) => onDisk(dir, p)).find((p) => p !== null) ?? SOURCE_ENTRIES.find((p) => isFile(join(dir, p)));
  if (found === undefined) {
    const wanted = named.length > 0 ? `${named.join(' and ')} (missing: is it built?)` : 'an entry';
    throw new CodeOptimaError('bad_input', `The package needs ${wanted}, index.js or src/index.ts to be measured.`, {
      ids: { path: package_dir || '.' },
    });
  }
  return posix.join(package_dir, found);
}

/** A workload made from the repository's own files or calls loads what it needs itself, so a package without an entry is no obstacle. */
export function entryFor(
  root: string,
  package_dir: string,
  workload: Pick<MeasuredWorkload, 'entry' | 'source' | 'command'>,
): string | null {
  if (workload.command !== undefined) return null;
  if (workload.source === 'user' || workload.entry !== null) return resolveEntry(root, package_dir, workload.entry);
  try {
    return resolveEntry(root, package_dir, null);
  } catch {
    return null;
  }
}
