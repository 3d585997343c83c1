import type { Specimen } from './labelled-set.ts';
import { seeded } from './render.ts';

/** How well one query was answered. */
export interface Answered {
  pattern: string;
  /** Found among the first five, of those that five places can hold. */
  recall: number;
  /** 1 / place of the first that was found. */
  reciprocal: number;
}

const FIRST = 5;

/** Asks every specimen of a pattern against all others but its own template. `likeness` of two by their places in the set. */
export function answer(specimens: readonly Specimen[], likeness: (a: number, b: number) => number): Answered[] {
  return specimens.flatMap((query, at): Answered[] => {
    if (query.pattern === null) return [];
    const others = specimens.map((other, index) => ({ other, index })).filter(({ other }) => other.variant !== query.variant);
    const relevant = others.filter(({ other }) => other.pattern === query.pattern).length;
    if (relevant === 0) return [];
    const ranked = others.map(({ other, index }) => ({ hit: other.pattern === query.pattern, score: likeness(at, index), index }));
    // Of equals the later one first would be luck; the place in the set decides, which is the same for every method.
    ranked.sort((a, b) => b.score - a.score || a.index - b.index);
    const first = ranked.findIndex(({ hit }) => hit);
    const found = ranked.slice(0, FIRST).filter(({ hit }) => hit).length;
    return [{ pattern: query.pattern, recall: found / Math.min(FIRST, relevant), reciprocal: 1 / (first + 1) }];
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean over the patterns of the mean over a pattern's queries: a pattern with many examples counts no more than one with few. */
export function byPattern(answers: readonly Answered[], figure: 'recall' | 'reciprocal'): Map<string, number> {
  const groups = Map.groupBy(answers, ({ pattern }) => pattern);
  return new Map([...groups].map(([pattern, list]) => [pattern, mean(list.map((one) => one[figure]))]));
}

export const macro = (means: ReadonlyMap<string, number>): number => mean([...means.values()]);

/** 95 % percentile interval of the mean difference, resampling patterns: queries of one pattern are not independent. */
export function differenceInterval(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  seed: number,
): { mean: number; low: number; high: number } {
  const differences = [...a].map(([pattern, value]) => value - (b.get(pattern) ?? 0));
  const random = seeded(seed);
  const resampled = Array.from({ length: 10_000 }, () =>
    mean(differences.map(() => differences[Math.floor(random() * differences.length)] ?? 0)),
  );
  resampled.sort((x, y) => x - y);
  return { mean: mean(differences), low: resampled[250] ?? 0, high: resampled[9749] ?? 0 };
}
