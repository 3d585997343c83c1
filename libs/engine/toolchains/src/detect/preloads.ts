import { z } from 'zod';
import type { ReadSource } from './framework.ts';
import type { Step } from './shell-words.ts';

const Settings = z.looseObject({ require: z.union([z.string(), z.array(z.string())]).optional() });

const parsed = (text: string | null): Record<string, unknown> => {
  try {
    return z.looseObject({}).parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
};

/** Names that need no quoting; another one is no module of a real repository. */
const NAME = /^[\w@.+/-]+$/;

/** The modules that the words of a call of nyc name: `-i esm`, `--require=./hook`. */
function named(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    if (word === '--require' || word === '-i') return [words[at + 1] ?? ''];
    return word.startsWith('--require=') ? [word.slice('--require='.length)] : [];
  });
}

/**
 * Modules that nyc loads into every process it starts (`require` of its settings and of its command line), such as a compiler that the
 * tests cannot do without. We leave nyc away, since coverage only slows down, but not what it loads.
 */
function preloads(steps: readonly Step[], read: ReadSource): string[] {
  const calls = steps.map((step) => step.words.map((word) => word.text)).filter((words) => words.includes('nyc'));
  if (calls.length === 0) return [];
  const settings = [parsed(read('package.json'))['nyc'], parsed(read('.nycrc')), parsed(read('.nycrc.json'))];
  const required = settings.flatMap((each) => Settings.safeParse(each).data?.require ?? []);
  const names = [...required, ...calls.flatMap((words) => named(words.slice(words.indexOf('nyc') + 1)))];
  return [...new Set(names)].filter((name) => NAME.test(name));
}

/**
 * Shell steps that load the same into every Node from there on. Resolved from the package's folder at once: a child in another folder
 * would not find them.
 */
export const preloadSteps = (steps: readonly Step[], read: ReadSource): string[] =>
  preloads(steps, read).map(
    (name) => `export NODE_OPTIONS="$NODE_OPTIONS --require $(node -p 'require.resolve(process.argv[1])' ${name})"`,
  );
