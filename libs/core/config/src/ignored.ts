import { posix } from 'node:path';

/** Whether a path, relative to the repository's root, is one of those `ignore` names. A pattern also stands for everything below it. */
export const isIgnored = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const plain = pattern.replace(/^\.\//, '').replace(/\/$/, '');
    return posix.matchesGlob(path, plain) || posix.matchesGlob(path, `${plain}/**`);
  });
