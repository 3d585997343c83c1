import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodeOptimaError, type Toolchain, plural } from '@codeoptima/contracts';
import type { SandboxResult } from '@codeoptima/sandbox';
import { parse } from 'yaml';
import { allDependencies, readManifest } from './detect/manifest.ts';
import { lockFile, type PackageManager } from './detect/package-manager.ts';
import { workspacePackages } from './detect/workspaces.ts';
import { build, runInstallScripts } from './install/build.ts';
import { installDependencies, type Step } from './install/install.ts';

export interface PrepareOptions {
  /** Root of a fresh checkout; it is changed in place. */
  dir: string;
  toolchain: Toolchain;
  /** Folder for downloads and package managers; shared by all runs. */
  cache_dir: string;
  /** For install, install scripts and build together. */
  build_ms: number;
  /** A build that fails ends the preparation; else it is told, and the tests decide. */
  strict: boolean;
  /** See InstallOptions; required when left out. */
  development?: 'required' | 'optional' | undefined;
  unsafe_no_sandbox?: boolean | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((detail: string) => void) | undefined;
}

/** Installed packages, to tell how much there is; scopes are looked into. */
export function countInstalled(dir: string): number {
  const modules = join(dir, 'node_modules');
  if (!existsSync(modules)) return 0;
  const list = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.'));
  return list(modules).reduce((sum, name) => sum + (name.startsWith('@') ? list(join(modules, name)).length : 1), 0);
}

/** Packages that the lock file names; null when there is none, or it cannot be read. */
export function countLocked(dir: string, manager: PackageManager['name']): number | null {
  const lock = lockFile(dir, manager);
  if (lock === null) return null;
  try {
    const text = readFileSync(join(dir, lock), 'utf8');
    if (manager === 'yarn') return (text.match(/^\S.*:$/gm) ?? []).filter((line) => line !== '__metadata:').length;
    const { packages = {}, dependencies = {} } = (manager === 'pnpm' ? parse(text) : JSON.parse(text)) as Record<
      string,
      object | undefined
    >;
    return Object.keys(packages).length > 0 ? Object.keys(packages).filter((name) => name !== '').length : Object.keys(dependencies).length;
  } catch {
    return null;
  }
}

async function needsInstall(dir: string): Promise<boolean> {
  const manifest = await readManifest(dir);
  const all = [{ dir: '', manifest }, ...(await workspacePackages(dir, manifest))];
  return all.length > 1 || Object.keys(allDependencies(manifest)).length > 0;
}

function stopped(result: SandboxResult, what: string, minutes: number): CodeOptimaError {
  if (result.outcome === 'cancelled') return new CodeOptimaError('cancelled', `${what} was cancelled.`);
  return new CodeOptimaError('build_failed', `${what} did not end within ${plural(minutes, 'minute')} for installing and building.`);
}

/**
 * Installs (network on, scripts off), then runs install scripts and the build (network off), all in the sandbox.
 * @throws CodeOptimaError `install_failed`, `build_failed`, `cancelled`, `disk_full`, `sandbox_missing`
 */
export async function prepareTree(options: PrepareOptions): Promise<Step & { build_failed: boolean }> {
  const { dir, toolchain, unsafe_no_sandbox, signal, progress } = options;
  const started = performance.now();
  const left = (): number => options.build_ms - (performance.now() - started);
  const minutes = Math.round(options.build_ms / 60_000);
  const notes: string[] = [];
  const log: string[] = [];
  if (await needsInstall(dir)) {
    const locked = countLocked(dir, toolchain.package_manager.name);
    progress?.(locked === null ? 'installing dependencies' : `installing ${plural(locked, 'package')}`);
    const installed = await installDependencies({
      dir,
      toolchain,
      cache_dir: options.cache_dir,
      development: options.development,
      wall_ms: left(),
      unsafe_no_sandbox,
      signal,
    });
    notes.push(...installed.notes);
    log.push(installed.log);
    progress?.(`installed ${plural(countInstalled(dir), 'package')}`);
  }
  const scripts = await runInstallScripts({ dir, toolchain, wall_ms: left(), unsafe_no_sandbox, signal });
  notes.push(...scripts.notes);
  log.push(scripts.log);
  if (scripts.ended) throw stopped(scripts.ended, 'An install script', minutes);
  progress?.('building');
  const built = await build({ dir, toolchain, wall_ms: left(), unsafe_no_sandbox, signal });
  log.push(built.log);
  if (built.failed) {
    const { script, result, words } = built.failed;
    if (result.outcome === 'timed_out' || result.outcome === 'cancelled') throw stopped(result, `The build (npm run ${script})`, minutes);
    if (options.strict)
      throw new CodeOptimaError('build_failed', `The build (npm run ${script}) failed: ${words}`, { cause: log.join('\n') });
    notes.push(`The build (npm run ${script}) failed (${words}); the tests were run all the same.`);
  }
  return { notes, log: log.filter(Boolean).join('\n'), build_failed: Boolean(built.failed) };
}
