import { join, matchesGlob } from 'node:path';
import type { VerifyResult } from '@codeoptima/contracts';
import { type CalibrationStore, calibrationKey, DEFAULT_FLAGS, type MeasuredWorkload, probeHost } from '@codeoptima/measurement';
import { applyPatch } from '@codeoptima/scm';
import { copyTree, unpackTree } from '@codeoptima/toolchains';
import { treePorts, verifyChange } from '@codeoptima/verifier';
import type { TaskContext } from '@codeoptima/worker';
import { seedOf } from '../domain/seed.ts';

export interface VerifyPorts {
  calibrations: CalibrationStore;
  search_budget_ms: number;
}

/** Lays out base and candidate side by side, climbs the ladder, and keeps the evidence. */
export async function verifyCandidate(context: TaskContext<'verify'>, ports: VerifyPorts): Promise<VerifyResult> {
  const { payload, artifacts, workdir, signal } = context;
  const { baseline, candidate, config } = payload;
  if (!baseline.prepared || !baseline.toolchain || !baseline.tests)
    throw new Error('a candidate cannot be verified without a ready baseline');
  const { toolchain, tests } = baseline;
  context.progress('laying out both versions');
  const base_dir = join(workdir, 'base');
  const candidate_dir = join(workdir, 'cand');
  const patch = (await artifacts.get(candidate.patch)).toString('utf8');
  const archive = join(workdir, 'prepared.tar.zst');
  await artifacts.getToFile(baseline.prepared, archive);
  await unpackTree(archive, base_dir);
  for (const { candidate: accepted } of payload.accepted)
    await applyPatch(base_dir, (await artifacts.get(accepted.patch)).toString('utf8'), { signal });
  await copyTree(base_dir, candidate_dir);
  await applyPatch(candidate_dir, patch, { signal });
  const workloads = await Promise.all(
    payload.workloads.map(
      async (workload): Promise<MeasuredWorkload> => ({
        ...workload,
        path: null,
        text: (await artifacts.get(workload.module)).toString('utf8'),
      }),
    ),
  );
  const calibration = await ports.calibrations.read(calibrationKey(await probeHost()));
  const started_ms = performance.now();
  const verdict = await verifyChange(
    {
      base_dir,
      candidate_dir,
      patch,
      candidate,
      origin: 'proposal',
      toolchain,
      gate: JSON.parse((await artifacts.get(tests.gate)).toString('utf8')) as string[],
      before: { total: tests.total, passed: tests.passed },
      workloads,
      hottest_workload_id: null,
      target_pct: config.target_pct,
      changed_lines_max: 60,
      ignored: (path) => config.ignore.some((pattern) => matchesGlob(path, pattern)),
      allow_surface: false,
      strict: false,
      search_budget_ms: ports.search_budget_ms,
      seed: seedOf(payload.run_id, candidate.id),
      flags: calibration?.flags ?? DEFAULT_FLAGS,
      unsafe_no_sandbox: config.unsafe_no_sandbox,
      reproduce: `codeoptima reproduce evidence.json --candidate ${candidate.id.slice(0, 12)}`,
      ...treePorts({ toolchain, test_minutes: config.limits.test_minutes, unsafe_no_sandbox: config.unsafe_no_sandbox, workdir, signal }),
    },
    { signal, now: () => performance.now(), progress: (line, fraction) => context.progress(line, fraction) },
  );
  context.addUsage({ ci_ms: Math.round(performance.now() - started_ms) });
  const { evidence, ...result } = verdict;
  return { ...result, evidence: await artifacts.put(Buffer.from(JSON.stringify(evidence))) };
}
