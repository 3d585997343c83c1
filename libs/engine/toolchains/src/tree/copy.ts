import { execFile } from 'node:child_process';
import { CodeOptimaError } from '@codeoptima/contracts';

/**
 * Copies a tree with links, modes, times and holes, by reference where the file system can. `target` must not exist.
 * @throws CodeOptimaError `disk_full`, `internal`
 */
export async function copyTree(source: string, target: string, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const args = ['--archive', '--reflink=auto', '--sparse=auto', '--no-target-directory', '--', source, target];
    execFile(
      'cp',
      args,
      { ...(signal === undefined ? {} : { signal }), env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } },
      (error, _stdout, stderr) => {
        if (error === null) resolve();
        else if (/No space left|quota/.test(stderr))
          reject(new CodeOptimaError('disk_full', `The disk is full: ${source} could not be copied.`, { ids: { path: source } }));
        else
          reject(
            new CodeOptimaError('internal', `${source} could not be copied: ${stderr.split('\n')[0] ?? error.message}`, {
              cause: error,
              ids: { path: source },
            }),
          );
      },
    );
  });
}
