import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { draftOf } from './drafts.ts';

/**
 * Reads the secret of a store, or makes one that only the owner can read. Of several that make it at once one wins, and all read its: a
 * link appears whole or not at all, and never in the place of another.
 */
export const secretFile = (path: string): string => {
  if (!existsSync(path)) {
    const draft = draftOf(path);
    try {
      writeFileSync(draft, randomBytes(24).toString('hex'), { mode: 0o600 });
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(path, 'utf8').trim();
};
