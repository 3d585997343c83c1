import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { findHotspots, type HotspotsInput, type RunTests } from '@codeoptima/hotspots';
import { quieterCore } from '@codeoptima/measurement';
import { build, runTests, unpackTree } from '@codeoptima/toolchains';
import type { TaskContext } from '@codeoptima/worker';

/** P5: a build takes less than ten minutes. */
const BUILD_MS_MAX = 600_000;

/** The task `hotspots` on a prepared tree from the object store. `now_ms` is a steady clock. */
export const hotspots =
  (now_ms: () => number) =>
  async (context: TaskContext<'hotspots'>): ReturnType<typeof findHotspots> => {
    const began = now_ms();
    const { payload, artifacts, workdir, signal, progress } = context;
    const { prepared, toolchain } = payload.baseline;
    if (prepared === null || toolchain === null) {
      throw new CodeOptimaError('bad_input', 'The baseline has no prepared tree, so there is nothing to profile.', {
        ids: { run_id: context.run_id },
      });
    }
    progress('unpacking the prepared tree', 0);
    const archive = join(workdir, 'prepared.tar.zst');
    const dir = join(workdir, 'tree');
    await artifacts.getToFile(prepared, archive);
    await unpackTree(archive, dir, signal);
    await rm(archive);
    const { unsafe_no_sandbox } = payload.config;
    const run_tests: RunTests = async (copy, env, stop, extra_mounts = []) => {
      const said = (line: string): void => progress(`tests: ${line}`);
      const options = { dir: copy, toolchain, env, extra_mounts, unsafe_no_sandbox, signal: stop, progress: said };
      await context.bounded(() => runTests(options));
    };
    const rebuild = async (copy: string, stop: AbortSignal): Promise<string | null> =>
      (await context.bounded(() => build({ dir: copy, toolchain, wall_ms: BUILD_MS_MAX, unsafe_no_sandbox, signal: stop }))).failed
        ?.words ?? null;
    const input: HotspotsInput = {
      payload,
      dir,
      workdir,
      run_tests,
      build: toolchain.build_script === null ? null : rebuild,
      put: async (text) => artifacts.put(text),
      progress,
      now_ms,
      cpu: await quieterCore(),
      signal,
    };
    try {
      return await findHotspots(input);
    } finally {
      context.addUsage({ ci_ms: Math.round(now_ms() - began) });
    }
  };
