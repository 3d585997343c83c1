import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { z } from 'zod';

const StringMap = z.record(z.string(), z.string()).catch({});

/** What we read of a package.json; a field of an unexpected type counts as absent. */
export const Manifest = z.looseObject({
  name: z.string().nullable().catch(null).default(null),
  type: z.string().optional().catch(undefined),
  packageManager: z.string().optional().catch(undefined),
  scripts: StringMap.default({}),
  dependencies: StringMap.default({}),
  devDependencies: StringMap.default({}),
  peerDependencies: StringMap.default({}),
  optionalDependencies: StringMap.default({}),
  workspaces: z
    .union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform(({ packages }) => packages)])
    .catch([])
    .default([]),
});
export type Manifest = z.infer<typeof Manifest>;

/** Dependencies of every kind by name. */
export const allDependencies = (manifest: Manifest): Record<string, string> => ({
  ...manifest.peerDependencies,
  ...manifest.optionalDependencies,
  ...manifest.dependencies,
  ...manifest.devDependencies,
});

/**
 * Reads `folder/package.json`.
 * @param label how the folder is called in a message, relative to the repository
 * @throws CodeOptimaError `bad_input` when it is missing or not valid JSON
 */
export async function readManifest(folder: string, label = ''): Promise<Manifest> {
  const path = label === '' ? 'package.json' : `${label}/package.json`;
  const facts = await lstat(join(folder, 'package.json')).catch(() => null);
  // Read outside the sandbox, so a link must not lead to a file of the host, which the message below would quote.
  if (facts?.isSymbolicLink() === true) {
    throw new CodeOptimaError('bad_input', `${path} is a symbolic link; it must be a file of the repository.`, { ids: { path } });
  }
  const text = facts?.isFile() === true ? await readFile(join(folder, 'package.json'), 'utf8') : null;
  if (text === null) {
    throw new CodeOptimaError('bad_input', `The repository has no ${path}; Code Optima works on JavaScript and TypeScript packages.`, {
      ids: { path },
    });
  }
  try {
    return Manifest.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const detail = error instanceof SyntaxError ? error.message : 'it is not a JSON object';
    throw new CodeOptimaError('bad_input', `${path} cannot be read: ${detail}. Correct it, commit, and try again.`, {
      ids: { path },
      cause: error,
    });
  }
}
