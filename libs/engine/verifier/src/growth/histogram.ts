/** Calls by power of two of the largest argument: bucket 0 is empty, k is [2^(k-1), 2^k). */
export type SizeHistogram = ReadonlyMap<number, number>;

/** The bucket a size falls into. */
export const bucketOf = (size: number): number => (size < 1 ? 0 : Math.floor(Math.log2(size)) + 1);

/** The largest size of a bucket. */
export const largestIn = (bucket: number): number => (bucket === 0 ? 0 : 2 ** bucket - 1);

/** Adds the counts of several functions. */
export function histogramOf(counts: readonly Readonly<Record<string, number>>[]): SizeHistogram {
  const sum = new Map<number, number>();
  for (const one of counts)
    for (const [bucket, calls] of Object.entries(one)) if (calls > 0) sum.set(Number(bucket), (sum.get(Number(bucket)) ?? 0) + calls);
  return new Map([...sum].toSorted(([a], [b]) => a - b));
}

export const callsIn = (histogram: SizeHistogram): number => [...histogram.values()].reduce((sum, calls) => sum + calls, 0);

/** The largest size that can have occurred; null when nothing was counted. */
export function largestSeen(histogram: SizeHistogram): number | null {
  const buckets = [...histogram.keys()];
  return buckets.length === 0 ? null : largestIn(Math.max(...buckets));
}
