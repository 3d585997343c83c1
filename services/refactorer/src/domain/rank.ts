import type { HotSpot } from '@codeoptima/contracts';
import type { RuleMatch } from '@codeoptima/rules';
import type { Subject } from './subject.ts';

/** A rewrite with everything that decides when it is tried. */
export interface Proposal {
  file: string;
  match: RuleMatch;
  hotspot: HotSpot;
  patch: string;
  subject: Subject | null;
  /** What experience says, for people; '' for nothing. */
  because: string;
}

/** An assumption that does not hold costs a whole verification. */
const SAFETY_WEIGHT = { safe: 1, guarded: 0.95, assumes: 0.7 } as const;
/** The range is charged for what it calls, so a callee's share of it is unknown. */
const CALLEE_WEIGHT = 0.6;

/**
 * Expected value: what the hot spot could give, times the part of it that the rule usually takes away. The score charges a function for its
 * own time and that of built-ins; a rewrite of what it calls may reach all that happens below it.
 */
export function expectedValue({ match, hotspot }: Proposal): number {
  const saved = 1 - 1 / Math.max(match.gain, 1.05);
  const share = match.in_callee ? Math.max(hotspot.score, hotspot.inclusive_share) : hotspot.score;
  return share * saved * SAFETY_WEIGHT[match.safety] * (match.in_callee ? CALLEE_WEIGHT : 1);
}

/** A proposal with what it is expected to be worth. */
interface Valued {
  proposal: Proposal;
  value: number;
}

/** Best first; of equals more places at once, then the smaller change, then the name, so that the order never depends on chance. */
export function byValue({ proposal: a, value: x }: Valued, { proposal: b, value: y }: Valued): number {
  return y - x || b.match.places - a.match.places || a.match.changed_lines - b.match.changed_lines || (a.match.id < b.match.id ? -1 : 1);
}

/** All places of a rule in a function are tried together first; one of them alone only after that was judged. */
export function withoutPartsOfUntried(proposals: readonly Proposal[], tried: ReadonlySet<string>): Proposal[] {
  const whole = new Set(proposals.filter(({ match }) => match.places > 1 && !tried.has(match.id)).map(groupOf));
  return proposals.filter((proposal) => proposal.match.places > 1 || !whole.has(groupOf(proposal)));
}

const groupOf = ({ file, match }: Proposal): string => `${file}\n${match.rule}\n${match.hotspot_id ?? match.symbol}`;
