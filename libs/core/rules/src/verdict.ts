/** Answer of a precondition. An assumption lets the rule fire, but the candidate says what it takes for granted. */
export type Verdict = { kind: 'holds' } | { kind: 'fails'; reason: string } | { kind: 'assumes'; assumptions: string[] };

export const HOLDS: Verdict = { kind: 'holds' };
export const fails = (reason: string): Verdict => ({ kind: 'fails', reason });
export const assumes = (...assumptions: string[]): Verdict => ({ kind: 'assumes', assumptions });

/** Fails if one fails; else collects all assumptions. */
export function all(verdicts: Iterable<Verdict>): Verdict {
  const assumptions: string[] = [];
  for (const verdict of verdicts) {
    if (verdict.kind === 'fails') return verdict;
    if (verdict.kind === 'assumes') assumptions.push(...verdict.assumptions);
  }
  return assumptions.length > 0 ? assumes(...new Set(assumptions)) : HOLDS;
}
