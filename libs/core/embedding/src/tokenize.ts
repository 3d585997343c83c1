import { KEYWORDS, type Language } from './language.ts';

export type TokenKind = 'keyword' | 'name' | 'number' | 'text' | 'pattern' | 'mark' | 'newline';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Columns of leading white space of the token's line (Python's structure). */
  indent: number;
}

const COMMENT: Record<'c' | 'python', RegExp> = { c: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y, python: /#[^\n]*/y };
const TEXT = /"""[\s\S]*?"""|'''[\s\S]*?'''|`(?:\\[\s\S]|[^\\`])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y;
const PATTERN = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/y;
const NAME = /[\p{L}_$#@][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const MARK = /\.\.\.|===|!==|\*\*=|>>>|=>|->|::|\?\?|\?\.|&&|\|\||[-+*/%&|^<>=!]=|\+\+|--|<<|>>|./suy;

/**
 * Splits source text into tokens: comments dropped, never fails (an unclosed string is read mark by mark). Linear in the length but for
 * the look-ahead of strings; inputs of any size are fine.
 */
export function tokenize(source: string, language: Language): Token[] {
  const tokens: Token[] = [];
  const comment = language === 'python' ? COMMENT.python : COMMENT.c;
  let at = 0;
  let indent = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match || match[0] === '') return null;
    at += match[0].length;
    return match[0];
  };
  while (at < source.length) {
    const char = source[at] as string;
    if (char === '\n') {
      at += 1;
      indent = /^[ \t]*/.exec(source.slice(at, at + 200))?.[0].length ?? 0;
      tokens.push({ kind: 'newline', text: '\n', indent });
    } else if (/\s/.test(char)) at += 1;
    else if (take(comment) === null) tokens.push(next(take, tokens.at(-1), language, indent));
  }
  return tokens;
}

function next(take: (pattern: RegExp) => string | null, last: Token | undefined, language: Language, indent: number): Token {
  const text = take(TEXT);
  if (text !== null) return { kind: 'text', text, indent };
  const value_before = last && (last.kind === 'name' || last.kind === 'number' || last.text === ')' || last.text === ']');
  const pattern = (language === 'js' || language === 'ts') && !value_before ? take(PATTERN) : null;
  if (pattern !== null) return { kind: 'pattern', text: pattern, indent };
  const name = take(NAME);
  if (name !== null) return { kind: KEYWORDS[language].has(name) ? 'keyword' : 'name', text: name, indent };
  const number = take(NUMBER);
  if (number !== null) return { kind: 'number', text: number, indent };
  return { kind: 'mark', text: take(MARK) ?? '', indent };
}

/** Words of a name: `readFile2Buffer` and `read_file_2_buffer` alike give read, file, buffer. */
export const subwords = (name: string): string[] =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1)
    .map((word) => word.toLowerCase());
