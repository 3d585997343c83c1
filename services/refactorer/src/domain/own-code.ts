import { posix } from 'node:path';
import { isIgnored, roleOf, TRYING_ROLES } from '@codeoptima/config';
import type { Language } from '@codeoptima/rules';

const LANGUAGES: Readonly<Record<string, Language>> = {
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
};

/** Language by the file's ending; null for a file that no rule reads. */
export function languageOf(path: string): Language | null {
  if (/\.d\.[cm]?ts$/.test(path)) return null;
  return LANGUAGES[posix.extname(path)] ?? null;
}

/** Why a file is none of those that are changed, or null. The patterns are the user's `ignore`. */
export function whyNotTouched(path: string, ignore: readonly string[]): string | null {
  if (isIgnored(path, ignore)) return 'the path is ignored by configuration';
  if (roleOf(path, ['foreign', 'built', 'hidden']) !== null) return 'the file is vendored or built, not written here';
  if (roleOf(path, TRYING_ROLES) !== null) return 'tests, benchmarks and examples are never changed';
  return roleOf(path, ['minified', 'generated', 'configuration']) === null ? null : 'the file is generated, minified or holds settings';
}

const GENERATED_TEXT = /@generated\b|\bDO NOT EDIT\b|\bauto-?generated (file|by)\b/i;
const HEAD_CHARACTERS = 2000;
const LINE_CHARACTERS_MAX = 2000;
const MEAN_LINE_CHARACTERS_MAX = 250;

/** Whether the text says that it is generated, or is written in lines that no person writes. */
export function isGenerated(source: string): boolean {
  if (GENERATED_TEXT.test(source.slice(0, HEAD_CHARACTERS))) return true;
  const lines = source.split('\n');
  return (
    source.length / lines.length > MEAN_LINE_CHARACTERS_MAX ||
    lines.some((line) => line.length > LINE_CHARACTERS_MAX && !line.includes('"'))
  );
}
