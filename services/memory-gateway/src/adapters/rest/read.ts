import { invalid, malformed, unserved } from './refusal.ts';

/** Readers of JSON bodies: each gives a value of one form or refuses, naming the field. */
export type Fields = Record<string, unknown>;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

export const fields = (value: unknown, what: string): Fields =>
  isFields(value) ? value : malformed(`${what}: expected an object, found ${shown(value)}`);

/** Null means absent, as for every optional field of the interface. */
export const given = (from: Fields, name: string): boolean => from[name] !== undefined && from[name] !== null;

export const optional = <T>(from: Fields, name: string, read: (value: unknown, what: string) => T): T | undefined =>
  given(from, name) ? read(from[name], name) : undefined;

export const required = <T>(from: Fields, name: string, read: (value: unknown, what: string) => T): T =>
  given(from, name) ? read(from[name], name) : malformed(`missing field \`${name}\``);

export const text = (value: unknown, what: string): string =>
  typeof value === 'string' ? value : malformed(`${what}: expected a string, found ${shown(value)}`);
export const flag = (value: unknown, what: string): boolean =>
  typeof value === 'boolean' ? value : malformed(`${what}: expected a boolean, found ${shown(value)}`);
export const number = (value: unknown, what: string): number => {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : malformed(`${what}: expected a number, found ${shown(value)}`);
};
/** A number that the interface keeps in 32 bits. */
export const single = (value: unknown, what: string): number => {
  const near = Math.fround(number(value, what));
  return Number.isFinite(near) ? near : malformed(`${what}: ${shown(value)} is out of the range of a 32-bit float`);
};
export const list =
  <T>(read: (value: unknown, what: string) => T) =>
  (value: unknown, what: string): T[] =>
    Array.isArray(value) ? value.map((each) => read(each, what)) : malformed(`${what}: expected a list, found ${shown(value)}`);
/** The interface takes one value for a list of one in many places. */
export const listOrOne =
  <T>(read: (value: unknown, what: string) => T) =>
  (value: unknown, what: string): T[] =>
    Array.isArray(value) ? value.map((each) => read(each, what)) : [read(value, what)];

const U64_MAX = 2n ** 64n - 1n;

/** An unsigned integer. */
export const natural = (value: unknown, what: string): bigint => {
  if (typeof value === 'bigint' && value >= 0n && value <= U64_MAX) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return malformed(`${what}: expected an unsigned integer, found ${shown(value)}`);
};
export const count = (value: unknown, what: string): number => Number(natural(value, what));
export const atLeastOne = (value: unknown, what: string): number => {
  const found = count(value, what);
  return found >= 1 ? found : invalid(what, found, '1 or larger');
};
/** What the wire has 32 bits for. */
export const UINT32_MAX = 2 ** 32 - 1;
export const positive32 = (value: unknown, what: string): number => {
  const found = atLeastOne(value, what);
  return found <= UINT32_MAX ? found : invalid(what, found, `at most ${UINT32_MAX}`);
};

export const oneOf =
  <const T extends string>(values: readonly T[]) =>
  (value: unknown, what: string): T =>
    values.find((each) => each === value) ?? malformed(`${what}: unknown variant ${shown(value)}, expected one of ${values.join(', ')}`);

/** Fields of the interface that would change the answer and are not served. */
export const refuse = (from: Fields, names: Record<string, string>): void => {
  for (const [name, what] of Object.entries(names)) {
    const empty = Array.isArray(from[name]) && from[name].length === 0;
    if (given(from, name) && !empty) unserved(what);
  }
};

const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

/** A point's id: an unsigned integer or a UUID, also without hyphens. */
export const pointId = (value: unknown, _what: string) => {
  if (typeof value === 'string' && UUID.test(value)) return { pointIdOptions: { case: 'uuid' as const, value } };
  if (
    (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) ||
    (typeof value === 'bigint' && value >= 0n && value <= U64_MAX)
  )
    return { pointIdOptions: { case: 'num' as const, value: BigInt(value) } };
  return malformed(`value ${shown(value)} is not a valid point ID, valid values are either an unsigned integer or a UUID`);
};

/** An id in a path: digits are a number. */
export const pathId = (word: string) => {
  if (/^\d{1,20}$/.test(word) && BigInt(word) <= U64_MAX) return { pointIdOptions: { case: 'num' as const, value: BigInt(word) } };
  if (UUID.test(word)) return { pointIdOptions: { case: 'uuid' as const, value: word } };
  return malformed(`value ${shown(word)} is not a valid point ID, valid values are either an unsigned integer or a UUID`);
};
