import { stripTypeScriptTypes } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { type Context, createContext, Script } from 'node:vm';
import type { Language } from '../syntax/model.ts';

/** What one call did: its result or what it threw, and its arguments afterwards. */
export interface Outcome {
  result: unknown;
  thrown: string | null;
  args: unknown[];
}

const CALL_LIMIT_MS = 5000;

function load(context: Context, source: string, language: Language): (inputs: string) => Promise<Outcome> {
  const plain = (language === 'ts' || language === 'tsx' ? stripTypeScriptTypes(source) : source).replace(
    /^export (?=const|function|class|async|let)/gm,
    '',
  );
  const script = new Script(
    `(async (args) => { const run = (() => {${plain}\n;return run; })(); let result, thrown = null;
      try { result = await run(...args); } catch (error) { thrown = error instanceof Error ? error.name + ': ' + error.message : String(error); }
      return { result, thrown, args }; })`,
  );
  return (inputs) => {
    const run = script.runInContext(context, { timeout: CALL_LIMIT_MS }) as (args: unknown) => Promise<Outcome>;
    return run(new Script(`[${inputs}]`).runInContext(context));
  };
}

/** Calls `run` of both programs with each input and returns the first input on which they differ, or null. */
export async function firstDifference(
  before: string,
  after: string,
  language: Language,
  inputs: readonly string[],
): Promise<string | null> {
  // One context for both: the results of two would differ in their prototypes.
  const context = createContext({ Buffer, TextEncoder, TextDecoder, queueMicrotask });
  const [old, fresh] = [load(context, before, language), load(context, after, language)];
  for (const input of inputs) {
    const [a, b] = [await old(input), await fresh(input)];
    // One message names the variable that is not iterable or not a function, which a rewrite may rename.
    if (a.thrown !== null && b.thrown !== null && a.thrown.split(':')[0] === b.thrown.split(':')[0]) continue;
    if (!isDeepStrictEqual(a, b)) return input;
  }
  return null;
}
