import type { Experience } from '@codeoptima/contracts';

/** Likeness below this says nothing: unrelated functions reach it. */
export const LIKENESS_MIN = 0.35;

/** A vote counts from 0 at the least likeness to 1 for the same code. */
const voteOf = (likeness: number): number => Math.max(0, (likeness - LIKENESS_MIN) / (1 - LIKENESS_MIN)) ** 2;

/** Votes that stand for "nothing is known yet", half for and half against: one weak likeness must not turn the order around. */
const PRIOR_VOTES = 1;
/** A look-alike of what people once made faster raises a function by up to this share. */
const PATTERN_WEIGHT = 0.5;

export interface Opinion {
  /** Multiplies the expected value of a proposal: 1 without experience, up to 2 for what always worked, down to 0 for what never did. */
  factor: number;
  /** One sentence for people; empty without experience. */
  because: string;
}

/**
 * What experience says about a rule at a hot function. Verdicts on similar code vote for their rule: the mean of a beta distribution over
 * "it will be certified", relative to not knowing. Mined changes raise the function, more so when they took away what the rule takes away.
 * @param experiences of this hot function
 * @param removes costly signs that the proposal takes away
 */
export function opinionOf(rule: string, removes: readonly string[], experiences: readonly Experience[]): Opinion {
  let worked = PRIOR_VOTES / 2;
  let votes = PRIOR_VOTES;
  let raised = 0;
  const said = { certified: 0, fell: 0, mined: 0 };
  for (const { kind, rule: known, verdict, likeness, removed } of experiences) {
    const vote = voteOf(likeness);
    if (vote === 0) continue;
    if (kind === 'verdict' && known === rule && verdict !== null && saysSomething(verdict)) {
      votes += vote;
      if (verdict === 'certified') worked += vote;
      said[verdict === 'certified' ? 'certified' : 'fell']++;
    } else if (kind === 'pattern') {
      const shared = removes.length === 0 ? 0 : removes.filter((sign) => removed.includes(sign)).length / removes.length;
      raised = Math.max(raised, vote * (0.25 + 0.75 * shared));
      said.mined++;
    }
  }
  const factor = (worked / votes / 0.5) * (1 + PATTERN_WEIGHT * raised);
  return { factor, because: sentence(said) };
}

/** Verdicts about the machine of the day say nothing about the idea. */
const saysSomething = (verdict: string): boolean => verdict !== 'cannot_certify_here' && verdict !== 'nondeterministic';

function sentence({ certified, fell, mined }: { certified: number; fell: number; mined: number }): string {
  const parts = [
    ...(certified > 0 ? [`it was proved ${times(certified)}`] : []),
    ...(fell > 0 ? [`it fell ${times(fell)}`] : []),
    ...(mined > 0 ? [`${mined} similar change${mined === 1 ? ' was' : 's were'} made by people`] : []),
  ];
  return parts.length === 0 ? '' : `On similar code ${parts.join(', ')}.`;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
