import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { build, copyTree, runRepositoryCommand, runTests } from '@codeoptima/toolchains';
import type { Subject } from './subject.ts';

export interface TreePortOptions {
  toolchain: Toolchain;
  /** Limit of one run of the tests. */
  test_minutes: number;
  unsafe_no_sandbox: boolean;
  /** Folder for scratch copies. */
  workdir: string;
  signal: AbortSignal;
}

const MS_PER_MINUTE = 60_000;
const TYPES_MS_MAX = 5 * MS_PER_MINUTE;
/** P5: a green build in under ten minutes. */
const BUILD_MS_MAX = 10 * MS_PER_MINUTE;

/** The ladder's ways to touch a tree: its tests, its commands, a scratch copy. */
export function treePorts({
  toolchain,
  test_minutes,
  unsafe_no_sandbox,
  workdir,
  signal,
}: TreePortOptions): Pick<Subject, 'run_tests' | 'run_command' | 'build' | 'copy'> {
  return {
    run_tests: (dir, { env, detail, signal: own }) =>
      runTests({
        dir,
        toolchain,
        env,
        limits: { wall_ms: test_minutes * MS_PER_MINUTE },
        unsafe_no_sandbox,
        signal: own,
        progress: detail,
      }),
    run_command: async (dir, command, own) => {
      const result = await runRepositoryCommand(command, {
        dir,
        toolchain,
        limits: { wall_ms: TYPES_MS_MAX },
        unsafe_no_sandbox,
        signal: own,
      });
      return { exit_code: result.exit_code, output: `${result.stdout}\n${result.stderr}` };
    },
    build: async (dir, own) =>
      (await build({ dir, toolchain, wall_ms: BUILD_MS_MAX, unsafe_no_sandbox, signal: own })).failed?.words ?? null,
    copy: async (dir) => {
      const target = join(await mkdtemp(join(workdir, 'copy-')), 'tree');
      await copyTree(dir, target, signal);
      return target;
    },
  };
}
