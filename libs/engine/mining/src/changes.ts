import { roleOf, TRYING_ROLES } from '@codeoptima/config';
import { type FunctionText, functionsOf, type Language, languageOfPath, normalisedHash, slowSigns } from '@codeoptima/embedding';
import type { TouchedFile } from './history.ts';

/** One function that a commit changed. */
export interface FunctionChange {
  path: string;
  symbol: string;
  language: Language;
  before: string;
  after: string;
  function_hash: string;
  change_hash: string;
  /** Costly signs that are gone, and those that have come. */
  removed: string[];
  added: string[];
}

const NOT_OWN = [...TRYING_ROLES, 'foreign', 'built', 'minified'] as const;
const FUNCTION_LINES_MAX = 150;

export const isOwnSource = (path: string): boolean => languageOfPath(path) !== null && roleOf(path, NOT_OWN) === null;

/** Functions of a file that exist before and after under one name, differ, and were touched. */
export function changedFunctions(file: TouchedFile, before: string, after: string): FunctionChange[] {
  const language = languageOfPath(file.path);
  if (language === null) return [];
  const olds = innermost(functionsOf(before, language), file.old_lines);
  const news = functionsOf(after, language);
  return olds.flatMap((old): FunctionChange[] => {
    const fresh = news.filter(({ name }) => name === old.name).reduce<FunctionText | null>((best, one) => nearer(best, one, old), null);
    if (fresh === null || length(old) > FUNCTION_LINES_MAX || length(fresh) > FUNCTION_LINES_MAX) return [];
    const function_hash = normalisedHash(old.source, language);
    const change_hash = normalisedHash(fresh.source, language);
    if (function_hash === change_hash) return [];
    const had = slowSigns({ source: old.source, language });
    const has = slowSigns({ source: fresh.source, language });
    return [
      {
        path: file.path,
        symbol: old.name,
        language,
        before: old.source,
        after: fresh.source,
        function_hash,
        change_hash,
        removed: had.filter((sign) => !has.includes(sign)),
        added: has.filter((sign) => !had.includes(sign)),
      },
    ];
  });
}

const length = ({ start_line, end_line }: FunctionText): number => end_line - start_line + 1;

const nearer = (best: FunctionText | null, one: FunctionText, to: FunctionText): FunctionText =>
  best !== null && Math.abs(best.start_line - to.start_line) <= Math.abs(one.start_line - to.start_line) ? best : one;

/** For each touched range the smallest function around it, each once. */
function innermost(functions: readonly FunctionText[], ranges: readonly [number, number][]): FunctionText[] {
  const found = new Set<FunctionText>();
  for (const [from, to] of ranges) {
    const around = functions.filter(({ start_line, end_line }) => start_line <= from && to <= end_line);
    const smallest = around.reduce<FunctionText | null>((best, one) => (best === null || length(one) < length(best) ? one : best), null);
    if (smallest) found.add(smallest);
  }
  return [...found];
}
