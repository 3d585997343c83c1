import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';

/** `unix:/path/to/socket` or `host:port`. */
export const unixPath = (address: string): string | null =>
  address.startsWith('unix:') ? address.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : null;

const isServed = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Makes room for a Unix socket: its folder is private, and the socket that a killed server left is removed. */
export const prepareSocket = async (path: string): Promise<void> => {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o077) !== 0)
    throw new CodeOptimaError('bad_input', `${folder} holds a service's socket and must have mode 0700.`, { ids: { path: folder } });
  if (!existsSync(path)) return;
  if (await isServed(path)) throw new CodeOptimaError('conflict', `another process serves ${path} already.`, { ids: { path } });
  rmSync(path, { force: true });
};

export const closeToOthers = (path: string): void => chmodSync(path, 0o600);
