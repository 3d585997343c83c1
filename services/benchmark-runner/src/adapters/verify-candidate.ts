import { isIgnored } from '@codeoptima/config';
import { CodeOptimaError, type VerifyPayload, type VerifyResult } from '@codeoptima/contracts';
import { type CalibrationStore, calibrationKey, DEFAULT_FLAGS, type MeasuredWorkload, probeHost } from '@codeoptima/measurement';
import { type Subject, verifyChange } from '@codeoptima/verifier';
import type { TaskContext } from '@codeoptima/worker';
import { seedOf } from '../domain/seed.ts';
import { type LaidOut, layOut } from './lay-out.ts';

export interface VerifyPorts {
  calibrations: CalibrationStore;
  search_budget_ms: number;
}

const CHANGED_LINES_MAX = 60;

type ReadyBaseline = { [Key in 'toolchain' | 'tests' | 'prepared']: NonNullable<VerifyPayload['baseline'][Key]> };

function readyBaseline({ run_id, baseline: { toolchain, tests, prepared } }: VerifyPayload): ReadyBaseline {
  if (toolchain && tests && prepared) return { toolchain, tests, prepared };
  throw new CodeOptimaError('bad_input', 'The baseline has no prepared tree with tests, so no candidate can be verified.', {
    ids: { run_id },
  });
}

/** Lays out base and candidate side by side, climbs the ladder, and keeps the evidence. */
export async function verifyCandidate(context: TaskContext<'verify'>, ports: VerifyPorts): Promise<VerifyResult> {
  const { artifacts, signal } = context;
  const baseline = readyBaseline(context.payload);
  context.progress('laying out both versions');
  const laid_out = await context.bounded(() => layOut(context, baseline.prepared, baseline.toolchain));
  const started_ms = performance.now();
  try {
    const { evidence, ...result } = await verifyChange(await subjectOf(context, baseline, laid_out, ports), {
      signal,
      now: () => performance.now(),
      progress: context.progress,
    });
    return { ...result, evidence: await artifacts.put(Buffer.from(JSON.stringify(evidence))) };
  } finally {
    // A verification that failed has taken its time too.
    context.addUsage({ ci_ms: Math.round(performance.now() - started_ms) });
  }
}

async function subjectOf(
  context: TaskContext<'verify'>,
  { toolchain, tests }: ReadyBaseline,
  { tree, ...laid_out }: LaidOut,
  ports: VerifyPorts,
): Promise<Subject> {
  const { payload, artifacts } = context;
  const { candidate, config } = payload;
  const text = async (ref: string): Promise<string> => (await artifacts.get(ref)).toString('utf8');
  const workloads = await Promise.all(
    payload.workloads.map(
      async (workload): Promise<MeasuredWorkload> => ({ ...workload, path: workload.path ?? null, text: await text(workload.module) }),
    ),
  );
  const calibration = await ports.calibrations.read(calibrationKey(await probeHost()));
  return {
    ...laid_out,
    copy: tree.copy,
    // Tests and builds may be silent for longer than a stuck worker is; each ends by its limit.
    run_tests: (...given) => context.bounded(() => tree.run_tests(...given)),
    run_command: (...given) => context.bounded(() => tree.run_command(...given)),
    build: (...given) => context.bounded(() => tree.build(...given)),
    candidate,
    origin: 'proposal',
    toolchain,
    gate: JSON.parse(await text(tests.gate)) as string[],
    before: { total: tests.total, passed: tests.passed },
    workloads,
    hottest_workload_id: candidate.workload_id ?? null,
    other_workloads_max: 1,
    target_pct: config.target_pct,
    changed_lines_max: CHANGED_LINES_MAX,
    ignored: (path) => isIgnored(path, config.ignore),
    allow_surface: false,
    strict: false,
    search_budget_ms: ports.search_budget_ms,
    seed: seedOf(payload.run_id, candidate.id),
    flags: calibration?.flags ?? DEFAULT_FLAGS,
    unsafe_no_sandbox: config.unsafe_no_sandbox,
    reproduce: `codeoptima reproduce evidence.json --candidate ${candidate.id.slice(0, 12)}`,
  };
}
