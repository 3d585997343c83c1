export { dayOf, type Idea, verdictAgainst } from './again.ts';
export { LIKENESS_MIN, type Opinion, opinionOf } from './order.ts';
export { projectOf, stableUuid } from './project.ts';
export { experienceOf, patternOf, verdictOf } from './read.ts';
export {
  KIND_PATTERN,
  KIND_VERDICT,
  type MemoryDraft,
  PatternData,
  patternMemory,
  VerdictData,
  verdictMemory,
  wireLanguage,
} from './records.ts';
