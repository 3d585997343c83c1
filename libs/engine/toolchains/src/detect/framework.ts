import type { Toolchain } from '@codeoptima/contracts';
import type { Step, Word } from './shell-words.ts';

export type Framework = Toolchain['framework'];

/** Where in a step the test framework's program stands. */
export interface Runner {
  framework: Exclude<Framework, 'command'>;
  /** Index into the step's words. */
  index: number;
}

const PROGRAMS: Record<string, Runner['framework']> = {
  vitest: 'vitest',
  'vitest.mjs': 'vitest',
  jest: 'jest',
  'jest.js': 'jest',
  'jest-cli': 'jest',
  mocha: 'mocha',
  _mocha: 'mocha',
  'mocha.js': 'mocha',
  'mocha.mjs': 'mocha',
  ava: 'ava',
  'cli.mjs': 'ava',
  tap: 'tap',
  tape: 'tape',
};
const NODE_PROGRAMS = new Set(['node', 'tsx', 'ts-node']);
const basename = (path: string): string => path.split('/').at(-1) ?? path;

/** Reads the text of a file of the package, or null: decides whether `node test.js` uses node:test or tape. */
export type ReadSource = (path: string) => string | null;

/** The framework of `node FILE`: what the file imports. */
function byImports(words: readonly Word[], index: number, read: ReadSource): Runner['framework'] | null {
  const file = words.slice(index + 1).find((word) => /\.[cm]?[jt]sx?$/.test(word.text));
  const text = file === undefined ? null : read(file.text);
  if (text === null) return null;
  if (/['"]node:test['"]/.test(text)) return 'node-test';
  if (/['"](tape|tap)['"]/.test(text)) return 'tape';
  return null;
}

/** Finds the test framework that a step starts; null for any other command. */
export function findRunner(step: Step, read: ReadSource): Runner | null {
  for (const [index, word] of step.words.entries()) {
    const name = basename(word.text);
    // An argument of another program, such as the glob of a linter, is no program.
    if (word.text.startsWith('-')) continue;
    const known = PROGRAMS[name];
    if (known !== undefined && (name !== 'cli.mjs' || word.text.includes('/ava/'))) return { framework: known, index };
    if (NODE_PROGRAMS.has(name)) {
      const rest = step.words.slice(index + 1);
      if (rest.some((each) => each.text === '--test' || each.text.startsWith('--test='))) return { framework: 'node-test', index };
      if (rest.some((each) => PROGRAMS[basename(each.text)] !== undefined && !each.text.startsWith('-'))) continue;
      const framework = byImports(step.words, index, read);
      return framework === null ? null : { framework, index };
    }
    if (CHECKERS.has(name)) return null;
  }
  return null;
}

const CHECKERS = new Set(
  [
    'eslint',
    'standard',
    'xo',
    'prettier',
    'biome',
    'oxlint',
    'tslint',
    'ts-standard',
    'semistandard',
    'neostandard',
    'publint',
    'attw',
    'knip',
  ].concat(
    [
      'tsd',
      'dtslint',
      'dtslint-runner',
      'commitlint',
      'cspell',
      'depcheck',
      'size-limit',
      'bundlesize',
      'markdownlint',
      'ls-lint',
      'editorconfig-checker',
    ],
    [
      'remark',
      'jshint',
      'jscs',
      'ls-engines',
      'aud',
      'evalmd',
      'eclint',
      'safe-publish-latest',
      'madge',
      'dpdm',
      'tstyche',
      'codecov',
      'coveralls',
    ],
  ),
);

/** A step that judges style, types or packaging rather than behaviour: no part of the gate. */
export function isChecker(step: Step): boolean {
  const names = step.words.map((word) => basename(word.text));
  const program = names.find(
    (name) => !['npx', 'cross-env', 'pnpm', 'yarn', 'exec', 'dlx'].includes(name) && !/^\w+=/.test(name) && !name.startsWith('-'),
  );
  if (program === undefined) return false;
  if (CHECKERS.has(program)) return true;
  return program === 'tsc' && names.includes('--noEmit');
}
