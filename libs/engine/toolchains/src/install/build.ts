import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { NODE_TARGET, REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';
import { readManifest } from '../detect/manifest.ts';
import { withDependencies, workspacePackages } from '../detect/workspaces.ts';
import { commandEnvironment, repositoryMounts } from '../repository-command.ts';
import { lastSentence } from './complaint.ts';
import { npmProgram } from './program.ts';

export interface OfflineOptions {
  dir: string;
  toolchain: Toolchain;
  wall_ms: number;
  unsafe_no_sandbox?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** npm with the network off: its only use here is to run scripts with the surroundings they expect. */
async function offlineNpm(args: readonly string[], folder: string, options: OfflineOptions): Promise<SandboxResult> {
  const npm = npmProgram();
  return await run({
    argv: [...npm.argv, ...args],
    cwd: posix.join(REPO_TARGET, folder),
    mounts: [...repositoryMounts(options.dir), ...npm.mounts],
    env: {
      ...commandEnvironment(options.toolchain, 'build'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      npm_config_nodedir: posix.dirname(posix.dirname(NODE_TARGET)),
    },
    limits: { wall_ms: Math.max(1000, options.wall_ms) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    unsafe_no_sandbox: options.unsafe_no_sandbox ?? false,
  });
}

/** Whether any installed package has an install script; unknown counts as yes. */
function hasInstallScripts(dir: string): boolean {
  if (!existsSync(join(dir, 'node_modules'))) return false;
  try {
    const listed = JSON.parse(readFileSync(join(dir, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages?: Record<string, { hasInstallScript?: boolean }>;
    };
    return Object.values(listed.packages ?? {}).some((each) => each.hasInstallScript === true);
  } catch {
    return true;
  }
}

const succeeded = (result: SandboxResult): boolean => result.outcome === 'exited' && result.exit_code === 0;
const transcript = (title: string, result: SandboxResult): string => `$ ${title}\n${result.stdout}${result.stderr}`;

export interface ScriptsResult {
  notes: string[];
  log: string;
  ended: SandboxResult | null;
}

/**
 * Runs the install scripts that were off while the network was on: those of the dependencies, then the repository's own. One that fails
 * is told and does not stop: most that fail want to download something the tests do not need.
 */
export async function runInstallScripts(options: OfflineOptions): Promise<ScriptsResult> {
  const notes: string[] = [];
  const log: string[] = [];
  const started = performance.now();
  const manifest = await readManifest(options.dir);
  const commands: string[][] = hasInstallScripts(options.dir) ? [['rebuild', '--foreground-scripts']] : [];
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) if (name in manifest.scripts) commands.push(['run', name]);
  for (const args of commands) {
    const result = await offlineNpm(args, '', { ...options, wall_ms: options.wall_ms - (performance.now() - started) });
    log.push(transcript(`npm ${args.join(' ')}`, result));
    if (result.outcome === 'timed_out' || result.outcome === 'cancelled') return { notes, log: log.join('\n'), ended: result };
    if (!succeeded(result)) {
      const what = args[0] === 'rebuild' ? 'An install script of a dependency' : `The script '${args[1]}'`;
      notes.push(
        `${what} failed without a network (${lastSentence(`${result.stderr}\n${result.stdout}`)}); the tests decide whether that matters.`,
      );
    }
  }
  return { notes, log: log.join('\n'), ended: null };
}

export interface BuildResult {
  log: string;
  /** Null when everything was built, or nothing had to be. */
  failed: { script: string; result: SandboxResult; words: string } | null;
}

/** Folders and scripts to build, in order: the root's build makes a whole workspace; else the packages that the chosen one needs. */
async function buildPlan(dir: string, toolchain: Toolchain): Promise<{ folder: string; script: string }[]> {
  const root = await readManifest(dir);
  const scriptOf = (scripts: Record<string, string>): string | undefined => ['build', 'compile'].find((name) => name in scripts);
  if (toolchain.package_dir !== '' || toolchain.build_script === null) {
    const ordered = withDependencies(toolchain.package_dir, await workspacePackages(dir, root));
    const rootScript = scriptOf(root.scripts);
    if (ordered.length > 1 && rootScript !== undefined) return [{ folder: '', script: rootScript }];
    return ordered.flatMap(({ dir: folder, manifest }) => {
      const script = scriptOf(manifest.scripts);
      return script === undefined ? [] : [{ folder, script }];
    });
  }
  return [{ folder: '', script: toolchain.build_script }];
}

/** Builds the chosen package and what it needs from its workspace, without a network. */
export async function build(options: OfflineOptions): Promise<BuildResult> {
  const log: string[] = [];
  const started = performance.now();
  for (const { folder, script } of await buildPlan(options.dir, options.toolchain)) {
    const result = await offlineNpm(['run', script], folder, { ...options, wall_ms: options.wall_ms - (performance.now() - started) });
    log.push(transcript(`npm run ${script}${folder === '' ? '' : ` (in ${folder})`}`, result));
    if (!succeeded(result))
      return { log: log.join('\n'), failed: { script, result, words: lastSentence(`${result.stderr}\n${result.stdout}`) } };
  }
  return { log: log.join('\n'), failed: null };
}
