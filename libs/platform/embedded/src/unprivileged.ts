import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';

/** `nobody` has an entry in every system's user table, which initdb insists on. */
const NOBODY = 65_534;

export interface Unprivileged {
  /** Puts what Postgres needs in front of a command, so that it does not see itself run as root. */
  wrap: (command: string[]) => string[];
  /** Hands the data directory to whoever will run in it. */
  own: (dir: string) => void;
}

const works = (command: string[]): boolean => spawnSync(command[0] ?? '', [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0;

const chownTree = (path: string, id: number): void => {
  if (statSync(path).uid === id) return;
  chownSync(path, id, id);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownTree(join(path, name), id);
};

/**
 * Postgres refuses to run as root. A user namespace in which root is called `nobody` satisfies it while the files stay root's own,
 * also below a 0700 home. Where namespaces are forbidden, the process becomes `nobody` for real and keeps one capability: to reach
 * its directory through folders it may not search.
 */
export const unprivileged = (): Unprivileged => {
  if (userInfo().uid !== 0) return { wrap: (command) => command, own: () => undefined };
  const namespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  if (works(namespace)) return { wrap: (command) => [...namespace, ...command], own: (dir) => chownTree(dir, 0) };
  const become = [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
  if (works(become)) return { wrap: (command) => [...become, ...command], own: (dir) => chownTree(dir, NOBODY) };
  throw new CodeOptimaError(
    'unavailable',
    'Postgres cannot run as root, and neither unshare nor setpriv works here; start as another user.',
  );
};
