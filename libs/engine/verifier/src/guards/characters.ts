import type { ChangedSource, Finding } from './finding.ts';

/** Zero-width, bidirectional and other characters that a reader cannot see. */
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/u;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/;
/** Letters outside ASCII inside a word: Cyrillic `а` for Latin `a` and the like. */
const FOREIGN_LETTER = /[\p{L}\p{Nl}\p{Mn}]/u;

/** Refuses added lines whose text is not what it looks like (CVE-2021-42574, CVE-2021-42694). */
export function guardCharacters(source: ChangedSource): Finding[] {
  if (source.candidate === null) return [];
  const base_lines = new Set(source.base?.split('\n') ?? []);
  return source.candidate.split('\n').flatMap((text, index) => {
    const line = index + 1;
    if (!source.added.has(line) || base_lines.has(text)) return [];
    const found = (guard: string, message: string): Finding[] => [{ guard, severity: 'refused', file: source.file, line, message }];
    const hidden = INVISIBLE.exec(text) ?? CONTROL.exec(text.replace(/\r$/, ''));
    if (hidden)
      return found(
        'invisible-character',
        `The line holds the invisible character U+${hidden[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}.`,
      );
    const look_alike = mixedWord(text);
    return look_alike ? found('look-alike', `The name ${JSON.stringify(look_alike)} mixes letters of several scripts.`) : [];
  });
}

/** A word that has both ASCII letters and letters of another script, outside string literals and comments. */
function mixedWord(line: string): string | null {
  const code = line.replace(/(['"`])(?:\\.|(?!\1).)*\1/g, '""').replace(/\/\/.*$|\/\*.*?\*\//g, '');
  for (const [word] of code.matchAll(/[\p{L}\p{Nl}\p{Mn}\p{Nd}_$]+/gu)) {
    if ([...word].some((char) => char.charCodeAt(0) > 0x24f && FOREIGN_LETTER.test(char))) return word;
  }
  return null;
}
