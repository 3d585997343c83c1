import { instructionWitness, neutralWorkloads } from '@codeoptima/measurement';
import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';
import { claimedWorkload } from './confirmation.ts';
import { comparison } from './speed.ts';

/** A gain on one workload may not be paid by another: none may get slower by more than 2 %. */
export const otherWorkloads: Rung<Ascent> = {
  name: 'other workloads',
  doing: 'measuring the other workloads',
  async climb(ascent, signal) {
    const claimed = claimedWorkload(ascent);
    const others = ascent.subject.workloads.filter((workload) => workload !== claimed).slice(0, ascent.subject.other_workloads_max);
    if (others.length === 0) return { outcome: 'skipped', detail: 'there is no other workload' };
    const { passed, reason, rows } = await neutralWorkloads(
      { ...comparison(ascent, claimed, signal), onProgress: ({ pairs, pairs_max }) => ascent.detail(`pair ${pairs} of ${pairs_max}`) },
      others,
    );
    ascent.measurements.push(...rows.map((row) => row.result));
    if (passed) return { outcome: 'passed', detail: reason };
    return { outcome: 'failed', detail: reason, fall: { verdict: 'not_proven', reason: `Other work gets slower: ${reason}.` } };
  },
};

/** A gain this large does not hang on the layout of code or data, which is what instruction counts would tell. */
const WITNESS_NEEDED_BELOW_PCT = 25;

/** Instructions per operation, counted by callgrind: agrees in sign, or a person looks. */
export const instructions: Rung<Ascent> = {
  name: 'instructions',
  doing: 'counting instructions',
  async climb(ascent, signal) {
    const { claim } = ascent;
    if (!claim) throw new Error('a rung above certification was climbed without a claim');
    if ((claim.provable_pct ?? 0) >= WITNESS_NEEDED_BELOW_PCT)
      return { outcome: 'skipped', detail: `not needed for a provable gain of ${WITNESS_NEEDED_BELOW_PCT} % and more` };
    const witness = await instructionWitness({
      ...comparison(ascent, claimedWorkload(ascent), signal),
      iterations: claim.iterations,
      operation_ns: claim.operation_ns,
    });
    if (witness.outcome === 'skipped') return { outcome: 'skipped', detail: witness.reason };
    const agrees = witness.gain_pct > 0;
    ascent.callgrind.push({
      workload_id: witness.workload_id,
      base_per_op: witness.base_per_op,
      candidate_per_op: witness.candidate_per_op,
      agrees,
    });
    const detail = `${witness.gain_pct.toFixed(1)} % fewer instructions an operation`;
    return agrees
      ? { outcome: 'passed', detail }
      : { outcome: 'warning', detail: `needs a person: faster by time, but not by instructions (${detail})` };
  },
};
