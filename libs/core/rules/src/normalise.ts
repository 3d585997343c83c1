import { parse } from '@babel/parser';
import type { Language } from './syntax/model.ts';

/** The tokens of a program without white space and comments, so that two texts of one program are equal. */
export function normalisedSyntax(source: string, language: Language): string {
  const typescript = language === 'ts' || language === 'tsx';
  const file = parse(source, {
    sourceType: 'unambiguous',
    tokens: true,
    plugins: typescript ? (language === 'tsx' ? ['typescript', 'decorators', 'jsx'] : ['typescript', 'decorators']) : ['jsx'],
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
  });
  const parts: string[] = [];
  for (const token of file.tokens ?? []) {
    if (token.type === 'CommentBlock' || token.type === 'CommentLine') continue;
    const text = source.slice(token.start, token.end);
    if (text !== ';') parts.push(text);
  }
  return parts.join(' ');
}

/** A line without its white space, end of statement and trailing comment. */
export const normalisedText = (line: string): string =>
  line
    .trim()
    .replace(/(?:^|\s)\/\/.*$/, '')
    .replace(/;$/, '')
    .replace(/\s+/g, ' ');
