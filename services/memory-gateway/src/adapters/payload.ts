import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Value, ValueSchema } from '../gen/values_pb.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type ValueInit = MessageInitShape<typeof ValueSchema>;

const INT64_MAX = 2 ** 63;

/** A JSON value on Qdrant's wire. A number without a fraction is an integer there, as Qdrant reads it from REST. */
export const toValue = (json: Json): ValueInit => {
  if (json === null) return { kind: { case: 'nullValue', value: 0 } };
  if (typeof json === 'string') return { kind: { case: 'stringValue', value: json } };
  if (typeof json === 'boolean') return { kind: { case: 'boolValue', value: json } };
  if (typeof json === 'number')
    return Number.isInteger(json) && Math.abs(json) < INT64_MAX && !Object.is(json, -0)
      ? { kind: { case: 'integerValue', value: BigInt(json) } }
      : { kind: { case: 'doubleValue', value: json } };
  if (Array.isArray(json)) return { kind: { case: 'listValue', value: { values: json.map(toValue) } } };
  return { kind: { case: 'structValue', value: { fields: toPayload(json) } } };
};

export const toPayload = (json: Record<string, Json>): Record<string, ValueInit> =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)]));

/** A value of the wire in JSON. Integers beyond 2^53 lose their last digits, as in any JavaScript program. */
export const fromValue = ({ kind }: Value): Json => {
  switch (kind.case) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
      return kind.value;
    case 'integerValue':
      return Number(kind.value);
    case 'listValue':
      return kind.value.values.map(fromValue);
    case 'structValue':
      return fromPayload(kind.value.fields);
    default:
      return null;
  }
};

export const fromPayload = (fields: Record<string, Value>): Record<string, Json> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromValue(value)]));
