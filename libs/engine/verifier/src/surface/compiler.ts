import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mount } from '@codeoptima/sandbox';

/** A TypeScript compiler that can be run in the sandbox. */
export interface Compiler {
  /** Whose it is, for the evidence: `typescript 5.9.3 of the repository`. */
  name: string;
  /** Program to hand to Node, as the sandbox sees it. */
  program: string;
  mounts: Mount[];
  /** Whether it can emit declarations without checking everything first (since 5.6). */
  can_skip_checks: boolean;
}

const BASE_TARGET = '/base';
const OWN_TARGET = '/opt/codeoptima/typescript/node_modules';

const versionOf = (folder: string): string | null => {
  try {
    return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }).version);
  } catch {
    return null;
  }
};

const canSkipChecks = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 6);
};

/**
 * The compiler the base installed, so that a change cannot bring its own; else the one that comes with Code Optima. `unsafe_no_sandbox` names
 * places on the host in place of those inside.
 */
export function findCompiler(base_dir: string, package_dir: string, unsafe_no_sandbox: boolean): Compiler {
  for (const folder of new Set([join(package_dir, 'node_modules/typescript'), 'node_modules/typescript'])) {
    const program = ['bin/tsc', 'lib/tsc.js'].find((path) => existsSync(join(base_dir, folder, path)));
    const version = versionOf(join(base_dir, folder));
    if (program === undefined || version === null) continue;
    return {
      name: `typescript ${version} of the repository`,
      program: join(unsafe_no_sandbox ? base_dir : BASE_TARGET, folder, program),
      mounts: [{ source: base_dir, target: BASE_TARGET, mode: 'ro' }],
      can_skip_checks: canSkipChecks(version),
    };
  }
  const own = dirname(fileURLToPath(import.meta.resolve('typescript/package.json')));
  const modules = dirname(own);
  const version = versionOf(own) ?? 'unknown';
  return {
    name: `typescript ${version} of Code Optima`,
    program: join(unsafe_no_sandbox ? modules : OWN_TARGET, 'typescript/lib/tsc.js'),
    // The compiler itself is a program of a package beside it, one for each platform.
    mounts: ['typescript', '@typescript'].map((name) => ({
      source: join(modules, name),
      target: join(OWN_TARGET, name),
      mode: 'ro' as const,
    })),
    can_skip_checks: canSkipChecks(version),
  };
}
