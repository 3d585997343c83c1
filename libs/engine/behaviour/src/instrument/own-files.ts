import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type PathRole, roleOf, TRYING_ROLES } from '@codeoptima/config';

const sourceFile = /\.[mc]?[jt]sx?$/;
const NOT_OWN: readonly PathRole[] = [...TRYING_ROLES, 'hidden', 'foreign', 'built', 'minified', 'configuration'];
/** Written here, and no part of what others load. */
const asideFolder = /(?:^|\/)(?:docs?|build|lib-cov|scripts|website)\//;
const asideFile = /\.d\.[mc]?ts$|[.-](?:config|stories)\.[mc]?[jt]sx?$|(?:^|\/)(?:gulpfile|gruntfile)\.[mc]?[jt]s$/i;
const limit_bytes = 2_000_000;

/** Source files of the repository itself, relative and sorted; `always` are kept wherever they lie. */
export function ownFiles(dir: string, always: readonly string[] = []): string[] {
  const kept = new Set(always);
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(dir.length + 1);
    const own = sourceFile.test(path) && roleOf(path, NOT_OWN) === null && !asideFolder.test(path) && !asideFile.test(path);
    if (own && statSync(join(dir, path)).size < limit_bytes) kept.add(path);
  }
  return [...kept].sort();
}

export const readOwn = (dir: string, file: string): string => readFileSync(join(dir, file), 'utf8');
