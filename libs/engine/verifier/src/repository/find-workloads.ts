import { join, normalize } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { benchmarkWorkloads, type Draft, type Ground, TimeBudget, tryOut, userWorkloads } from '@codeoptima/hotspots';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import type { RepositoryChange } from './verify-repository.ts';

const BENCHMARKS_MS = 60_000;
const WORKLOADS_MAX = 4;

/** Workloads in the order of trust: the user's own, then the repository's benchmarks. Each has run once on the base. */
export async function findWorkloads(
  dir: string,
  toolchain: Toolchain,
  change: RepositoryChange,
): Promise<{ workloads: MeasuredWorkload[]; notes: string[] }> {
  const { config, signal, progress } = change;
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
  return { workloads: found.drafts.slice(0, WORKLOADS_MAX).map(measured), notes: found.notes };
}

const measured = ({ workload }: Draft): MeasuredWorkload => workload;
