import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { type Limits, type Mount, NODE_TARGET, REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';

/** `yarn` and `pnpm` as scripts use them once everything is installed; looked for after the system's own. */
const SCRIPT_RUNNER = { source: join(import.meta.dirname, '../runtime/bin'), target: '/opt/codeoptima/script-runner' };

/**
 * The tree writable at its fixed place, except `.git`: git runs on the host later, and settings or hooks written there would be run by it.
 */
export function repositoryMounts(dir: string): Mount[] {
  const mounts: Mount[] = [
    { source: dir, target: REPO_TARGET, mode: 'rw' },
    { ...SCRIPT_RUNNER, mode: 'ro' },
  ];
  const git = join(dir, '.git');
  if (existsSync(git)) mounts.push({ source: git, target: `${REPO_TARGET}/.git`, mode: 'ro' });
  return mounts;
}

/** What package managers set for scripts, as far as tests and builds look at it. */
export function commandEnvironment(toolchain: Toolchain, script: string): Record<string, string> {
  const own = posix.join(REPO_TARGET, toolchain.package_dir);
  const folders = [
    `${own}/node_modules/.bin`,
    `${REPO_TARGET}/node_modules/.bin`,
    dirname(NODE_TARGET),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    SCRIPT_RUNNER.target,
  ];
  return {
    PATH: [...new Set(folders)].join(':'),
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    INIT_CWD: own,
    npm_lifecycle_event: script,
    npm_package_json: `${own}/package.json`,
    ...(toolchain.package_name === null ? {} : { npm_package_name: toolchain.package_name }),
    npm_node_execpath: NODE_TARGET,
    NODE: NODE_TARGET,
  };
}

/** Reads source files of a folder; null for what cannot be read. */
export function sourceReader(folder: string): (path: string) => string | null {
  return (path) => {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      return null;
    }
  };
}

export interface CommandOptions {
  dir: string;
  toolchain: Toolchain;
  limits?: Partial<Limits> | undefined;
  unsafe_no_sandbox?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Runs a shell command of the repository (its type check, say) in its package's folder, sandboxed and without a network. */
export async function runRepositoryCommand(command: string, options: CommandOptions): Promise<SandboxResult> {
  const { dir, toolchain, limits, signal } = options;
  return await run({
    argv: ['sh', '-c', command],
    cwd: posix.join(REPO_TARGET, toolchain.package_dir),
    mounts: repositoryMounts(dir),
    env: commandEnvironment(toolchain, 'run'),
    ...(limits === undefined ? {} : { limits }),
    ...(signal === undefined ? {} : { signal }),
    unsafe_no_sandbox: options.unsafe_no_sandbox ?? false,
  });
}
