import type { JudgedCandidate, ReviewPayload } from '@codeoptima/contracts';
import { CandidateEvidence, EVIDENCE_SCHEMA, RunEvidence } from '@codeoptima/evidence';
import { dayOf } from '@codeoptima/experience';
import type { HostFacts } from '@codeoptima/measurement';

/** What the evidence of a run is made of beside the payload of the review. */
export interface Assembly {
  payload: ReviewPayload;
  /** Evidence of the candidates by id, as the verifier wrote it. */
  evidence: ReadonlyMap<string, CandidateEvidence>;
  /** Source text of the workloads by id. */
  workload_texts: ReadonlyMap<string, string>;
  machine: HostFacts;
  /** Size of the list of tests that must pass. */
  gate_size: number;
  branch: string | null;
  branch_location: string | null;
}

/** Puts the evidence of a whole run together. */
export function assembleEvidence({
  payload,
  evidence,
  workload_texts,
  machine,
  gate_size,
  branch,
  branch_location,
}: Assembly): RunEvidence {
  const { baseline, hotspots, request } = payload;
  const of = (judged: JudgedCandidate): CandidateEvidence => evidence.get(judged.candidate.id) ?? withoutEvidence(judged);
  return RunEvidence.parse({
    schema: EVIDENCE_SCHEMA,
    run_id: payload.run_id,
    reason: outcome(payload),
    repository: request.repository,
    base_commit: baseline.base_commit,
    base_branch: baseline.base_branch,
    branch,
    branch_location,
    target_pct: request.config.target_pct,
    notes: [...baseline.notes, ...(hotspots?.notes ?? []), ...memoryNotes(payload)],
    toolchain: baseline.toolchain,
    machine: { ...machine, node_version: baseline.toolchain?.runtime_version ?? machine.node_version },
    tests: baseline.tests === null ? null : { ...baseline.tests, gate_size },
    workloads: (hotspots?.workloads ?? []).map(({ id, name, source, weight, entry, path, command }) => ({
      id,
      name,
      source,
      weight,
      entry,
      path: path ?? null,
      text: workload_texts.get(id) ?? null,
      ...(command === undefined ? {} : { command }),
    })),
    hotspots: hotspots?.hotspots ?? [],
    accepted: payload.accepted.map(of),
    rejected: payload.rejected.map(of),
    cost: payload.cost,
  });
}

/** What the memory did, and every idea that was not tried again, with its reason and its day. */
function memoryNotes({ memory, memory_notes }: ReviewPayload): string[] {
  const again = (memory?.not_tried_again ?? []).map(
    ({ rule, file, symbol, verdict, reason, at_ms }) =>
      `Not tried again: ${rule} in ${symbol} (${file}), since code and runtime are as on ${dayOf(at_ms)}: ${verdict.replaceAll('_', ' ')}, ${reason}`,
  );
  return [...(memory_notes ?? []), ...again];
}

function outcome({ accepted, rejected, baseline, hotspots }: ReviewPayload): string {
  const tried = accepted.length + rejected.length;
  const judged = `${tried} candidate${tried === 1 ? ' was' : 's were'} tried`;
  if (accepted.length > 0) return `${judged}, ${accepted.length} certified; the branch waits for your sign-off.`;
  if (tried > 0) return `${judged}, none was certified: nothing was changed.`;
  if (baseline.outcome === 'failed') return baseline.reason;
  return hotspots === null || hotspots.hotspots.length > 0
    ? 'No rule found anything to change in the hot functions.'
    : 'No hot function was found.';
}

/** A candidate whose evidence cannot be read still appears, with what the verdict itself says. */
function withoutEvidence({ candidate, result }: JudgedCandidate): CandidateEvidence {
  const { verdict, reason, checks } = result;
  return CandidateEvidence.parse({ candidate, verdict, reason, checks, patch: '', measurement: null, behaviour: null, tests: null });
}
