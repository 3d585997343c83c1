import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import type { Manifest } from './manifest.ts';

export type PackageManager = Toolchain['package_manager'];

const LOCK_FILES: [string, PackageManager['name']][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** The lock file of a package manager in a folder; null when there is none. */
export function lockFile(dir: string, name: PackageManager['name']): string | null {
  return LOCK_FILES.find(([file, owner]) => owner === name && existsSync(join(dir, file)))?.[0] ?? null;
}

/** By the `packageManager` field, else by lock file, else npm. The version is the one the field pins. */
export function detectPackageManager(dir: string, manifest: Manifest): PackageManager {
  const pinned = /^(npm|pnpm|yarn)@(\d+\.\d+\.\d+[\w.-]*)/.exec(manifest.packageManager ?? '');
  if (pinned) return { name: pinned[1] as PackageManager['name'], version: pinned[2] ?? null };
  const found = LOCK_FILES.find(([file]) => existsSync(join(dir, file)));
  return { name: found?.[1] ?? 'npm', version: null };
}

/** Yarn from version 2 on is another program: by its settings file or the pinned version. */
export function isModernYarn(dir: string, manager: PackageManager): boolean {
  if (manager.name !== 'yarn') return false;
  return manager.version === null ? existsSync(join(dir, '.yarnrc.yml')) : !manager.version.startsWith('1.');
}
