import { isForeign, isJudge } from '../guards/paths.ts';
import { type DiffFile, parseDiff, splitDiff } from '../guards/index.ts';

/**
 * The part of a diff that changes the product. What judges (tests, benchmarks, configuration, lock files, scripts of CI) is left as the base
 * has it: a change cannot bring its own judge. So is what nobody can read: other people's code and minified code.
 */
export function productPatch(patch: string): string {
  return splitDiff(patch)
    .filter(({ file }) => judgeOf(file) === null)
    .map(({ text }) => text)
    .join('');
}

/** Paths of the diff that are no product. */
export const setAside = (patch: string): string[] => parseDiff(patch).flatMap((file) => judgeOf(file) ?? []);

const judgeOf = ({ new_path, old_path }: DiffFile): string | null =>
  [new_path, old_path].find((path) => path !== null && (isJudge(path) || isForeign(path))) ?? null;

/** Whether the diff adds, removes or changes a dependency of the package. */
export function changesDependencies(base_manifest: string | null, candidate_manifest: string | null): boolean {
  return JSON.stringify(dependencies(base_manifest)) !== JSON.stringify(dependencies(candidate_manifest));
}

function dependencies(manifest: string | null): unknown {
  try {
    const parsed = JSON.parse(manifest ?? '{}') as Record<string, unknown>;
    return [parsed['dependencies'] ?? {}, parsed['optionalDependencies'] ?? {}, parsed['peerDependencies'] ?? {}];
  } catch {
    return null;
  }
}
