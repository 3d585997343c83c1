import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { socketDirectory } from '@codeoptima/embedded';

/** Where the memory gateway of a data directory listens. */
export const memoryAddress = (data_dir: string): string => {
  const wanted = resolve(data_dir);
  const sockets = existsSync(wanted) ? socketDirectory(realpathSync(wanted)) : join(wanted, 'sockets');
  return `unix:${join(sockets, 'memory-gateway.sock')}`;
};
