import { type CandidateEvidence, provedPercent } from '@codeoptima/evidence';
import type { RepositoryVerdict } from '@codeoptima/verifier';

/** What a claim says: at least so many percent faster; null where the evidence names no bound. */
export const claimedPercent = (evidence: CandidateEvidence): number | null =>
  evidence.measurement?.workloads.find((row) => row.role === 'target')?.provable_pct ?? null;

type Repeated = Pick<RepositoryVerdict, 'verdict' | 'reason' | 'estimate_pct' | 'provable_pct'>;

/**
 * Whether a repeated verdict bears a claim out: the change is certified here as well, and its gain does not fall short of the claimed one by
 * `target_pct` or more, the smallest difference that counts. Another machine gives other figures; half of them is another claim.
 */
export function judgeClaim(claimed: number | null, here: Repeated, target_pct: number): { held: boolean; words: string } {
  if (here.verdict !== 'certified') return { held: false, words: here.reason };
  const estimate = here.estimate_pct ?? 0;
  const held = claimed === null || estimate > claimed - target_pct;
  const words = `at least ${provedPercent(here.provable_pct ?? 0)} (estimate ${estimate.toFixed(0)} %)`;
  return { held, words: held ? words : `${words}: faster, but by less than was claimed` };
}
