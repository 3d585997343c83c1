import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_LIMITS, HOME_TARGET, type Limits, NODE_TARGET, type SandboxSpec } from './spec.ts';

const ETC = join(import.meta.dirname, '..', 'etc');
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix'];
/** World-readable by nature. The rest of /etc may hold secrets that a caller who is root could read. */
const ETC_ENTRIES = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
];
const ETC_NETWORK = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ca-certificates', '/etc/pki', '/etc/services'];

/**
 * Whoever is root outside owns these files inside too, whatever the user namespace, and bubblewrap only covers folders that are writable
 * themselves. So the settings of the kernel are covered here, and what tells about the host is masked.
 */
const KERNEL_READ_ONLY = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi', 'mtrr', 'pressure', 'driver', 'tty'];
const KERNEL_MASKED = [
  'kmsg',
  'kcore',
  'keys',
  'timer_list',
  'slabinfo',
  'vmallocinfo',
  'kpagecount',
  'kpageflags',
  'kpagecgroup',
  'pagetypeinfo',
  'kallsyms',
  'iomem',
];

/** Part of util-linux; an absolute path, because the command chooses its own PATH. */
export const PRLIMIT = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path)) ?? null;

/** Descriptor on which bubblewrap tells the id of the namespace's first process. */
export const STATUS_FD = 3;

/** What this machine's kernel and bubblewrap can do; found by `probe`. */
export interface Capabilities {
  userNamespace: boolean;
  disableUserNamespaces: boolean;
}

/** Everything the command sees of the host's system, read-only. */
function systemMounts(network: boolean): string[] {
  const args = ['--ro-bind', '/usr', '/usr'];
  for (const folder of SYSTEM_FOLDERS) {
    if (!existsSync(folder)) continue;
    if (lstatSync(folder).isSymbolicLink()) args.push('--symlink', readlinkSync(folder), folder);
    else args.push('--ro-bind', folder, folder);
  }
  for (const name of ['passwd', 'group', ...(network ? [] : ['hosts', 'nsswitch.conf'])])
    args.push('--ro-bind', join(ETC, name), `/etc/${name}`);
  for (const entry of [...ETC_ENTRIES, ...(network ? ETC_NETWORK : [])]) {
    if (existsSync(entry)) args.push('--ro-bind', realpathSync(entry), entry);
  }
  return args;
}

function coveredKernel(): string[] {
  const present = (names: string[]): string[] => names.map((name) => `/proc/${name}`).filter((path) => existsSync(path));
  return [
    ...present(KERNEL_READ_ONLY).flatMap((path) => ['--ro-bind', path, path]),
    ...present(KERNEL_MASKED).flatMap((path) => ['--ro-bind', '/dev/null', path]),
  ];
}

function namespaces(spec: SandboxSpec, can: Capabilities): string[] {
  const args = ['--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try', '--hostname', 'sandbox'];
  // A fixed ordinary user inside: nothing may depend on who runs us, and no capability is left anyway.
  if (can.userNamespace) args.push('--unshare-user', '--uid', '1000', '--gid', '1000');
  if (can.disableUserNamespaces) args.push('--disable-userns');
  if (spec.network !== true) args.push('--unshare-net');
  return [...args, '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'];
}

export function sandboxEnvironment(spec: SandboxSpec): Record<string, string> {
  return {
    PATH: `${dirname(NODE_TARGET)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: HOME_TARGET,
    USER: 'sandbox',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    ...spec.env,
  };
}

/**
 * Resource limits are set inside: the number of processes then counts those of the sandbox's user namespace, and not every process of
 * the user who runs us.
 */
export function resourceLimits(limits: Limits, withProcesses: boolean): string[] {
  // At the soft limit SIGXCPU, which names the reason; a second later SIGKILL.
  const args = [PRLIMIT ?? 'prlimit', '--core=0', `--fsize=${limits.file_bytes}`, `--cpu=${limits.cpu_s}:${limits.cpu_s + 1}`];
  if (withProcesses) args.push(`--nproc=${limits.processes}`);
  return [...args, '--'];
}

/** The full command line that runs `spec` under bubblewrap. */
export function bubblewrapArgv(
  spec: SandboxSpec,
  can: Capabilities,
  nodeSource: string,
  limits: Limits = { ...DEFAULT_LIMITS, ...spec.limits },
): string[] {
  const temporary = String(Math.min(limits.memory_bytes, limits.file_bytes));
  const args = ['bwrap', '--json-status-fd', String(STATUS_FD), ...namespaces(spec, can), ...systemMounts(spec.network === true)];
  args.push('--proc', '/proc', ...coveredKernel(), '--dev', '/dev', '--size', temporary, '--tmpfs', '/dev/shm', '--remount-ro', '/dev');
  args.push(
    '--size',
    temporary,
    '--tmpfs',
    '/tmp',
    '--size',
    temporary,
    '--tmpfs',
    HOME_TARGET,
    '--dir',
    '/run',
    '--symlink',
    '/tmp',
    '/var/tmp',
  );
  args.push('--ro-bind', nodeSource, NODE_TARGET);
  for (const mount of spec.mounts) args.push(mount.mode === 'ro' ? '--ro-bind' : '--bind', mount.source, mount.target);
  args.push('--remount-ro', '/', '--chdir', spec.cwd);
  for (const [name, value] of Object.entries(sandboxEnvironment(spec))) args.push('--setenv', name, value);
  return [...args, '--', ...resourceLimits(limits, true), ...spec.argv];
}
