import type { Condition, Filter } from '../../domain/conditions.ts';
import { type Fields, count, fields, flag, given, isFields, list, listOrOne, number, optional, pointId, required, text } from './read.ts';
import { invalid, malformed, unserved } from './refusal.ts';

const DEPTH_MAX = 16;
const INTEGER_LIMIT = 2n ** 63n;

const isInteger = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' ? value < INTEGER_LIMIT && value >= -INTEGER_LIMIT : typeof value === 'number' && Number.isSafeInteger(value);

const anyOf = (values: unknown, what: string) => {
  if (!Array.isArray(values)) return malformed(`match.${what}: expected a list`);
  if (values.every((value) => typeof value === 'string')) return { strings: values };
  if (values.every(isInteger)) return { integers: values.map(BigInt) };
  return malformed(`match.${what}: expected strings alone or integers alone`);
};

const matchOf = (match: Fields) => {
  for (const name of ['text', 'text_any', 'phrase', 'prefix']) if (given(match, name)) unserved(`match.${name} (full-text search)`);
  if (given(match, 'any')) {
    const { strings, integers } = anyOf(match['any'], 'any');
    return integers ? { case: 'integers' as const, value: { integers } } : { case: 'keywords' as const, value: { strings } };
  }
  if (given(match, 'except')) {
    const { strings, integers } = anyOf(match['except'], 'except');
    return integers ? { case: 'exceptIntegers' as const, value: { integers } } : { case: 'exceptKeywords' as const, value: { strings } };
  }
  const value = match['value'];
  if (typeof value === 'string') return { case: 'keyword' as const, value };
  if (typeof value === 'boolean') return { case: 'boolean' as const, value };
  if (isInteger(value)) return { case: 'integer' as const, value: BigInt(value) };
  return malformed('match: expected `value` (a string, an integer or a bool), `any` or `except`');
};

const BOUNDS = ['lt', 'gt', 'gte', 'lte'] as const;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** RFC 3339, and the shorter forms Qdrant takes; without a zone it is UTC. */
const instant = (value: string, what: string) => {
  const [, day, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = DATE.exec(value) ?? [];
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = Date.parse(`${day}T${minutes}:${seconds}${offset.toUpperCase()}`);
  // Date.parse takes the 30th of February for the 1st of March.
  const there = day !== undefined && !Number.isNaN(ms) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (!there) return malformed(`${what}: "${value}" is not a date like 2026-01-31T12:00:00Z`);
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Number(fraction.padEnd(9, '0')) };
};

const rangeOf = (range: Fields): Partial<Condition & object> | object => {
  const bounds = BOUNDS.filter((name) => given(range, name));
  if (bounds.some((name) => typeof range[name] === 'string'))
    return {
      datetimeRange: Object.fromEntries(bounds.map((name) => [name, instant(text(range[name], `range.${name}`), `range.${name}`)])),
    };
  return { range: Object.fromEntries(bounds.map((name) => [name, number(range[name], `range.${name}`)])) };
};

const countsOf = (counts: Fields): object =>
  Object.fromEntries(
    BOUNDS.filter((name) => given(counts, name)).map((name) => [name, BigInt(count(counts[name], `values_count.${name}`))]),
  );

const fieldCondition = (condition: Fields): Condition => {
  const key = text(condition['key'], 'key');
  for (const name of ['geo_bounding_box', 'geo_radius', 'geo_polygon']) if (given(condition, name)) unserved(`${name} (geo conditions)`);
  const match = optional(condition, 'match', fields);
  const range = optional(condition, 'range', fields);
  const counts = optional(condition, 'values_count', fields);
  const isEmpty = optional(condition, 'is_empty', flag);
  const isNull = optional(condition, 'is_null', flag);
  if (!match && !range && !counts && isEmpty === undefined && isNull === undefined)
    return invalid(key, 'null', 'a condition: at least one of match, range, values_count, is_empty, is_null');
  const value = {
    key,
    ...(match ? { match: { matchValue: matchOf(match) } } : {}),
    ...(range ? rangeOf(range) : {}),
    ...(counts ? { valuesCount: countsOf(counts) } : {}),
    ...(isEmpty === undefined ? {} : { isEmpty }),
    ...(isNull === undefined ? {} : { isNull }),
  };
  return { conditionOneOf: { case: 'field', value } };
};

const keyOf = (value: unknown, what: string): string => required(fields(value, what), 'key', text);

const conditionOf = (value: unknown, depth: number): Condition => {
  const condition = fields(value, 'condition');
  if (given(condition, 'key')) return fieldCondition(condition);
  if (given(condition, 'is_empty'))
    return { conditionOneOf: { case: 'isEmpty', value: { key: keyOf(condition['is_empty'], 'is_empty') } } };
  if (given(condition, 'is_null')) return { conditionOneOf: { case: 'isNull', value: { key: keyOf(condition['is_null'], 'is_null') } } };
  if (given(condition, 'has_id'))
    return { conditionOneOf: { case: 'hasId', value: { hasId: list(pointId)(condition['has_id'], 'has_id') } } };
  if (given(condition, 'has_vector'))
    return { conditionOneOf: { case: 'hasVector', value: { hasVector: text(condition['has_vector'], 'has_vector') } } };
  if (given(condition, 'nested')) {
    const nested = fields(condition['nested'], 'nested');
    const filter = filterOf(nested['filter'], 'nested.filter', depth + 1);
    return { conditionOneOf: { case: 'nested', value: { key: keyOf(nested, 'nested'), filter } } };
  }
  if (given(condition, 'slice')) return unserved('slice conditions');
  if (['must', 'should', 'must_not', 'min_should'].some((name) => name in condition))
    return { conditionOneOf: { case: 'filter', value: filterOf(condition, 'filter', depth + 1) } };
  return malformed('data did not match any variant of a condition: key, is_empty, is_null, has_id, has_vector, nested or a filter');
};

/** A filter of the interface. @throws Refusal 400 for another form, 422 for a key without a condition. */
export const filterOf = (value: unknown, what = 'filter', depth = 0): Filter => {
  if (depth > DEPTH_MAX) malformed(`${what} nests deeper than ${DEPTH_MAX}`);
  const filter = fields(value, what);
  const known = ['must', 'should', 'must_not', 'min_should'];
  const unknown = Object.keys(filter).find((name) => !known.includes(name));
  if (unknown !== undefined) malformed(`unknown field \`${unknown}\`, expected one of ${known.map((name) => `\`${name}\``).join(', ')}`);
  const all = (name: string): Condition[] =>
    optional(
      filter,
      name,
      listOrOne((each) => conditionOf(each, depth)),
    ) ?? [];
  const least = optional(filter, 'min_should', fields);
  return {
    must: all('must'),
    should: all('should'),
    mustNot: all('must_not'),
    ...(least && isFields(least)
      ? {
          minShould: {
            conditions: required(
              least,
              'conditions',
              list((each) => conditionOf(each, depth)),
            ),
            minCount: BigInt(required(least, 'min_count', count)),
          },
        }
      : {}),
  };
};
