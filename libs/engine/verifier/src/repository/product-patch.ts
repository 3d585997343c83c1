import { isJudge } from '../guards/paths.ts';
import { parseDiff } from '../guards/index.ts';

/** The files of a diff one by one, each with its own text. */
function sections(patch: string): string[] {
  const starts = [...patch.matchAll(/^diff --git /gm)].map((match) => match.index);
  return starts.map((start, index) => patch.slice(start, starts[index + 1]));
}

/**
 * The part of a diff that changes the product. What judges (tests, benchmarks, configuration, lock files, scripts of CI) is left as the base
 * has it: a change cannot bring its own judge.
 */
export function productPatch(patch: string): string {
  return sections(patch)
    .filter((section) => judgesIn(section).length === 0)
    .join('');
}

/** Paths of the diff that judge and are no product. */
export const judgesIn = (patch: string): string[] =>
  parseDiff(patch)
    .map(({ new_path, old_path }) => [new_path, old_path].find((path) => path !== null && isJudge(path)) ?? null)
    .filter((path) => path !== null);

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
