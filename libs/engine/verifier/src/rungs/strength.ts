import { oracleStrength } from '@codeoptima/behaviour';
import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';

/** Below this share of noticed faults a claim is "faster, weakly checked" and needs a person. */
const STRENGTH_MIN_PCT = 80;

/** How much the check was worth: faults are put into the base's changed functions, and those that nothing notices are counted. */
export const strength: Rung<Ascent> = {
  name: 'oracle strength',
  doing: 'trying the check with faults',
  async climb(ascent, signal) {
    const { subject, replay } = ascent;
    if (!replay || !ascent.behaviour) return { outcome: 'skipped', detail: 'nothing was replayed' };
    const found = await oracleStrength({
      base_dir: subject.base_dir,
      ...replay,
      seed: subject.seed,
      unsafe_no_sandbox: subject.unsafe_no_sandbox,
      signal,
    });
    ascent.behaviour.oracle_strength = {
      mutants: found.total_not_equivalent + found.equivalent,
      killed: found.killed,
      equivalent: found.equivalent,
      survivors: found.survivors.map(({ file, line, mutation }) => `${file}:${line} ${mutation}`),
    };
    if (found.strength_pct === null && found.not_tried > 0)
      return { outcome: 'warning', detail: `weakly checked, needs a person: no time to try any of ${found.not_tried} faults` };
    if (found.strength_pct === null) return { outcome: 'skipped', detail: 'no fault could be put into the changed functions' };
    const detail = `${found.killed} of ${found.total_not_equivalent} faults noticed (${found.strength_pct.toFixed(0)} %)${found.not_tried > 0 ? `; ${found.not_tried} more not tried in the time` : ''}`;
    if (found.strength_pct >= STRENGTH_MIN_PCT) return { outcome: 'passed', detail };
    return {
      outcome: 'warning',
      detail: `weakly checked, needs a person: ${detail}; unnoticed: ${ascent.behaviour.oracle_strength.survivors.slice(0, 3).join('; ')}`,
    };
  },
};
