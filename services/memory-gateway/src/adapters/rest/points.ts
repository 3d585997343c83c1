import type { MessageInitShape } from '@bufbuild/protobuf';
import type { PointsSelectorSchema, PointStructSchema, VectorSchema, VectorsSchema } from '../../gen/points_pb.ts';
import type { RetrievedPoint, ScoredPoint, VectorOutput, VectorsOutput } from '../../gen/points_service_pb.ts';
import type { PointId, Value, ValueSchema } from '../../gen/values_pb.ts';
import { filterOf } from './filter.ts';
import { type Fields, fields, given, isFields, list, optional, pointId, refuse, required, single, text } from './read.ts';
import { invalid, malformed, unserved } from './refusal.ts';

type VectorInit = MessageInitShape<typeof VectorSchema>;
type PointInit = MessageInitShape<typeof PointStructSchema>;
type ValueInit = MessageInitShape<typeof ValueSchema>;

const DEPTH_MAX = 32;

/** Payload values of the interface; integers of 64 bits may come as bigint. */
const valueOf = (json: unknown, depth = 0): ValueInit => {
  if (depth > DEPTH_MAX) return malformed(`a payload nests deeper than ${DEPTH_MAX}`);
  if (json === null || json === undefined) return { kind: { case: 'nullValue', value: 0 } };
  if (typeof json === 'string') return { kind: { case: 'stringValue', value: json } };
  if (typeof json === 'boolean') return { kind: { case: 'boolValue', value: json } };
  if (typeof json === 'bigint')
    return json >= -(2n ** 63n) && json < 2n ** 63n
      ? { kind: { case: 'integerValue', value: json } }
      : { kind: { case: 'doubleValue', value: Number(json) } };
  if (typeof json === 'number')
    return Number.isSafeInteger(json) && !Object.is(json, -0)
      ? { kind: { case: 'integerValue', value: BigInt(json) } }
      : { kind: { case: 'doubleValue', value: json } };
  if (Array.isArray(json)) return { kind: { case: 'listValue', value: { values: json.map((each) => valueOf(each, depth + 1)) } } };
  return { kind: { case: 'structValue', value: { fields: valuesOf(json as Fields, depth + 1) } } };
};

const valuesOf = (json: Fields, depth: number): Record<string, ValueInit> =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key, valueOf(value, depth)]));

export const payloadOf = (value: unknown, what = 'payload'): Record<string, ValueInit> => valuesOf(fields(value, what), 0);

/** A dense vector; the other kinds of the interface are refused by name. */
export const dense = (value: unknown, what = 'vector'): number[] => {
  if (Array.isArray(value)) {
    if (value.some(Array.isArray)) return unserved('multivectors');
    return list(single)(value, what);
  }
  if (isFields(value) && 'indices' in value) return unserved('sparse vectors');
  if (isFields(value) && ('text' in value || 'image' in value || 'object' in value || 'model' in value))
    return unserved('inference (documents, images, objects as vectors)');
  return malformed(`${what}: expected a list of numbers`);
};

/** One unnamed vector, or several by name. */
export const vectorsOf = (value: unknown, what = 'vector'): MessageInitShape<typeof VectorsSchema> => {
  if (isFields(value) && !['indices', 'text', 'image', 'object', 'model'].some((name) => name in value))
    return {
      vectorsOptions: {
        case: 'vectors',
        value: {
          vectors: Object.fromEntries(
            Object.entries(value).map(([name, each]): [string, VectorInit] => [name, { data: dense(each, `${what}.${name}`) }]),
          ),
        },
      },
    };
  return { vectorsOptions: { case: 'vector', value: { data: dense(value, what) } } };
};

const pointOf = (value: unknown): PointInit => {
  const point = fields(value, 'point');
  const payload = optional(point, 'payload', payloadOf);
  return {
    id: required(point, 'id', pointId),
    vectors: required(point, 'vector', vectorsOf),
    ...(payload ? { payload } : {}),
  };
};

/** Vectors of a batch stand column by column: one list for each name, or one list alone. */
const column = (vectors: unknown, index: number): unknown =>
  isFields(vectors)
    ? Object.fromEntries(Object.entries(vectors).map(([name, each]) => [name, (each as unknown[])[index]]))
    : (vectors as unknown[])[index];

