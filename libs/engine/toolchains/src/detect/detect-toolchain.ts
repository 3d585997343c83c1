import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CodeOptimaError, type Toolchain } from '@codeoptima/contracts';
import { allDependencies, type Manifest, readManifest } from './manifest.ts';
import { detectPackageManager } from './package-manager.ts';
import { testCommand } from './test-command.ts';
import { sourceReader } from '../repository-command.ts';
import { type WorkspacePackage, workspacePackages } from './workspaces.ts';

export interface Detection {
  toolchain: Toolchain;
  /** What a person should know about the choice. */
  notes: string[];
}

export interface DetectOptions {
  /** Workspace package, by name or folder. */
  package?: string | undefined;
  /** optional: a package without a test script gets `node --test`, for callers with other judges. */
  tests?: 'required' | 'optional';
}

/** `npm init` writes this script; it always fails. */
const PLACEHOLDER = /no test specified/;
const hasTests = (manifest: Manifest): boolean =>
  (manifest.scripts['test'] ?? '') !== '' && !PLACEHOLDER.test(manifest.scripts['test'] ?? '');

function named(each: WorkspacePackage): string {
  return each.manifest.name ?? each.dir;
}

/** The package a run is about: the asked one, else the root, else the only package with tests. */
function choosePackage(root: WorkspacePackage, packages: readonly WorkspacePackage[], wanted: string | undefined): WorkspacePackage {
  if (wanted !== undefined) {
    const folder = wanted.replace(/^\.\//, '').replace(/\/+$/, '');
    const found = [root, ...packages].find((each) => each.manifest.name === wanted || each.dir === (folder === '.' ? '' : folder));
    if (found) return found;
    const choice = packages.length === 0 ? 'It has no workspaces.' : `It has: ${packages.map(named).join(', ')}.`;
    throw new CodeOptimaError('bad_input', `The repository has no package '${wanted}'. ${choice}`, { ids: { package: wanted } });
  }
  if (hasTests(root.manifest) || packages.length === 0) return root;
  const tested = packages.filter((each) => hasTests(each.manifest));
  if (tested.length === 1 && tested[0]) return tested[0];
  if (tested.length === 0) return root;
  throw new CodeOptimaError(
    'bad_input',
    `The root of this workspace has no test script; choose a package with --package: ${tested.map(named).join(', ')}.`,
  );
}

function typecheckCommand(dir: string, manifest: Manifest, root: Manifest): string | null {
  const hasCompiler = 'typescript' in { ...allDependencies(root), ...allDependencies(manifest) };
  return hasCompiler && existsSync(join(dir, 'tsconfig.json')) ? 'tsc --noEmit -p tsconfig.json' : null;
}

/**
 * Finds how a Node repository is installed, built and tested, from its files alone; nothing of it is run.
 * @param dir the root of the repository
 * @throws CodeOptimaError `bad_input` for a missing or broken package.json, an unknown or undecided package, or no test script
 */
export async function detectToolchain(dir: string, options: DetectOptions = {}): Promise<Detection> {
  const manifest = await readManifest(dir);
  const packages = await workspacePackages(dir, manifest);
  const chosen = choosePackage({ dir: '', manifest }, packages, options.package);
  const place = chosen.dir === '' ? 'package.json' : `${chosen.dir}/package.json`;
  const untested = !hasTests(chosen.manifest);
  if (untested && options.tests !== 'optional') {
    throw new CodeOptimaError(
      'bad_input',
      `${place} has no test script, and without tests no change can be proved. Add "scripts": {"test": "node --test"}.`,
      {
        ids: { path: place },
      },
    );
  }
  const folder = join(dir, chosen.dir);
  const scripts = untested ? { ...chosen.manifest.scripts, test: 'node --test' } : chosen.manifest.scripts;
  const tests = testCommand(scripts, sourceReader(folder));
  const dependencies = { ...allDependencies(manifest), ...allDependencies(chosen.manifest) };
  const toolchain: Toolchain = {
    language: 'node',
    package_manager: detectPackageManager(dir, manifest),
    runtime_version: process.versions.node,
    package_dir: chosen.dir,
    package_name: chosen.manifest.name,
    module_format: chosen.manifest.type === 'module' ? 'esm' : 'commonjs',
    typescript: 'typescript' in dependencies || existsSync(join(folder, 'tsconfig.json')),
    build_script: ['build', 'compile'].find((name) => name in chosen.manifest.scripts) ?? null,
    typecheck_command: typecheckCommand(folder, chosen.manifest, manifest),
    framework: tests.framework,
    test_command: tests.command,
  };
  return { toolchain, notes: untested ? [...tests.notes, `${place} has no test script; 'node --test' was tried.`] : tests.notes };
}
