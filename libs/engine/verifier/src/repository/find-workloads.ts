import { join, normalize } from 'node:path';
import {
  benchmarkWorkloads,
  capturedWorkloads,
  type Draft,
  type Ground,
  type RunTests,
  TimeBudget,
  tryOut,
  userWorkloads,
} from '@codeoptima/hotspots';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import type { Sides } from './prepare-sides.ts';
import type { RepositoryChange } from './verify-repository.ts';

const BENCHMARKS_MS = 60_000;
const CAPTURE_MS = 120_000;
const WORKLOADS_MAX = 4;

/** Workloads in the order of trust: the user's own, the repository's benchmarks, calls captured while its tests run. */
export async function findWorkloads(
  dir: string,
  { toolchain, tree }: Pick<Sides, 'toolchain' | 'tree'>,
  change: RepositoryChange,
): Promise<{ workloads: MeasuredWorkload[]; notes: string[] }> {
  const { config, signal, progress, detail } = change;
  const ground: Ground = { dir, package_dir: toolchain.package_dir, cpu: null, unsafe_no_sandbox: config.unsafe_no_sandbox, signal };
  const own = await userWorkloads(dir, config);
  for (const { workload } of own) {
    const tried = await tryOut(ground, workload, 60_000);
    if (!tried.ok)
      throw new CodeOptimaError('bad_input', `The workload ${workload.name} does not run on the base: ${tried.message}.`, {
        ids: { path: join(dir, workload.path ?? workload.name) },
      });
  }
  if (own.length > 0) return { workloads: own.map(measured), notes: [] };
  progress('looking for benchmarks');
  const budget = new TimeBudget(BENCHMARKS_MS, change.now);
  const found = await benchmarkWorkloads(ground, new Set(config.workload.map((workload) => normalize(workload.file))), budget, 1);
  if (found.drafts.length > 0) return { workloads: found.drafts.slice(0, WORKLOADS_MAX).map(measured), notes: found.notes };
  progress('capturing calls while the tests run');
  const run_tests: RunTests = async (copy, env, stop) => void (await tree.run_tests(copy, { env: { ...env }, signal: stop, detail }));
  const build = toolchain.build_script === null ? null : tree.build;
  const captured = await capturedWorkloads({ ground, run_tests, build, ignore: config.ignore }, CAPTURE_MS);
  return { workloads: captured.drafts.map(measured), notes: [...found.notes, ...captured.notes] };
}

const measured = ({ workload }: Draft): MeasuredWorkload => workload;
