import type { ArmFacts, MeasuredPair } from './pair.ts';

/**
 * equal: both arms gave the same values; differs: the candidate gave others; unstable: the base differs from itself, so nothing can be
 * said. `basis` is `cold` when only the value after the first operation repeats (state grows with the number of operations).
 */
export interface OutputCheck {
  verdict: 'equal' | 'differs' | 'unstable';
  basis: 'cold_and_warm' | 'cold';
  detail: string;
}

const distinct = (values: readonly string[]): number => new Set(values).size;

export function compareOutputs(base: readonly ArmFacts[], candidate: readonly ArmFacts[]): OutputCheck {
  if (distinct(base.map((f) => f.check_cold)) > 1) {
    return { verdict: 'unstable', basis: 'cold', detail: 'the base gave different check values in different processes' };
  }
  const warmRepeats = distinct(base.map((f) => f.check_warm)) <= 1;
  const basis = warmRepeats ? 'cold_and_warm' : 'cold';
  const first = base[0];
  const differing = candidate.find((f) => f.check_cold !== first?.check_cold || (warmRepeats && f.check_warm !== first?.check_warm));
  if (first !== undefined && differing !== undefined) {
    const when = differing.check_cold === first.check_cold ? 'after many operations' : 'after the first operation';
    return { verdict: 'differs', basis, detail: `the check value ${when} is not the base's` };
  }
  return {
    verdict: 'equal',
    basis,
    detail: warmRepeats
      ? 'equal after one operation and after all'
      : 'equal after one operation; later values are not repeatable on the base',
  };
}

/**
 * `reference` is the base sample of the calibration. It ran another number of operations, so a later value that depends on that number
 * shows as not repeatable already at the first pair.
 */
export const outputsOfPairs = (reference: ArmFacts, pairs: readonly MeasuredPair[]): OutputCheck =>
  compareOutputs(
    [reference, ...pairs.map((p) => p.base)],
    pairs.map((p) => p.candidate),
  );
