/** A seed that the same candidate of the same run gets again (FNV-1a over both names), so that a verification can be repeated. */
export function seedOf(run_id: string, candidate_id: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${run_id}/${candidate_id}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
