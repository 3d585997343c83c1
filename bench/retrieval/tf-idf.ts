/** Sparse unit vector of a text: terms with their weights. */
export type Sparse = ReadonlyMap<string, number>;

/** Words of the code: names split at their capitals and underscores, keywords and names of the library as they are. */
export const wordsOf = (source: string): string[] =>
  (source.replace(/([a-z\d])([A-Z])/g, '$1 $2').match(/[A-Za-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());

/** Every token, marks too, alone and in runs of two and three. */
export function tokenRunsOf(source: string): string[] {
  const tokens = source.match(/[A-Za-z_$][\w$]*|\d+|=>|\+\+|[=!<>+-]=+|&&|\|\||\S/g) ?? [];
  return tokens.flatMap((_, at) => [1, 2, 3].map((length) => tokens.slice(at, at + length).join(' ')));
}

/** TF-IDF with logarithmic term frequency and smoothed inverse document frequency, unit length (the textbook's ltc weighting). */
export function tfIdf(texts: readonly string[], terms: (text: string) => string[]): Sparse[] {
  const counted = texts.map((text) => {
    const counts = new Map<string, number>();
    for (const term of terms(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  });
  const documents = new Map<string, number>();
  for (const counts of counted) for (const term of counts.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  return counted.map((counts) => {
    const weighted = [...counts].map(([term, count]): [string, number] => [
      term,
      (1 + Math.log(count)) * Math.log((1 + texts.length) / (1 + (documents.get(term) ?? 0))),
    ]);
    const length = Math.sqrt(weighted.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
    return new Map(weighted.map(([term, weight]) => [term, weight / length]));
  });
}

export function cosine(a: Sparse, b: Sparse): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return sum;
}
