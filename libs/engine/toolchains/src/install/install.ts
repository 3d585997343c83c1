import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError, type Toolchain } from '@codeoptima/contracts';
import { REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';
import { isModernYarn, lockFile } from '../detect/package-manager.ts';
import { repositoryMounts } from '../repository-command.ts';
import { lastSentence } from './complaint.ts';
import { packageManagerProgram } from './program.ts';
import { registryAccess } from './registry.ts';

export interface InstallOptions {
  /** Root of a fresh checkout. */
  dir: string;
  toolchain: Toolchain;
  /** Folder for downloads and package managers; shared by all runs. */
  cache_dir: string;
  /** Whether development dependencies that cannot be had end the installation, or are left out with a note (npm only). */
  development?: 'required' | 'optional' | undefined;
  wall_ms: number;
  unsafe_no_sandbox?: boolean | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((line: string) => void) | undefined;
}

export interface Step {
  notes: string[];
  log: string;
}

interface Attempt {
  args: string[];
  /** Told when this attempt was the one that worked. */
  note: string | null;
  /** npm looks every dependency up, also one it is told to leave out; so the manifest is without them for the time. */
  without_development?: true;
}

/** Options given on the command line win over the repository's own settings, which could name a program to run. */
const NPM = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--include=dev',
  '--git=git',
  '--engine-strict=false',
  '--loglevel=warn',
  // By default each address that cannot be reached costs more than a minute.
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

function attempts(dir: string, toolchain: Toolchain, development: InstallOptions['development']): Attempt[] {
  const { package_manager: manager } = toolchain;
  const lock = lockFile(dir, manager.name);
  const loose =
    lock === null ? null : `The lock file ${lock} could not be followed exactly; dependencies were resolved anew where it failed.`;
  if (manager.name === 'pnpm') {
    const common = [
      'install',
      '--ignore-scripts',
      '--ignore-pnpmfile',
      '--config.engine-strict=false',
      '--config.strict-peer-dependencies=false',
      '--reporter=append-only',
    ];
    const free: Attempt = { args: [...common, '--no-frozen-lockfile'], note: loose };
    return lock === null ? [free] : [{ args: [...common, '--frozen-lockfile'], note: null }, free];
  }
  if (isModernYarn(dir, manager)) {
    const free: Attempt = { args: ['install', '--mode=skip-build'], note: loose };
    return lock === null ? [free] : [{ args: ['install', '--immutable', '--mode=skip-build'], note: null }, free];
  }
  if (manager.name === 'yarn') {
    const common = [
      'install',
      '--ignore-scripts',
      '--non-interactive',
      '--ignore-engines',
      '--production=false',
      '--network-timeout=60000',
    ];
    const free: Attempt = { args: [...common, '--pure-lockfile'], note: loose };
    return lock === null ? [free] : [{ args: [...common, '--frozen-lockfile'], note: null }, free];
  }
  const free: Attempt = { args: ['install', ...NPM, lock === null ? '--no-package-lock' : '--no-save'], note: loose };
  const legacy: Attempt = {
    args: [...free.args, '--legacy-peer-deps'],
    note: 'Dependencies were installed in spite of conflicting peer dependencies.',
  };
  const lean: Attempt = {
    args: [...legacy.args.filter((arg) => arg !== '--include=dev'), '--omit=dev'],
    note: 'The development dependencies could not be installed and were left out.',
    without_development: true,
  };
  const loosest = development === 'optional' ? [free, legacy, lean] : [free, legacy];
  return lock === null ? loosest : [{ args: ['ci', ...NPM], note: null }, ...loosest];
}

/** Another way is tried when the lock file or the registry was the trouble; not when time, memory or a person ended it. */
const mayTryAgain = (result: SandboxResult): boolean => result.outcome === 'exited';

/** What could not be reached will not be reached in another way: only asking for less helps. */
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)\b/;

