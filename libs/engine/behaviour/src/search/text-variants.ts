import type { Random } from './random.ts';

/** Texts that look, fold or compare alike without being equal, and neighbours that a careless test of letters takes for the same. */
export const textPairs: readonly (readonly [string, string])[] = [
  ['[', '{'],
  ['@', '`'],
  ['K', '\u212a'],
  ['k', '\u212a'],
  ['\u00df', 'ss'],
  ['\u00df', '\u1e9e'],
  ['\u0130', 'i'],
  ['\u0131', 'I'],
  ['\u017f', 's'],
  ['\u0149', '\u02bcn'],
  ['\u00e9', 'e\u0301'],
  ['\u00c9', '\u00e9'],
  ['\u03c3', '\u03c2'],
  ['\u01c5', '\u01c6'],
  ['\ufb00', 'ff'],
  ['\u{10400}', '\u{10428}'],
  ['A', 'a'],
  ['a', 'a '],
  ['1', '01'],
  ['10', '9'],
  ['9007199254740993', '9007199254740992'],
  ['a', 'B'],
  ['\u{1f600}', '\uffff'],
];

/** What a field inside a longer text may hold, those that break tables and conversions first. */
export const fieldEdges: readonly string[] = ['__proto__', '', '0', 'constructor', '-1', 'NaN', '1e3', ' ', '\u0130', '"'];

/** Where the words of a text stand: what separates them (commas, lines, spaces, brackets) is left alone. */
export const wordsOf = (text: string): { at: number; length: number }[] =>
  [...text.matchAll(/[\p{L}\p{N}_.$-]+/gu)].map((match) => ({ at: match.index, length: match[0].length }));

/** The text with one of its words replaced. */
export const withWord = (text: string, word: { at: number; length: number }, by: string): string =>
  text.slice(0, word.at) + by + text.slice(word.at + word.length);

/** A text near another: one letter changed, another case, another form, a word of the source put into it. */
export function variantOf(text: string, random: Random, words: readonly string[]): string {
  const at = random.below(Math.max(1, text.length));
  switch (random.below(words.length > 0 ? 15 : 12)) {
    case 0:
      return text.toUpperCase();
    case 1:
      return text.toLowerCase();
    case 2:
      return text.normalize('NFD');
    case 3:
      return `${text} `;
    case 4:
      return ` ${text}`;
    case 5:
      // The bit that tells upper from lower case letters, on any character.
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 32) + text.slice(at + 1);
    case 6:
      return text.slice(0, at) + text.slice(at + 1);
    case 7:
      return (
        text.slice(0, at) +
        (random.pick(['\u{1f600}', '\u0130', '\u00df', '\u212a', '\n', '\r\n', '\u00a0', '0']) as string) +
        text.slice(at)
      );
    case 8:
    case 9: {
      const word = random.pick(wordsOf(text));
      return word ? withWord(text, word, random.pick(fieldEdges) as string) : text;
    }
    case 10:
      return text + (text.at(-1) ?? '');
    case 11:
      return [...text].reverse().join('');
    default:
      return text.slice(0, at) + (random.pick(words) ?? '') + text.slice(at);
  }
}
