import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';

/** unix(7): 108 bytes with the closing zero; the longest name we put into the folder takes 30. */
const PATH_LIMIT_BYTES = 107 - 30;

/**
 * Folder for the Unix sockets of a data directory, 0700 and ours. Normally `<data_dir>/sockets`; a data directory whose path is too
 * long for a socket gets one in the system's temporary folder, named by its hash.
 */
export const socketDirectory = (data_dir: string): string => {
  const uid = userInfo().uid;
  const beside = join(resolve(data_dir), 'sockets');
  const dir =
    Buffer.byteLength(beside) <= PATH_LIMIT_BYTES
      ? beside
      : join(tmpdir(), `codeoptima-${uid}-${createHash('sha256').update(resolve(data_dir)).digest('hex').slice(0, 16)}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new CodeOptimaError('bad_input', `${dir} must be a folder of this user with mode 0700; remove it or correct its mode.`, {
      ids: { path: dir },
    });
  return dir;
};
