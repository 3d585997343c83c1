import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** JSON with sorted keys: the same value gives the same text, whatever order its keys were set in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** SHA-256 of the canonical JSON, 64 hexadecimal digits. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

const unstorable = /\\u0000|\\ud[89a-f]/i;

/**
 * The value as Postgres' jsonb can hold it: NUL and lone surrogates, which a test's output may carry, become U+FFFD.
 * Applied before a decision, so that the fold over the stored log equals the fold that was decided upon.
 */
export function storableJson(value: unknown): Json {
  const text = JSON.stringify(value ?? null);
  if (!unstorable.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, (_key, entry: unknown) => (typeof entry === 'string' ? cleanText(entry) : entry)) as Json;
}

const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
