import { lstat, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ArtifactStore } from '@codeoptima/artifacts';
import type { AcceptedChange } from '@codeoptima/contracts';
import { applyPatch } from '@codeoptima/scm';
import { unpackTree } from '@codeoptima/toolchains';

const SOURCE_BYTES_MAX = 2 * 1024 * 1024;

export interface PreparedTree {
  /** Text of a source file; null when it is missing, too large, no UTF-8, or a link out of the tree. */
  read(path: string): Promise<string | null>;
  /** Text of each accepted patch, in order. */
  patches: string[];
}

/** Unpacks the prepared repository and puts the accepted changes on it. */
export async function openTree(
  artifacts: ArtifactStore,
  prepared: string,
  accepted: readonly AcceptedChange[],
  workdir: string,
  signal: AbortSignal,
): Promise<PreparedTree> {
  const archive = join(workdir, 'prepared.tar.zst');
  const root = join(workdir, 'tree');
  await artifacts.getToFile(prepared, archive);
  await unpackTree(archive, root, signal);
  const patches: string[] = [];
  for (const { candidate } of accepted) {
    const patch = (await artifacts.get(candidate.patch)).toString('utf8');
    await applyPatch(root, patch, { signal });
    patches.push(patch);
  }
  const inside = `${await realpath(root)}${sep}`;
  return { patches, read: (path) => readSource(root, inside, path) };
}

async function readSource(root: string, inside: string, path: string): Promise<string | null> {
  const full = join(root, path);
  try {
    if (!(await realpath(full)).startsWith(inside)) return null;
    const { size } = await lstat(full);
    if (size > SOURCE_BYTES_MAX) return null;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(full));
  } catch {
    return null;
  }
}
