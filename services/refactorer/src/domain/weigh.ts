import type { Experience, NotTriedAgain } from '@codeoptima/contracts';
import { dayOf, opinionOf, type VerdictData, verdictAgainst } from '@codeoptima/experience';
import { byValue, expectedValue, type Proposal } from './rank.ts';

/** What the memory knows for these proposals. */
export interface Known {
  experiences: readonly Experience[];
  /** Verdicts on the very functions that would change. */
  verdicts: readonly VerdictData[];
  /** The memory's name of this repository. */
  project: string;
  runtime: string;
  target_pct: number;
}

export interface Weighed {
  /** Best first, without what fell before and would fall again. */
  ordered: Proposal[];
  not_tried_again: NotTriedAgain[];
}

/** Orders proposals by expected value times what experience says, and takes out ideas that fell on this very code. */
export function weigh(proposals: readonly Proposal[], known: Known): Weighed {
  const not_tried_again: NotTriedAgain[] = [];
  const open: { proposal: Proposal; value: number }[] = [];
  for (const proposal of proposals) {
    const { match, subject, hotspot, file } = proposal;
    const { project: repository, runtime, target_pct } = known;
    const idea = subject && {
      rule: match.rule,
      function_hash: subject.function_hash,
      change_hash: subject.change_hash,
      runtime,
      repository,
      target_pct,
    };
    const against = idea && verdictAgainst(idea, known.verdicts);
    if (against) {
      const { verdict, reason, repository: where, at_ms } = against;
      not_tried_again.push({ rule: match.rule, file, symbol: match.symbol, verdict, reason, repository: where, at_ms });
      continue;
    }
    const mine = known.experiences.filter(({ hotspot_id }) => hotspot_id === hotspot.id);
    const { factor, because } = opinionOf(match.rule, subject?.removes ?? [], mine);
    open.push({ proposal: { ...proposal, because }, value: expectedValue(proposal) * factor });
  }
  return { ordered: open.sort(byValue).map(({ proposal }) => proposal), not_tried_again };
}

/** The sentence of the report. */
export const whyNotAgain = ({ verdict, reason, at_ms }: NotTriedAgain): string =>
  `not tried again: ${verdict.replaceAll('_', ' ')} (${reason.replace(/\.$/, '')}), ${dayOf(at_ms)}; code and runtime are the same`;
