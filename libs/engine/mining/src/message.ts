/** Words that say outright that a commit is about speed. */
const STRONG: readonly RegExp[] = [
  /^perf(\([^)]*\))?!?:/i,
  /\bperformance\b/i,
  /\b(speed(s|ed|ing)?[ -]?up|speedup|faster|slow(er|ness)?|sluggish)\b/i,
  /\boptimi[sz](e|es|ed|ing|ation|ations)\b/i,
  /\bO\(\s*(n|1|m|log)/i,
  /\b(quadratic|bottleneck|hot ?(path|loop|spot)|latency|throughput|memoi[sz]e)/i,
  /\b\d+(\.\d+)?\s?(x|×|times) (faster|quicker|less)/i,
];
/** Words that often come with a change for speed; they need a diff that looks like one. */
const WEAK: readonly RegExp[] = [
  /\b(avoid|reduce|fewer|less|unnecessary|redundant|repeated|needless)\b/i,
  /\b(cach(e|es|ed|ing)|hoist|precompute|reuse|lazy|batch|index(ed)?)\b/i,
  /\b(allocat(e|es|ion|ions)|copy|copies|clon(e|es|ing)|scan|look-?up)\b/i,
  /\buse (a )?(map|set|hash|deque|heap|buffer)\b/i,
];
/** Commits whose words deceive: they speak of speed and change none. */
const OTHER =
  /^(revert|docs?|chore\(release\)|release|bump|merge|test|ci|build\(deps)\b|\bbenchmark(s|ing)? (only|docs)\b|\b(search engine|seo)\b/i;

/** How much a message speaks of speed: 2 outright in its subject, 1 in its body or by a hint, 0 not. With the words that said so. */
export function messageSignal(message: string): { strength: 0 | 1 | 2; words: string[] } {
  const [subject = ''] = message.split('\n');
  if (OTHER.test(subject)) return { strength: 0, words: [] };
  const found = (patterns: readonly RegExp[]): string[] => patterns.flatMap((pattern) => pattern.exec(message)?.[0] ?? []);
  const strong = found(STRONG);
  if (strong.length > 0) return { strength: STRONG.some((pattern) => pattern.test(subject)) ? 2 : 1, words: strong };
  const weak = found(WEAK);
  return { strength: weak.length > 0 ? 1 : 0, words: weak };
}
