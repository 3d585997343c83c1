import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVIDENCE_SCHEMA, RunEvidence, reportHtml } from '@codeoptima/evidence';
import { type MeasuredWorkload, probeHost } from '@codeoptima/measurement';
import type { RepositoryVerdict } from '@codeoptima/verifier';

const PROBE_MS = 200;

export interface VerifiedRepository {
  repository: string;
  target_pct: number;
  verdict: RepositoryVerdict;
  workloads: readonly MeasuredWorkload[];
}

/** Writes evidence.json and report.html of one judged change into a folder and gives their paths. */
export async function writeEvidence(
  dir: string,
  { repository, target_pct, verdict, workloads }: VerifiedRepository,
): Promise<{ evidence: string; report: string }> {
  const certified = verdict.verdict === 'certified';
  const { toolchain, gate, before } = verdict.sides;
  const run = RunEvidence.parse({
    schema: EVIDENCE_SCHEMA,
    run_id: 'verify',
    kind: 'verify',
    reason: verdict.reason,
    repository,
    base_commit: verdict.base_commit,
    base_branch: verdict.base_branch,
    branch: null,
    target_pct,
    notes: verdict.notes,
    toolchain,
    machine: { ...(await probeHost(PROBE_MS)), node_version: toolchain.runtime_version },
    tests: { ...before, gate_size: gate.length, failing: [], flaky: [], runs: 2, duration_ms: 0 },
    workloads: workloads.map(({ id, name, source, text, entry, path, command }) => ({
      id,
      name,
      source,
      weight: 1,
      text,
      entry,
      path,
      ...(command === undefined ? {} : { command }),
    })),
    hotspots: [],
    accepted: certified ? [verdict.evidence] : [],
    rejected: certified ? [] : [verdict.evidence],
    cost: { usd: 0, ci_minutes: 0 },
  });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const paths = { evidence: join(dir, 'evidence.json'), report: join(dir, 'report.html') };
  await writeFile(paths.evidence, `${JSON.stringify(run, null, 1)}\n`, { mode: 0o600 });
  await writeFile(paths.report, reportHtml(run), { mode: 0o600 });
  return paths;
}
