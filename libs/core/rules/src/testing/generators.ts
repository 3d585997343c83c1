/** A small seeded generator (mulberry32); the tests print the seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = <T>(random: () => number, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

const listOf = (random: () => number, item: () => string): string => {
  const length = pick(random, [0, 1, 2, 3, 7, 40, 70]);
  return `[${Array.from({ length }, item).join(', ')}]`;
};

const NUMBERS = ['0', '-0', '1', '2', '3', '17', '-5', '1.5', 'Infinity', '40', '41'];
const STRINGS = ["''", "'a'", "'b'", "'a,b'", "'é'", "'😀'", "'toString'", "'__proto__'", "'A b'", "',x,'", "'aaa'"];
const MIXED = [...NUMBERS, ...STRINGS, 'NaN', 'undefined', 'null', 'true'];

/** Source text of random arguments, by the names rule files use. */
export const GENERATORS: Record<string, (random: () => number) => string> = {
  number: (random) => pick(random, NUMBERS),
  string: (random) => pick(random, STRINGS),
  numbers: (random) => listOf(random, () => pick(random, NUMBERS)),
  strings: (random) => listOf(random, () => pick(random, STRINGS)),
  words: (random) => listOf(random, () => `'w${Math.floor(random() * 50)}'`),
  text: (random) =>
    `'${Array.from({ length: pick(random, [0, 1, 5, 60]) }, () => pick(random, ['a', 'b', ',', ' ', 'é', '😀', '1', 'Z', '-'])).join('')}'`,
  mixed: (random) => (random() < 0.1 ? '[1, , 3, undefined]' : listOf(random, () => pick(random, MIXED))),
  nested: (random) => listOf(random, () => (random() < 0.5 ? pick(random, MIXED) : `[${pick(random, MIXED)}, ${pick(random, MIXED)}]`)),
  records: (random) =>
    listOf(random, () =>
      random() < 0.02
        ? 'null'
        : `{ id: ${pick(random, [...NUMBERS, 'NaN'])}, name: ${pick(random, STRINGS)}, n: ${pick(random, NUMBERS)} }`,
    ),
  callbacks: (random) => pick(random, ['(x) => x > 1', '(x) => x', '() => true', '(x) => String(x)']),
};

/** One program of a template: each `{{NAME}}` becomes one of its choices. */
export const instantiate = (random: () => number, program: string, choices: Readonly<Record<string, readonly string[]>>): string =>
  program.replace(/\{\{([A-Z]+)\}\}/g, (_whole, name: string) => pick(random, choices[name] ?? ['']));
