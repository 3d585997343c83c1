import type { HotSpot } from '@codeoptima/contracts';
import { findCandidates, type Language, type SkippedMatch, unifiedDiff } from '@codeoptima/rules';
import type { Proposal } from './rank.ts';
import { FunctionFinder } from './subject.ts';

/** The rules' proposals for one file and its hot spots, which are in order of rank. */
export function proposeForFile(
  file: string,
  source: string,
  language: Language,
  hotspots: readonly HotSpot[],
): { proposals: Proposal[]; skipped: SkippedMatch[] } {
  const byId = new Map(hotspots.map((hotspot) => [hotspot.id, hotspot]));
  const ranges = hotspots.map(({ id, start_line, end_line, symbol }) => ({ hotspot_id: id, start_line, end_line, symbol }));
  const { matches, skipped } = findCandidates({ file, source, language, ranges });
  const finder = new FunctionFinder(language);
  const proposals = matches.flatMap((match): Proposal[] => {
    const hotspot = match.hotspot_id === null ? undefined : byId.get(match.hotspot_id);
    return hotspot
      ? [
          {
            file,
            match,
            hotspot,
            patch: unifiedDiff(file, source, match.new_source),
            subject: finder.subjectOf(match, source, hotspot),
            because: '',
          },
        ]
      : [];
  });
  return { proposals, skipped };
}
