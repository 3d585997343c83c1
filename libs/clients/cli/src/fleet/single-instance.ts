import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { secretFile } from '@codeoptima/embedded';

/**
 * Takes a right that one process at a time has over a data directory; null when another has it. It is an abstract Unix socket (unix(7)):
 * the kernel gives it to one process only and takes it back at that process's end, however it ends, so nothing can be left over. Its
 * name comes from a secret in the data directory, so that no other user can occupy it.
 */
const hold = (data_dir: string, right: string): Promise<Server | null> => {
  const secret = secretFile(join(data_dir, 'fleet.key'));
  const name = `\0codeoptima-${createHash('sha256').update(secret).digest('hex').slice(0, 40)}${right}`;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
};

/** The right to supervise a data directory; null when another process has it. Kept until the process ends. */
export const becomeSupervisor = (data_dir: string): Promise<Server | null> => hold(data_dir, '');

/** The right to register as a user of the fleet and to start or stop it: gives the function that returns it, null when another has it. */
export const takeTurn = async (data_dir: string): Promise<(() => Promise<void>) | null> => {
  const server = await hold(data_dir, '-turn');
  return server && (() => new Promise((resolve) => server.close(() => resolve())));
};
