const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const words = (n: number): string[] => range(n).map((i) => `word${(i * 7919) % (n + 13)}`);
const records = (n: number): { id: number; n: number; name: string }[] =>
  range(n).map((i) => ({ id: (i * 7919) % (n + 13), n: (i * 31) % 101, name: `r${i}` }));
const table = (n: number): Record<string, number> => Object.fromEntries(words(n).map((word, i) => [word, i]));
const text = (n: number): string =>
  words(Math.ceil(n / 6))
    .join(' ')
    .slice(0, n);

/** Arguments of `run` of the first example of each rule at a size; rules without an entry are not measured. */
export const INPUTS: Readonly<Record<string, (n: number) => unknown[]>> = {
  'buffer-concat-in-loop': (n) => [range(n).map(() => Buffer.alloc(64, 1))],
  'code-point-count': (n) => [text(n)],
  'concat-in-loop': (n) => [range(n)],
  'dedupe-filter': (n) => [words(n)],
  'dedupe-push': (n) => [words(n)],
  'filter-count': (n) => range(n),
  'filter-exists': (n) => [range(n), n >> 2],
  'filter-first': (n) => [table(n), words(n)[n >> 2]],
  'find-in-loop': (n) => [records(n), records(n)],
  'some-in-loop': (n) => [records(n), records(n)],
  'group-in-loop': (n) => [records(n), records(n)],
  'fuse-chain': (n) => [range(n)],
  'hoist-object-keys': (n) => [range(n), table(n)],
  'includes-in-loop': (n) => [range(n), range(n).reverse()],
  'index-of-in-loop': (n) => [range(n), range(n).reverse()],
  'join-few-parts': () => ['left', 'right'],
  'json-clone-in-loop': (n) => [words(8), { list: records(n) }],
  'loop-bound': (n) => [table(n)],
  'match-to-test': (n) => [`ab${text(n)}`],
  'number-format': () => [123_456],
  'prefix-test': (n) => [words(n).map((word) => word.repeat(20))],
  'push-join': (n) => [words(n)],
  'queue-shift': (n) => [{ 0: range(n).slice(1) }, 0],
  'recursion-by-slice': (n) => [range(n)],
  'regexp-in-loop': (n) => [words(n), 'word1'],
  'regexp-of-constants': (n) => [text(n)],
  'regexp-per-call': (n) => [text(n)],
  'regexp-table': (n) => [text(n)],
  'reverse-find': (n) => range(n),
  'shared-queue-shift': (n) => [n, 1],
  'sort-first': (n) => [records(n)],
  'splice-first': (n) => [range(n)],
  'splice-in-text-loop': (n) => [text(n)],
  'split-first': (n) => [words(n).join(';')],
  'spread-accumulator': (n) => [records(n)],
  'spread-in-loop': (n) => [words(n)],
  'table-per-call': () => ['mon'],
  'unshift-in-loop': (n) => [range(n).reduce<object | null>((previous, i) => ({ name: i, previous }), null)],
};

/** One more size for rules whose effect begins where engines stop hiding it. */
export const LARGER: Readonly<Record<string, number>> = { 'queue-shift': 50_000, 'shared-queue-shift': 50_000, 'unshift-in-loop': 20_000 };
