import { createHash } from 'node:crypto';
import { CodeOptimaError } from '@codeoptima/contracts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID of version 8 (RFC 9562) from the given words: the same words, the same id. */
export const derivedId = (...words: string[]): string => {
  const hash = createHash('sha256');
  // Lengths keep ('ab', 'c') and ('a', 'bc') apart.
  for (const word of words) hash.update(`${Buffer.byteLength(word)}:${word}`);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** A caller's id in its canonical form. @throws CodeOptimaError `bad_input` when it is no UUID. */
export const uuid = (text: string, what: string): string => {
  const lower = text.toLowerCase();
  if (UUID.test(lower)) return lower;
  throw new CodeOptimaError('bad_input', `${what} "${text.slice(0, 80)}" is not a UUID such as 0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a11.`);
};

/** Where an id of a project lies in the store. Two projects can never mean the same place, whatever ids they choose. */
export const placeOf = (project: string, id: string): string => derivedId('place', project, id);
