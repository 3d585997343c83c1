import { badInput } from '../errors.ts';
import { jsonErrorPosition } from './json-position.ts';

/** Refuses a package.json that no package manager could read, naming the line. `where` says which file. */
export function checkManifest(text: string, where: string): void {
  const json = text.replace(/^\ufeff/u, '');
  const position = jsonErrorPosition(json);
  if (position !== null)
    throw badInput(`${where}:${lineAt(json, position)} is not valid JSON (${found(json, position)}): correct it and commit it.`);
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput(`${where} must hold a JSON object with the package's name and scripts, found ${JSON.stringify(value).slice(0, 40)}.`);
  }
}

/** 1-based line; an error at the end of the text counts for the last line that holds something. */
const lineAt = (text: string, position: number): number => {
  const before = text.slice(0, position);
  return (position < text.length ? before : before.trimEnd()).split('\n').length;
};

function found(text: string, position: number): string {
  if (position >= text.length) return 'it ends too early';
  const [word = ''] = /^(?:[\w$.'"-]+|.)/su.exec(text.slice(position)) ?? [];
  return `unexpected ${word.length > 20 ? `${word.slice(0, 19)}…` : word}`;
}