const batchOf = (batch: Fields): PointInit[] => {
  const ids = required(batch, 'ids', list(pointId));
  const { vectors } = batch;
  const payloads = optional(
    batch,
    'payloads',
    list((each) => (each === null ? {} : payloadOf(each))),
  );
  const columns = isFields(vectors) ? Object.values(vectors) : [vectors];
  for (const each of columns) {
    if (!Array.isArray(each)) return malformed('batch.vectors: expected a list for each id');
    if (each.length !== ids.length) return invalid('batch.vectors', each.length, `as many as the ${ids.length} ids`);
  }
  if (payloads && payloads.length !== ids.length) return invalid('batch.payloads', payloads.length, `as many as the ${ids.length} ids`);
  return ids.map((id, index) => ({
    id,
    vectors: vectorsOf(column(vectors, index)),
    ...(payloads?.[index] ? { payload: payloads[index] } : {}),
  }));
};

/** The points of an upsert, in either of its forms. */
export const insertOf = (body: Fields): PointInit[] => {
  refuse(body, { shard_key: 'shard keys', update_filter: 'conditional upserts' });
  if (given(body, 'points')) return required(body, 'points', list(pointOf));
  if (given(body, 'batch')) return batchOf(fields(body['batch'], 'batch'));
  return malformed('data did not match any variant of untagged enum PointInsertOperations: `points` or `batch` is needed');
};

export const pointVectorsOf = (value: unknown) => {
  const point = fields(value, 'point');
  return { id: required(point, 'id', pointId), vectors: required(point, 'vector', vectorsOf) };
};

/** Ids or a filter: what an update is about. */
export const selectorOf = (body: Fields): MessageInitShape<typeof PointsSelectorSchema> => {
  refuse(body, { shard_key: 'shard keys' });
  if (given(body, 'points')) return { pointsSelectorOneOf: { case: 'points', value: { ids: required(body, 'points', list(pointId)) } } };
  if (given(body, 'filter')) return { pointsSelectorOneOf: { case: 'filter', value: filterOf(body['filter']) } };
  return malformed('data did not match any variant of untagged enum PointsSelector: `points` or `filter` is needed');
};

export const payloadSelector = (value: unknown, what: string) => {
  if (typeof value === 'boolean') return { selectorOptions: { case: 'enable' as const, value } };
  if (Array.isArray(value)) return { selectorOptions: { case: 'include' as const, value: { fields: list(text)(value, what) } } };
  const selector = fields(value, what);
  if (given(selector, 'include'))
    return { selectorOptions: { case: 'include' as const, value: { fields: required(selector, 'include', list(text)) } } };
  return { selectorOptions: { case: 'exclude' as const, value: { fields: required(selector, 'exclude', list(text)) } } };
};

export const vectorSelector = (value: unknown, what: string) => {
  if (typeof value === 'boolean') return { selectorOptions: { case: 'enable' as const, value } };
  return { selectorOptions: { case: 'include' as const, value: { names: list(text)(value, what) } } };
};

/** The number or UUID of an id. */
export const idJson = (id: PointId | undefined): bigint | string =>
  id?.pointIdOptions.case === 'num' ? id.pointIdOptions.value : (id?.pointIdOptions.value ?? '');

const json = ({ kind }: Value): unknown => {
  switch (kind.case) {
    case 'listValue':
      return kind.value.values.map(json);
    case 'structValue':
      return payloadJson(kind.value.fields);
    case 'nullValue':
    case undefined:
      return null;
    default:
      return kind.value;
  }
};

const payloadJson = (payload: Record<string, Value>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, json(value)]));

const shortest = (value: number): number => {
  // Seven to nine digits name every float of 32 bits; more would be noise of the wider type.
  for (let digits = 7; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};

const vectorJson = (vector: VectorOutput): number[] =>
  (vector.vector.case === 'dense' ? vector.vector.value.data : vector.data).map(shortest);

const vectorsJson = (vectors: VectorsOutput): unknown => {
  const { vectorsOptions } = vectors;
  if (vectorsOptions.case === 'vector') return vectorJson(vectorsOptions.value);
  const named = vectorsOptions.case === 'vectors' ? vectorsOptions.value.vectors : {};
  return Object.fromEntries(Object.entries(named).map(([name, vector]) => [name, vectorJson(vector)]));
};

/** A point of an answer. The payload is left out when it was not asked for. */
export const pointJson = (point: RetrievedPoint | ScoredPoint, with_payload: boolean): Record<string, unknown> => ({
  id: idJson(point.id),
  ...('score' in point ? { version: point.version, score: shortest(point.score) } : {}),
  ...('orderValue' in point && point.orderValue ? { order_value: point.orderValue.variant.value } : {}),
  ...(with_payload ? { payload: payloadJson(point.payload) } : {}),
  ...(point.vectors ? { vector: vectorsJson(point.vectors) } : {}),
});
