import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { expectation, leafPaths, nodeAt, type SchemaNode } from './schema-node.ts';
import type { KeyPath } from './toml-lines.ts';

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where: `codeoptima.toml:7`, or the flag. */
  where: string;
  /** Dotted key; empty when the text is not TOML at all. */
  key: string;
  /** One sentence: where, what, what would be right. */
  message: string;
}

export const dotted = (path: KeyPath): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');

/** Where the value at a path was given. */
export type Locate = (path: KeyPath) => string;

/** Says what is wrong in words. `value` is the whole configuration that was checked. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], schema: SchemaNode, value: unknown, locate: Locate): ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], schema, locate));
    const where = locate(path);
    const found = valueAt(value, path);
    const node = nodeAt(schema, path) ?? {};
    const right = issue.code === 'invalid_format' ? issue.message : expectation(node);
    const message =
      found === undefined
        ? `${where}: ${dotted(path)} is missing: it must be ${right}.`
        : `${where}: ${dotted(path)} must be ${right}, found ${shown(found)}.`;
    return [{ where, key: dotted(path), message }];
  });
}

function unknownKey(path: KeyPath, schema: SchemaNode, locate: Locate): ConfigProblem {
  const where = locate(path);
  const key = dotted(path);
  const name = String(path.at(-1));
  if (name === 'unsafe_no_sandbox') {
    const message = `${where}: ${key} cannot stand in the file, since a repository must not switch its own sandbox off: give --unsafe-no-sandbox on the command line.`;
    return { where, key, message };
  }
  return { where, key, message: `${where}: unknown key ${key}; the nearest known one is ${nearestKey(path, name, schema) ?? 'none'}.` };
}

/** By the name alone, since a key may also stand in the wrong table; of equals the one in the table it stands in. */
function nearestKey(path: KeyPath, name: string, schema: SchemaNode): string | null {
  const parent = path.slice(0, -1);
  const siblings = Object.keys(nodeAt(schema, parent)?.properties ?? {}).map((sibling) => dotted([...parent, sibling]));
  const keys = [...siblings, ...leafPaths(schema)];
  const names = keys.map((key) => key.split('.').at(-1) ?? key);
  return keys[names.indexOf(nearest(name, names) ?? '')] ?? null;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return value;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return value instanceof Date ? 'a date' : 'a table';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
