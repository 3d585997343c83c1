import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';

/** unix(7): 108 bytes with the closing zero; the longest name we put into the folder takes 30. */
const PATH_LIMIT_BYTES = 107 - 30;

/** Not `os.tmpdir()`, which follows TMPDIR: every process must come to the same folder, whatever its environment says. */
const SYSTEM_TEMPORARY = '/tmp';

/** Where something of a data directory goes whose own path does not suit it: named by its hash, the same for all processes. */
export const substituteDirectory = (data_dir: string, suffix = ''): string => {
  const hash = createHash('sha256').update(resolve(data_dir)).digest('hex').slice(0, 16);
  return join(SYSTEM_TEMPORARY, `codeoptima-${userInfo().uid}-${hash}${suffix}`);
};

/**
 * Makes a folder, if it is missing, that is ours and closed to others.
 * @throws CodeOptimaError `bad_input` when it is there and is not.
 */
export const privateDirectory = (dir: string): string => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) !== 0)
    throw new CodeOptimaError('bad_input', `${dir} must be a folder of this user with mode 0700; remove it or correct its mode.`, {
      ids: { path: dir },
    });
  return dir;
};

/**
 * Folder for the Unix sockets of a data directory, 0700 and ours. Normally `<data_dir>/sockets`; a data directory whose path is too
 * long for a socket gets one in the system's temporary folder, named by its hash.
 */
export const socketDirectory = (data_dir: string): string => {
  const beside = join(resolve(data_dir), 'sockets');
  return privateDirectory(Buffer.byteLength(beside) <= PATH_LIMIT_BYTES ? beside : substituteDirectory(data_dir));
};
