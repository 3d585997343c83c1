import * as fc from 'fast-check';
import { undefinedValue, type Value } from '../runtime/graph.ts';

const long = 'ab'.repeat(2000);

/** Values at the edges of a type: of the same type as what was seen, so inside the domain. */
export const edges: Record<string, readonly Value[]> = {
  string: [
    '',
    'a',
    '\u{1f600}b',
    ' a ',
    '__proto__',
    '0',
    'e\u0301',
    '\u0130',
    '\u00df',
    'a\r\nb\n',
    '1e3',
    '$&',
    'A',
    '\u212a',
    'constructor',
    '08',
    '-1',
    ' ',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\n',
    '\t \u00a0',
    '\\',
    '"',
    "'",
    ',',
    'a,,b,',
    'a b',
    '0x10',
    '12px',
    'NaN',
    'null',
    'undefined',
    'toString',
    'hasOwnProperty',
    '%s',
    '%20+',
    '<b>&amp;',
    '[]',
    '{"a":1}',
    '.',
    'a.b',
    '/',
    '-',
    '_',
    '\u017f',
    '\u0149',
    '\u2028',
    '\ufeff',
    'z\u0000',
    '\ud800',
    long,
  ],
  number: [
    0,
    { p: '-0' },
    { p: 'NaN' },
    1,
    -1,
    2,
    0.5,
    -0.5,
    0.1,
    1.005,
    { p: 'Infinity' },
    { p: '-Infinity' },
    10,
    255,
    256,
    2147483647,
    -2147483648,
    4294967296,
    9007199254740991,
    5e-324,
    1e21,
  ],
  boolean: [true, false],
  bigint: [{ big: '0' }, { big: '-1' }, { big: '18446744073709551616' }],
};

/**
 * Values of other types: inside the domain only where the code treats a position opaquely or the declaration allows them. NaN is not among
 * them: whether a lookup finds it is a question of numbers, asked where numbers were seen.
 */
export const foreign: readonly Value[] = [
  undefinedValue,
  null,
  '',
  '1',
  1,
  0,
  true,
  { sym: 'tag', kind: 'local' },
  { big: '1' },
  '__proto__',
];

/** fast-check arbitraries inferred from the values seen at a place, as JSON values. */
export function arbitraryFor(seen: readonly Value[], words: readonly string[] = []): fc.Arbitrary<Value> | null {
  const options: fc.Arbitrary<Value>[] = [];
  const strings = seen.filter((value) => typeof value === 'string');
  const numbers = seen.filter((value) => typeof value === 'number');
  if (strings.length > 0) {
    const letters = [...new Set(strings.slice(0, 50).flatMap((text) => Array.from(text.slice(0, 200))))];
    const longest = Math.max(...strings.map((text) => text.length), 1);
    if (letters.length > 0)
      options.push(fc.array(fc.constantFrom(...letters), { maxLength: Math.min(longest * 2, 200) }).map((parts) => parts.join('')));
    options.push(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(...(edges['string'] as string[])),
    );
    // What the code speaks of, among the letters that were seen.
    if (words.length > 0 && letters.length > 0)
      options.push(
        fc
          .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...letters)), { minLength: 1, maxLength: 12 })
          .map((parts) => parts.join('')),
      );
    // Pieces of what was seen, put together anew: keeps the syntax that the code looks for.
    options.push(fc.array(fc.constantFrom(...strings.slice(0, 50)), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')));
    options.push(
      fc
        .tuple(fc.constantFrom(...strings.slice(0, 50)), fc.nat(), fc.nat())
        .map(([text, from, to]) => text.slice(from % (text.length + 1), to % (text.length + 1))),
    );
  }
  if (numbers.length > 0) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    if (numbers.every((value) => Number.isInteger(value)))
      options.push(fc.integer({ min: clamp(low - 2), max: Math.max(clamp(low - 2), clamp(Math.max(high * 2, high + 2))) }));
    else
      options.push(
        fc
          .double({ min: Math.min(low * 2, low - 1), max: Math.max(high * 2, high + 1), noNaN: true })
          .map((value): Value => (Object.is(value, -0) ? { p: '-0' } : value)),
      );
  }
  return options.length === 0 ? null : fc.oneof(...options);
}

const clamp = (value: number): number => Math.max(-2147483648, Math.min(2147483647, value));
