export { loadCatalogue } from './load-catalogue.ts';
export { countChangedLines, unifiedDiff } from './edit/diff.ts';
export {
  CHANGED_LINES_LIMIT,
  type FindInput,
  type FindResult,
  findCandidates,
  type HotRange,
  type RuleMatch,
  type SkippedMatch,
} from './find.ts';
export { rulesReference } from './reference.ts';
export type { Rule } from './rule.ts';
export type { Language } from './syntax/model.ts';
