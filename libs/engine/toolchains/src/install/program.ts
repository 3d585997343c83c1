import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CodeOptimaError, type Toolchain } from '@codeoptima/contracts';
import { draftOf } from '@codeoptima/embedded/drafts';
import { type Mount, NODE_TARGET } from '@codeoptima/sandbox';
import { isModernYarn } from '../detect/package-manager.ts';
import { hostSettings } from '../env.ts';

/** A package manager as the sandbox sees it. */
export interface Program {
  /** Command and first arguments. */
  argv: string[];
  mounts: Mount[];
}

const TARGET = '/opt/codeoptima/package-manager';

/** Versions used when a repository pins none. A pinned version is honoured where it is newer than these programs' oldest usable one. */
const DEFAULT_VERSIONS = { pnpm: '10.34.8', yarn: '1.22.22', '@yarnpkg/cli-dist': '4.18.1' } as const;
type Installable = keyof typeof DEFAULT_VERSIONS;
const ENTRIES: Record<Installable, string> = { pnpm: 'bin/pnpm.cjs', yarn: 'bin/yarn.js', '@yarnpkg/cli-dist': 'bin/yarn.js' };

/** Folder of the npm that is on PATH: the package that holds npm-cli.js. */
function npmFolder(): string {
  for (const folder of hostSettings().search_path.split(delimiter)) {
    const program = join(folder, 'npm');
    if (!existsSync(program)) continue;
    for (let at = dirname(realpathSync(program)); at !== '/'; at = dirname(at)) {
      if (existsSync(join(at, 'bin/npm-cli.js')) && existsSync(join(at, 'package.json'))) return at;
      const inside = join(at, 'lib/node_modules/npm');
      if (existsSync(join(inside, 'bin/npm-cli.js'))) return inside;
    }
  }
  throw new CodeOptimaError('install_failed', 'npm is not on PATH, and without it no dependencies can be installed. Install npm.', {
    retryable: false,
  });
}

/** npm, run by our Node. The system's folders are visible inside as they are; npm from elsewhere is mounted. */
export function npmProgram(): Program {
  const folder = npmFolder();
  if (folder.startsWith('/usr/')) return { argv: [NODE_TARGET, join(folder, 'bin/npm-cli.js')], mounts: [] };
  return { argv: [NODE_TARGET, `${TARGET}/bin/npm-cli.js`], mounts: [{ source: folder, target: TARGET, mode: 'ro' }] };
}

/** Installs a package manager once per version into the tool cache, with the host's npm and without install scripts. */
async function cachedTool(name: Installable, version: string, tool_cache: string, signal?: AbortSignal): Promise<string> {
  const folder = join(tool_cache, `${name.replace(/[@/]/g, '')}-${version}`);
  const installed = join(folder, 'node_modules', name);
  if (existsSync(join(installed, 'package.json'))) return installed;
  const fresh = draftOf(folder);
  await mkdir(fresh, { recursive: true });
  const args = [
    join(npmFolder(), 'bin/npm-cli.js'),
    'install',
    '--prefix',
    fresh,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
  ];
  const failure = await new Promise<string | null>((resolve) => {
    execFile(
      process.execPath,
      [...args, `${name}@${version}`],
      { cwd: fresh, ...(signal === undefined ? {} : { signal }) },
      (error, _out, stderr) => resolve(error === null ? null : stderr.trim().split('\n').slice(-3).join(' ') || error.message),
    );
  });
  if (failure !== null) {
    await rm(fresh, { recursive: true, force: true });
    throw new CodeOptimaError('install_failed', `The package manager ${name}@${version} could not be installed: ${failure}`, {
      retryable: true,
    });
  }
  // Another process may have been quicker; its copy is as good.
  await rename(fresh, folder).catch(async () => await rm(fresh, { recursive: true, force: true }));
  return installed;
}

function entryOf(folder: string, name: Installable): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin?: Record<string, string> | string };
  const bin = typeof manifest.bin === 'string' ? manifest.bin : (manifest.bin?.[name === 'pnpm' ? 'pnpm' : 'yarn'] ?? ENTRIES[name]);
  return bin.replace(/^\.\//, '');
}

/**
 * The package manager of a repository, ready for the sandbox. pnpm and Yarn come from the tool cache, in the version the repository pins
 * or else ours; nothing that the repository carries (yarnPath, corepack) is run.
 * @throws CodeOptimaError `install_failed`
 */
export async function packageManagerProgram(dir: string, toolchain: Toolchain, tool_cache: string, signal?: AbortSignal): Promise<Program> {
  const { package_manager: manager } = toolchain;
  if (manager.name === 'npm') return npmProgram();
  const name: Installable = manager.name === 'pnpm' ? 'pnpm' : isModernYarn(dir, manager) ? '@yarnpkg/cli-dist' : 'yarn';
  const wanted = manager.version ?? DEFAULT_VERSIONS[name];
  const folder = await cachedTool(name, wanted, tool_cache, signal).catch(async (error: unknown) => {
    if (wanted === DEFAULT_VERSIONS[name]) throw error;
    return await cachedTool(name, DEFAULT_VERSIONS[name], tool_cache, signal);
  });
  return { argv: [NODE_TARGET, `${TARGET}/${entryOf(folder, name)}`], mounts: [{ source: folder, target: TARGET, mode: 'ro' }] };
}
