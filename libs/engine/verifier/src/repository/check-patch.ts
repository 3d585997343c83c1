import { CodeOptimaError } from '@codeoptima/contracts';
import { pathsOfPatch } from '@codeoptima/scm';
import { parseDiff } from '../guards/index.ts';

/**
 * Reads a diff as it will be judged and as git will apply it, before anything is done with it. `dir` is any folder of the machine.
 * Throws `bad_input` for one that is empty or no diff, that reaches out of the tree, or whose headers hide a file from the guards.
 */
export async function checkPatch(dir: string, patch: string, signal?: AbortSignal): Promise<void> {
  if (patch.trim() === '') throw new CodeOptimaError('bad_input', 'The patch is empty, so there is nothing to judge.');
  const paths = parseDiff(patch).flatMap((file) => [file.old_path, file.new_path]);
  const outside = paths.find((path) => path !== null && (path.startsWith('/') || path.split('/').includes('..')));
  if (outside) throw new CodeOptimaError('bad_input', `The patch changes ${outside}, which lies outside the repository.`);
  // The guards judge the files they read out of the diff; were git to read others, those would go unjudged.
  const read = new Set(paths);
  const unread = (await pathsOfPatch(dir, patch, signal)).find((path) => !read.has(path));
  if (unread !== undefined)
    throw new CodeOptimaError(
      'bad_input',
      `The patch changes ${unread} under a header that does not say so; give it as 'git diff' prints it.`,
    );
}
