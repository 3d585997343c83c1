import type { ArtifactStore } from '@codeoptima/artifacts';
import { type CertifiedCandidate, CodeOptimaError, type JudgedCandidate, type TestSummary, type Workload } from '@codeoptima/contracts';
import { CandidateEvidence } from '@codeoptima/evidence';
import { z } from 'zod';

/**
 * Reads what the verifier wrote, by candidate id. The evidence of an accepted change must be there and whole (else `internal`); one of a
 * rejected candidate may be lost, or never have been written, without losing the report.
 */
export async function readEvidence(
  artifacts: ArtifactStore,
  accepted: readonly CertifiedCandidate[],
  rejected: readonly JudgedCandidate[],
): Promise<Map<string, CandidateEvidence>> {
  const found = new Map<string, CandidateEvidence>();
  for (const { candidate, result } of accepted) found.set(candidate.id, await readOne(artifacts, result.evidence));
  for (const { candidate, result } of rejected) {
    if (result.evidence === null) continue;
    const evidence = await readOne(artifacts, result.evidence).catch((error: unknown) => {
      if (CodeOptimaError.from(error).code === 'disk_full') throw error;
      return null;
    });
    if (evidence !== null) found.set(candidate.id, evidence);
  }
  return found;
}

async function readOne(artifacts: ArtifactStore, ref: string): Promise<CandidateEvidence> {
  const parsed = CandidateEvidence.safeParse(JSON.parse((await artifacts.get(ref)).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new CodeOptimaError('internal', `The evidence ${ref} does not fit its schema: ${z.prettifyError(parsed.error)}.`, { ids: { ref } });
}

/** How many tests guard a change. */
export async function gateSize(artifacts: ArtifactStore, tests: TestSummary | null): Promise<number> {
  if (tests === null) return 0;
  return z.array(z.string()).parse(JSON.parse((await artifacts.get(tests.gate)).toString('utf8'))).length;
}

/** Source text of each workload by id. One that is lost costs the report nothing but the way to repeat the claim. */
export async function workloadTexts(artifacts: ArtifactStore, workloads: readonly Workload[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { id, module } of workloads) {
    const text = await artifacts.get(module).catch(() => null);
    if (text !== null) texts.set(id, text.toString('utf8'));
  }
  return texts;
}
