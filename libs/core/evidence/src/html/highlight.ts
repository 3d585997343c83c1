import { type Html, html } from './html.ts';

const KEYWORDS = new Set(
  (
    'abstract as async await break case catch class const continue debugger declare default delete do else enum export extends finally for from function get ' +
    'if implements import in infer instanceof interface is keyof let namespace new of private protected public readonly return satisfies set static super ' +
    'switch this throw try type typeof var void while with yield'
  ).split(' '),
);
const LITERALS = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity']);

const TOKEN =
  /(?<comment>\/\/.*$|\/\*.*?(?:\*\/|$)|^\s*\*(?:\s.*)?$)|(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(?<number>\b(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]+)?(?:e[+-]?\d+)?)n?\b)|(?<word>[A-Za-z_$][\w$]*)(?<call>(?=\s*\())?|(?<rest>[^A-Za-z_$\d"'`/]+|.)/giu;

/** Colours one line of JavaScript or TypeScript. A line is all it sees, so the middle of a long string may be coloured as code. */
export function highlight(line: string): Html[] {
  return [...line.matchAll(TOKEN)].map(({ groups = {}, 0: text }) => {
    const css = cssOf(groups);
    return css === null ? html`${text}` : html`<i class="${css}">${text}</i>`;
  });
}

function cssOf(groups: Record<string, string | undefined>): string | null {
  if (groups['comment'] !== undefined) return 'c';
  if (groups['string'] !== undefined) return 's';
  if (groups['number'] !== undefined) return 'n';
  const word = groups['word'];
  if (word === undefined) return null;
  if (KEYWORDS.has(word)) return 'k';
  if (LITERALS.has(word)) return 'n';
  return groups['call'] === undefined ? null : 'f';
}
