import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sourceFile = /\.[mc]?[jt]sx?$/;
const notOwn =
  /(?:^|\/)(?:node_modules|\.[^/]+|test|tests|__tests__|spec|specs|bench|benchmark|benchmarks|fixtures?|__fixtures__|__mocks__|examples?|docs?|coverage|dist|build|lib-cov|vendor|scripts|website)\//;
const notSource =
  /(?:\.d\.[mc]?ts|\.min\.js|[.-](?:test|spec|bench|config|stories)\.[mc]?[jt]sx?)$|(?:^|\/)(?:tests?|bench(?:mark)?|gulpfile|gruntfile|karma\.conf|rollup\.config)\.[mc]?[jt]s$/i;
const limit_bytes = 2_000_000;

/** Source files of the repository itself, relative and sorted; `always` are kept wherever they lie. */
export function ownFiles(dir: string, always: readonly string[] = []): string[] {
  const kept = new Set(always);
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(dir.length + 1);
    if (sourceFile.test(path) && !notOwn.test(`/${path}`) && !notSource.test(path) && statSync(join(dir, path)).size < limit_bytes)
      kept.add(path);
  }
  return [...kept].sort();
}

export const readOwn = (dir: string, file: string): string => readFileSync(join(dir, file), 'utf8');
