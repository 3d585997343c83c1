import { HotSpot, Toolchain, WorkloadSource } from '@codeoptima/contracts';
import { z } from 'zod';
import { CandidateEvidence } from './candidate.ts';

export const EVIDENCE_SCHEMA = 'codeoptima.evidence/1';

/** The machine that measured. A figure is only worth its machine. */
export const MachineFacts = z.looseObject({
  cpu_model: z.string(),
  cores: z.number().int().positive(),
  memory_bytes: z.number().nonnegative(),
  /** True in a virtual machine or container host that says so; null when unknown. */
  virtualised: z.boolean().nullable(),
  /** 1-minute load average when the evidence was written. */
  load_1m: z.number().nonnegative(),
  platform: z.string(),
  kernel: z.string(),
  /** Node that ran the repository's code. */
  node_version: z.string(),
  flags: z.record(z.string(), z.array(z.string())).default({}),
});
export type MachineFacts = z.infer<typeof MachineFacts>;

export const BaselineTests = z.looseObject({
  total: z.number().int().nonnegative(),
  passed: z.number().int().nonnegative(),
  /** Tests that must still pass after a change. */
  gate_size: z.number().int().nonnegative(),
  failing: z.array(z.string()),
  flaky: z.array(z.string()),
  runs: z.number().int().nonnegative(),
  duration_ms: z.number().nonnegative(),
});
export type BaselineTests = z.infer<typeof BaselineTests>;

/** evidence.json: the whole run, enough to draw every report from and to measure again. */
export const RunEvidence = z.looseObject({
  schema: z.literal(EVIDENCE_SCHEMA),
  run_id: z.string(),
  /** `run`: candidates were looked for; `verify`: one change was given for judgement. */
  kind: z.enum(['run', 'verify']).default('run'),
  /** One sentence: how the run came out. */
  reason: z.string(),
  repository: z.string(),
  base_commit: z.string(),
  base_branch: z.string().nullable(),
  branch: z.string().nullable(),
  /** Path of the repository on this machine that holds the branch: the user's own, or our mirror of a URL. */
  branch_location: z.string().nullable().default(null),
  target_pct: z.number(),
  notes: z.array(z.string()).default([]),
  toolchain: Toolchain.nullable(),
  machine: MachineFacts,
  tests: BaselineTests.nullable(),
  workloads: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      source: WorkloadSource,
      weight: z.number(),
      /** Source text of the module, so that the claim can be repeated elsewhere; null when it could not be kept. */
      text: z.string().nullable().default(null),
      entry: z.string().nullable().default(null),
      /** Set where the workload is a shell command, measured as a whole process. */
      command: z.string().optional(),
      path: z.string().nullable().default(null),
    }),
  ),
  hotspots: z.array(HotSpot),
  /** In the order they were accepted; each stands on those before it. */
  accepted: z.array(CandidateEvidence),
  rejected: z.array(CandidateEvidence),
  cost: z.looseObject({ usd: z.number(), ci_minutes: z.number() }),
});
export type RunEvidence = z.infer<typeof RunEvidence>;
export type RunEvidenceInput = z.input<typeof RunEvidence>;
