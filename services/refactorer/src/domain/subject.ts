import type { HotSpot } from '@codeoptima/contracts';
import { type FunctionText, functionsOf, normalisedHash, slowSigns } from '@codeoptima/embedding';
import type { Language, RuleMatch } from '@codeoptima/rules';

/** The function that a proposal changes, before and after. */
export interface Subject {
  language: 'js' | 'ts';
  symbol: string;
  before: string;
  after: string;
  function_hash: string;
  change_hash: string;
  /** Costly signs that the change takes away. */
  removes: string[];
}

export const embeddedLanguage = (language: Language): 'js' | 'ts' => (language === 'ts' || language === 'tsx' ? 'ts' : 'js');

/** Functions of the texts a rule has made; one file has many proposals, and they share the text before. */
export class FunctionFinder {
  readonly #known = new Map<string, FunctionText[]>();
  readonly #language: 'js' | 'ts';

  constructor(language: Language) {
    this.#language = embeddedLanguage(language);
  }

  /** Null when the change does not show inside a function, or the function is not found again. */
  subjectOf(match: RuleMatch, source: string, hotspot: HotSpot): Subject | null {
    const language = this.#language;
    const before = innermost(this.#functions(source), match.line) ?? lines(source, hotspot);
    const after = this.#functions(match.new_source)
      .filter(({ name }) => name === before.name)
      .reduce<FunctionText | null>((best, one) => (best === null || distance(one, before) < distance(best, before) ? one : best), null);
    if (after === null) return null;
    const function_hash = normalisedHash(before.source, language);
    const change_hash = normalisedHash(after.source, language);
    if (function_hash === change_hash) return null;
    const left = slowSigns({ source: after.source, language });
    const removes = slowSigns({ source: before.source, language }).filter((sign) => !left.includes(sign));
    return { language, symbol: match.symbol, before: before.source, after: after.source, function_hash, change_hash, removes };
  }

  /** Text of the function at a hot spot's lines: the range itself is what was hot, cut as the file has it. */
  hotFunction(source: string, hotspot: HotSpot): string {
    return lines(source, hotspot).source;
  }

  #functions(source: string): FunctionText[] {
    const found = this.#known.get(source) ?? functionsOf(source, this.#language);
    this.#known.set(source, found);
    return found;
  }
}

const distance = (a: FunctionText, b: FunctionText): number => Math.abs(a.start_line - b.start_line);

const innermost = (functions: readonly FunctionText[], line: number): FunctionText | null =>
  functions
    .filter(({ start_line, end_line }) => start_line <= line && line <= end_line)
    .reduce<FunctionText | null>((best, one) => (best === null || one.source.length < best.source.length ? one : best), null);

const lines = (source: string, { symbol, start_line, end_line }: HotSpot): FunctionText => ({
  name: symbol,
  start_line,
  end_line,
  source: source
    .split('\n')
    .slice(start_line - 1, end_line)
    .join('\n'),
});
