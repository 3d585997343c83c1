import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { baseline, type BaselineRuns, copyTree, detectToolchain, prepareTree, runTests } from '@codeoptima/toolchains';
import type { TaskContext } from '@codeoptima/worker';
import { ticking } from './adapters/ticker.ts';

export type Context = TaskContext<'baseline'>;
const MINUTE_MS = 60_000;

/** Share of the task that is done when the stage begins; the tests take the rest. */
export const FRACTION = { clone: 0, detect: 0.05, install: 0.1, tests: 0.4, pack: 0.95 };

/** Everything known so far; a failure tells as much as was found. */
export interface Known {
  toolchain: Toolchain | null;
  notes: string[];
  log: string[];
}

/** Runs the tests as often as the baseline asks, each time in a fresh copy. */
export async function testTree(context: Context, tree: string, toolchain: Toolchain): Promise<BaselineRuns> {
  const { config } = context.payload.request;
  let detail = '';
  let fraction = FRACTION.tests;
  return await baseline({
    mode: config.baseline,
    test_minutes: config.limits.test_minutes,
    progress(said, part) {
      detail = said;
      fraction = FRACTION.tests + part * (FRACTION.pack - FRACTION.tests);
      context.progress(said, fraction);
    },
    async runOnce(index) {
      // A fresh copy each time: what tests write must neither reach the next run nor the prepared tree.
      const copy = join(context.workdir, `tests-${index}`);
      await copyTree(tree, copy, context.signal);
      try {
        const run = await ticking(
          () => context.progress(detail, fraction),
          async () =>
            await runTests({
              dir: copy,
              toolchain,
              limits: { wall_ms: config.limits.test_minutes * MINUTE_MS },
              unsafe_no_sandbox: config.unsafe_no_sandbox,
              signal: context.signal,
            }),
        );
        context.addUsage({ ci_ms: run.wall_ms });
        return run;
      } finally {
        await rm(copy, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  });
}

/** Detects the toolchain, then installs and builds in place. */
export async function prepare(context: Context, tree: string, data_dir: string, known: Known): Promise<Toolchain> {
  const { config } = context.payload.request;
  context.progress('looking how it is built and tested', FRACTION.detect);
  const { toolchain, notes } = await detectToolchain(tree, { package: config.package });
  known.toolchain = toolchain;
  known.notes.push(...notes);
  let detail = 'preparing';
  const started = performance.now();
  const say = (said: string): void => {
    detail = said;
    context.progress(said, FRACTION.install);
  };
  try {
    const prepared = await ticking(
      () => say(detail),
      async () =>
        await prepareTree({
          dir: tree,
          toolchain,
          cache_dir: join(data_dir, 'cache'),
          build_ms: config.limits.build_minutes * MINUTE_MS,
          strict: config.baseline === 'strict',
          unsafe_no_sandbox: config.unsafe_no_sandbox,
          signal: context.signal,
          progress: say,
        }),
    );
    known.notes.push(...prepared.notes);
    known.log.push(prepared.log);
  } finally {
    context.addUsage({ ci_ms: performance.now() - started });
  }
  return toolchain;
}
