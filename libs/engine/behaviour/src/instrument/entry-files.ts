import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface PackageJson {
  main?: unknown;
  module?: unknown;
  exports?: unknown;
}

/** Files by which users of the package come in, as its package.json names them; `index.js` where it names none. */
export function entryFiles(dir: string): Set<string> {
  const path = join(dir, 'package.json');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') for (const name of spellings(value)) found.add(name);
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) visit(inner);
  };
  try {
    const { main, module, exports } = JSON.parse(text) as PackageJson;
    for (const value of [main ?? 'index.js', module, exports]) visit(value);
  } catch {
    visit('index.js');
  }
  return found;
}

/** A built file stands for the source it was most likely made of. */
function spellings(value: string): string[] {
  const plain = value.replace(/^\.\//, '');
  const stem = plain.replace(/(?:\.d)?\.[mc]?[jt]s$/, '');
  const stems = [stem, stem.replace(/^(?:dist|lib|build|out)\//, 'src/'), `${stem.replace(/\/$/, '')}/index`];
  return stems.flatMap((name) => ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((extension) => `${name}.${extension}`));
}
