import { posix } from 'node:path';
import { isIgnored } from '@codeoptima/config';
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

const FOREIGN_FOLDER = /(^|\/)(node_modules|bower_components|vendor|vendored|third[_-]?party|dist|out|coverage|\.[^/]+)\//;
const TEST_PATH =
  /(^|\/)(tests?|__tests__|__mocks__|specs?|fixtures|benchmarks?|bench|perf|examples?)\/|[._-](test|tests|spec|bench|benchmark)\.[cm]?[jt]sx?$|(^|\/)(test|bench|benchmark)\.[cm]?[jt]sx?$/;
const GENERATED_NAME = /(\.min|[.-]bundle|\.generated|\.gen|_pb|\.pb)\.[cm]?[jt]sx?$/;

/** Why a file is none of those that are changed, or null. The patterns are the user's `ignore`. */
export function whyNotTouched(path: string, ignore: readonly string[]): string | null {
  if (isIgnored(path, ignore)) return 'the path is ignored by configuration';
  if (FOREIGN_FOLDER.test(path)) return 'the file is vendored or built, not written here';
  if (TEST_PATH.test(path)) return 'tests, benchmarks and examples are never changed';
  return GENERATED_NAME.test(path) ? 'the file is generated or minified' : null;
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
