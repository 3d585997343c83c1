import { parse, TomlError } from 'smol-toml';
import { FileConfig, RunConfig } from './run-config.ts';
import { type ConfigProblem, dotted, explainIssues, type Locate } from './problem.ts';
import { configJsonSchema, runConfigSchema } from './schema-node.ts';
import { type KeyPath, TomlLines } from './toml-lines.ts';

export const CONFIG_FILE = 'codeoptima.toml';

/** A value given on the command line. */
export interface FlagValue {
  /** As typed, such as `--target`. */
  flag: string;
  path: readonly string[];
  value: unknown;
}

/** Where a value comes from: a flag, a line of the file, or the default. */
export interface Origin {
  key: string;
  value: unknown;
  origin: 'flag' | 'file' | 'default';
  /** `--target` or `codeoptima.toml:3`; null for a default. */
  where: string | null;
}

export type ResolvedConfig = { ok: true; config: RunConfig; origins: Origin[] } | { ok: false; problems: ConfigProblem[] };

export interface ConfigSources {
  /** Text of codeoptima.toml; null when there is none. */
  text: string | null;
  flags?: readonly FlagValue[];
  /** How the file is called in messages. */
  file?: string;
}

/** Merges flags over the file over the defaults, keeping for each value where it comes from. Nothing is thrown for bad input. */
export function resolveConfig({ text, flags = [], file = CONFIG_FILE }: ConfigSources): ResolvedConfig {
  const parsed = parseFile(text ?? '', file);
  if (!parsed.ok) return parsed;
  const lines = new TomlLines(text ?? '');
  const inFile: Locate = (path) => `${file}:${lines.lineOf(path)}`;
  const checked = FileConfig.safeParse(parsed.value);
  if (!checked.success) {
    return { ok: false, problems: explainIssues(checked.error.issues, configJsonSchema(), parsed.value, inFile) };
  }
  const merged = structuredClone(parsed.value);
  for (const { path, value } of flags) setAt(merged, path, value);
  const flagOf = (path: KeyPath): string | null =>
    flags.findLast((given) => given.path.every((step, index) => path[index] === step))?.flag ?? null;
  const result = RunConfig.safeParse(merged);
  if (!result.success) {
    const locate: Locate = (path) => flagOf(path) ?? inFile(path);
    return { ok: false, problems: explainIssues(result.error.issues, runConfigSchema(), merged, locate) };
  }
  const origins = leaves(result.data).map(({ path, value }): Origin => {
    const flag = flagOf(path);
    if (flag !== null) return { key: dotted(path), value, origin: 'flag', where: flag };
    const isGiven = hasAt(parsed.value, path);
    return { key: dotted(path), value, origin: isGiven ? 'file' : 'default', where: isGiven ? inFile(path) : null };
  });
  return { ok: true, config: result.data, origins };
}

function parseFile(text: string, file: string): { ok: true; value: Record<string, unknown> } | { ok: false; problems: ConfigProblem[] } {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /u, '');
    const where = `${file}:${error.line}`;
    return { ok: false, problems: [{ where, key: '', message: `${where}: not valid TOML (column ${error.column}): ${what}.` }] };
  }
}

function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let table = root;
  for (const step of path.slice(0, -1)) {
    table[step] ??= {};
    table = table[step] as Record<string, unknown>;
  }
  table[path.at(-1) ?? ''] = value;
}

function hasAt(root: unknown, path: KeyPath): boolean {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

/** Values of a configuration; a list counts as one value. */
function leaves(value: object, prefix: readonly string[] = []): { path: readonly string[]; value: unknown }[] {
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) => {
    const path = [...prefix, name];
    return typeof child === 'object' && child !== null && !Array.isArray(child) ? leaves(child, path) : [{ path, value: child }];
  });
}