/** Remembers the lock file; calling the result puts it back, or removes one that was made. */
async function keepLock(dir: string, toolchain: Toolchain): Promise<() => Promise<void>> {
  const { name } = toolchain.package_manager;
  const lock = lockFile(dir, name);
  if (lock === null) {
    return async () => {
      const made = lockFile(dir, name);
      if (made !== null) await rm(join(dir, made), { force: true });
    };
  }
  const path = join(dir, lock);
  // Through a link we would write to a file of the host.
  if (!(await lstat(path)).isFile()) return async () => undefined;
  const text = await readFile(path);
  return async () => {
    await rm(path, { force: true });
    await writeFile(path, text);
  };
}

/** Takes the development dependencies out of the manifest; calling the result puts it back as it was. */
async function hideDevelopment(dir: string): Promise<() => Promise<void>> {
  const path = join(dir, 'package.json');
  const text = await readFile(path, 'utf8');
  const { devDependencies: _hidden, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const replaceBy = async (content: string): Promise<void> => {
    // A link would lead out of the tree.
    await rm(path, { force: true });
    await writeFile(path, content);
  };
  await replaceBy(JSON.stringify(rest, null, 2));
  return async () => replaceBy(text);
}

/**
 * Installs the dependencies: with the network, without any script, lock file followed where it can be. Of the repository's code nothing
 * runs. The lock file is left as it was.
 * @throws CodeOptimaError `install_failed` with the package manager's own words; `cancelled`; `sandbox_missing`
 */
export async function installDependencies(options: InstallOptions): Promise<Step> {
  const { dir, toolchain, cache_dir, signal } = options;
  const downloads = join(cache_dir, 'downloads');
  await mkdir(downloads, { recursive: true });
  const started = performance.now();
  const program = await packageManagerProgram(dir, toolchain, join(cache_dir, 'tools'), signal);
  const access = await registryAccess(dir, toolchain.package_manager.name, downloads);
  const restore = [await keepLock(dir, toolchain)];
  const log: string[] = [];
  try {
    let last: SandboxResult | null = null;
    for (const { args, note, without_development } of attempts(dir, toolchain, options.development)) {
      if (last && !without_development && UNREACHABLE.test(`${last.stderr}${last.stdout}`)) continue;
      if (without_development) restore.push(await hideDevelopment(dir));
      log.push(`$ ${toolchain.package_manager.name} ${args.join(' ')}\n`);
      last = await run({
        argv: [...program.argv, ...args],
        cwd: REPO_TARGET,
        mounts: [...repositoryMounts(dir), ...program.mounts, ...access.mounts],
        env: access.env,
        network: true,
        limits: { wall_ms: Math.max(1000, options.wall_ms - (performance.now() - started)) },
        ...(signal === undefined ? {} : { signal }),
        unsafe_no_sandbox: options.unsafe_no_sandbox ?? false,
        onOutput(chunk) {
          log.push(Buffer.from(chunk).toString('utf8'));
        },
      });
      if (last.outcome === 'exited' && last.exit_code === 0) return { notes: note === null ? [] : [note], log: log.join('') };
      if (!mayTryAgain(last)) break;
    }
    throw installError(last, toolchain, log.join(''));
  } finally {
    for (const put_back of restore) await put_back();
    await access.dispose();
  }
}

function installError(result: SandboxResult | null, toolchain: Toolchain, log: string): CodeOptimaError {
  const name = toolchain.package_manager.name;
  if (result?.outcome === 'cancelled') return new CodeOptimaError('cancelled', 'The installation was cancelled.');
  if (result?.outcome === 'timed_out')
    return new CodeOptimaError('install_failed', `${name} did not finish within the time for installing and building.`, { cause: log });
  const words = lastSentence(`${result?.stderr ?? ''}\n${result?.stdout ?? ''}`);
  if (/ENOSPC|No space left/.test(log))
    return new CodeOptimaError('disk_full', 'The disk is full: dependencies could not be installed.', { cause: log });
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(words);
  return new CodeOptimaError('install_failed', `${name} could not install the dependencies: ${words}`, { retryable: offline, cause: log });
}
