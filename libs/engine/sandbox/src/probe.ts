import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { bubblewrapArgv, type Capabilities, PRLIMIT, STATUS_FD } from './bubblewrap.ts';
import { searchPath } from './env.ts';

export interface SandboxState {
  available: boolean;
  /** One sentence: what is used, or what is missing and how to get it. */
  reason: string;
}

export interface Probe extends SandboxState {
  can: Capabilities;
}

/** From the strongest to what is still acceptable: without a user namespace only root can run bubblewrap, and it drops every capability. */
const LADDER: Capabilities[] = [
  { userNamespace: true, disableUserNamespaces: true },
  { userNamespace: true, disableUserNamespaces: false },
  { userNamespace: false, disableUserNamespaces: false },
];

function isOnPath(program: string): boolean {
  return searchPath()
    .split(delimiter)
    .some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs `true` in a sandbox; the error text when that fails. */
async function attempt(can: Capabilities): Promise<string | null> {
  const [program = '', ...args] = bubblewrapArgv({ argv: ['true'], cwd: '/', mounts: [] }, can, process.execPath);
  return await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: 20_000 });
    const status = child.stdio[STATUS_FD];
    if (status instanceof Readable) status.resume();
    let complaint = '';
    child.stderr?.on('data', (chunk: Uint8Array) => (complaint += Buffer.from(chunk).toString()));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : complaint.trim() || `exit code ${code}`));
  });
}

/** Turns bubblewrap's complaint into what a person can do about it. */
export function explain(complaint: string): string {
  const first = complaint.split('\n')[0] ?? '';
  if (/proc/i.test(first) && /mount/i.test(first)) {
    return `bubblewrap may not mount /proc here (${first}): a container masks it. Start the container with its /proc unmasked, or run on the machine itself.`;
  }
  if (/namespace|uid map|Operation not permitted|No space left|loopback|RTM_NEWADDR/i.test(first)) {
    return (
      `bubblewrap may not create namespaces here (${first}): unprivileged user namespaces are restricted on this machine or in this container. ` +
      'Allow them (sysctl kernel.apparmor_restrict_unprivileged_userns=0, kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0), or run as root.'
    );
  }
  return `bubblewrap does not work here: ${first}`;
}

export async function probe(): Promise<Probe> {
  const none: Capabilities = { userNamespace: false, disableUserNamespaces: false };
  const missing = isOnPath('bwrap') ? (PRLIMIT === null ? ['prlimit', 'util-linux'] : null) : ['bwrap', 'bubblewrap'];
  if (missing !== null)
    return { available: false, can: none, reason: `The program ${missing[0]} is missing: install the package ${missing[1]}.` };
  let complaint = '';
  for (const can of LADDER) {
    const failure = await attempt(can);
    if (failure === null) return { available: true, can, reason: describe(can) };
    complaint ||= failure;
  }
  return { available: false, can: none, reason: explain(complaint) };
}

function describe(can: Capabilities): string {
  if (!can.userNamespace) return 'bubblewrap, without a user namespace (root, all capabilities dropped).';
  return can.disableUserNamespaces
    ? 'bubblewrap, with its own user namespace and no further ones.'
    : 'bubblewrap, with its own user namespace.';
}
