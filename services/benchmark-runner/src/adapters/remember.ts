import type { ArtifactStore } from '@codeoptima/artifacts';
import type { MemoryUse, VerifyResult } from '@codeoptima/contracts';
import { projectOf, verdictMemory } from '@codeoptima/experience';
import { connectMemory, type Reach } from '@codeoptima/memory';
import type { TaskContext } from '@codeoptima/worker';

/** A verdict is worth this much waiting and no more: the run goes on without the memory. */
const LIMIT_MS = 3_000;

/**
 * Keeps a verdict for later runs, under the item and epoch of this attempt, so that an attempt that lost its lease cannot overwrite what its
 * successor found. Never fails the task: what went wrong is one sentence in the result.
 */
export async function rememberVerdict(
  reach: Reach,
  { payload, artifacts, item_id, epoch, log }: Pick<TaskContext<'verify'>, 'payload' | 'artifacts' | 'item_id' | 'epoch' | 'log'>,
  result: VerifyResult,
  now_ms: number,
): Promise<MemoryUse> {
  if (reach === null) return { state: 'absent', note: null };
  const { candidate, repository } = payload;
  if (!candidate.subject || candidate.rule === null || !repository) return { state: 'used', note: null };
  const project = projectOf(repository);
  const memory = connectMemory({ ...reach, project, role: 'benchmark-runner', timeout_ms: LIMIT_MS });
  try {
    const draft = await draftOf(payload, artifacts, result, now_ms, project);
    await memory.remember({ item_id, epoch }, [draft], { signal: AbortSignal.timeout(LIMIT_MS) });
    return { state: 'used', note: null };
  } catch (error) {
    log.warn({ err: error }, 'the verdict could not be remembered');
    return { state: 'down', note: `Not every verdict could be remembered: ${(error as Error).message}` };
  } finally {
    memory.close();
  }
}

async function draftOf(
  { candidate, baseline, config, run_id }: TaskContext<'verify'>['payload'],
  artifacts: ArtifactStore,
  result: VerifyResult,
  now_ms: number,
  project: string,
): Promise<ReturnType<typeof verdictMemory>> {
  const { subject, rule } = candidate;
  if (!subject || rule === null) throw new Error('a candidate without its function cannot be remembered');
  const text = async (ref: string): Promise<string> => (await artifacts.get(ref)).toString('utf8');
  return verdictMemory(
    {
      schema: 'verdict/1',
      repository: project,
      file: candidate.file,
      symbol: subject.symbol,
      language: subject.language,
      function_hash: subject.function_hash,
      change_hash: subject.change_hash,
      after: await text(subject.after),
      at_ms: now_ms,
      rule,
      candidate_id: candidate.id,
      run_id,
      title: candidate.title,
      verdict: result.verdict,
      reason: result.reason,
      estimate_pct: result.estimate_pct,
      provable_pct: result.provable_pct,
      target_pct: config.target_pct,
      runtime: baseline.toolchain?.runtime_version ?? '',
    },
    await text(subject.before),
  );
}
