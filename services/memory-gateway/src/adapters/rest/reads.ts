import type { MessageInitShape } from '@bufbuild/protobuf';
import type { QueryPointsSchema, QuerySchema, SearchPointsSchema, WithPayloadSelectorSchema } from '../../gen/points_pb.ts';
import { Points } from '../../gen/points_service_pb.ts';
import type { RestCall } from './call.ts';
import { filterOf } from './filter.ts';
import { orderOf } from './ordered.ts';
import { dense, idJson, payloadSelector, pointJson, vectorSelector } from './points.ts';
import {
  type Fields,
  UINT32_MAX,
  atLeastOne,
  count,
  fields,
  flag,
  given,
  isFields,
  list,
  natural,
  optional,
  pathId,
  pointId,
  refuse,
  required,
  single,
  text,
} from './read.ts';
import { malformed, Refusal, unserved } from './refusal.ts';

type Selector = MessageInitShape<typeof WithPayloadSelectorSchema>;

/** What of the payload is wanted, and whether any. */
const payloadWish = (body: Fields, otherwise: boolean): { withPayload: Selector; wanted: boolean } => {
  const withPayload: Selector = optional(body, 'with_payload', payloadSelector) ?? {
    selectorOptions: { case: 'enable', value: otherwise },
  };
  const { selectorOptions } = withPayload;
  return { withPayload, wanted: selectorOptions?.case !== 'enable' || selectorOptions.value };
};

const vectorsWish = (body: Fields) => {
  const wish = given(body, 'with_vector') ? body['with_vector'] : body['with_vectors'];
  return wish === undefined || wish === null ? {} : { withVectors: vectorSelector(wish, 'with_vector') };
};

const searchParams = (value: unknown) => {
  const params = fields(value, 'params');
  refuse(params, { acorn: 'acorn' });
  const quantization = optional(params, 'quantization', fields);
  return {
    ...(given(params, 'hnsw_ef') ? { hnswEf: natural(params['hnsw_ef'], 'params.hnsw_ef') } : {}),
    ...(given(params, 'exact') ? { exact: flag(params['exact'], 'params.exact') } : {}),
    ...(given(params, 'indexed_only') ? { indexedOnly: flag(params['indexed_only'], 'params.indexed_only') } : {}),
    ...(quantization
      ? {
          quantization: {
            ...(given(quantization, 'ignore') ? { ignore: flag(quantization['ignore'], 'quantization.ignore') } : {}),
            ...(given(quantization, 'rescore') ? { rescore: flag(quantization['rescore'], 'quantization.rescore') } : {}),
            ...(given(quantization, 'oversampling')
              ? { oversampling: single(quantization['oversampling'], 'quantization.oversampling') }
              : {}),
          },
        }
      : {}),
  };
};

/** What search and query have alike. */
const narrowing = (body: Fields) => {
  refuse(body, { shard_key: 'shard keys', lookup_from: 'lookup_from' });
  const filter = optional(body, 'filter', filterOf);
  const params = optional(body, 'params', searchParams);
  const threshold = optional(body, 'score_threshold', single);
  return {
    ...(filter ? { filter } : {}),
    ...(params ? { params } : {}),
    ...(threshold === undefined ? {} : { scoreThreshold: threshold }),
    ...(given(body, 'offset') ? { offset: BigInt(count(body['offset'], 'offset')) } : {}),
    ...vectorsWish(body),
  };
};

interface Asked<T> {
  request: T;
  wanted: boolean;
}

const searchOf = (collectionName: string, body: Fields): Asked<MessageInitShape<typeof SearchPointsSchema>> => {
  const { vector } = body;
  if (vector === undefined || vector === null) return malformed('missing field `vector`');
  const named = isFields(vector) && 'name' in vector;
  if (isFields(vector) && !named) dense(vector);
  const { withPayload, wanted } = payloadWish(body, false);
  const request = {
    collectionName,
    vector: dense(named ? vector['vector'] : vector),
    ...(named ? { vectorName: text(vector['name'], 'vector.name') } : {}),
    limit: BigInt(required(body, 'limit', atLeastOne)),
    ...narrowing(body),
    withPayload,
  };
  return { request, wanted };
};

const nearest = (value: unknown): MessageInitShape<typeof QuerySchema> => {
  if (Array.isArray(value))
    return { variant: { case: 'nearest', value: { variant: { case: 'dense', value: { data: dense(value, 'query') } } } } };
  if (isFields(value))
    return { variant: { case: 'nearest', value: { variant: { case: 'dense', value: { data: dense(value, 'query') } } } } };
  return { variant: { case: 'nearest', value: { variant: { case: 'id', value: pointId(value, 'query') } } } };
};

const queryOf = (value: unknown): MessageInitShape<typeof QuerySchema> => {
  if (!isFields(value)) return nearest(value);
  if (given(value, 'order_by')) return { variant: { case: 'orderBy', value: orderOf(value['order_by']) } };
  const others = ['recommend', 'discover', 'context', 'fusion', 'rrf', 'formula', 'sample', 'relevance_feedback'];
  const other = others.find((name) => name in value);
  if (other !== undefined) return unserved(`query.${other}`);
  refuse(value, { mmr: 'query.mmr' });
  return nearest('nearest' in value ? value['nearest'] : value);
};

const queryPointsOf = (collectionName: string, body: Fields): Asked<MessageInitShape<typeof QueryPointsSchema>> => {
  refuse(body, { prefetch: 'prefetch' });
  const { withPayload, wanted } = payloadWish(body, false);
  const request = {
    collectionName,
    ...(given(body, 'query') ? { query: queryOf(body['query']) } : {}),
    ...(given(body, 'using') ? { using: text(body['using'], 'using') } : {}),
    limit: BigInt(optional(body, 'limit', atLeastOne) ?? 10),
    ...narrowing(body),
    withPayload,
  };
  return { request, wanted };
};

export const search = async (call: RestCall) => {
  const { request, wanted } = searchOf(call.collectionName, call.body);
  const { result } = await call.ask(Points.method.search, { ...request, ...call.timeout });
  return result.map((point) => pointJson(point, wanted));
};

export const searchBatch = async (call: RestCall) => {
  const { collectionName } = call;
  const asked = required(
    call.body,
    'searches',
    list((each, what) => searchOf(collectionName, fields(each, what))),
  );
  const searchPoints = asked.map(({ request }) => request);
  const { result } = await call.ask(Points.method.searchBatch, { collectionName, searchPoints, ...call.timeout });
  return result.map((hits, index) => hits.result.map((point) => pointJson(point, asked[index]?.wanted ?? false)));
};

export const query = async (call: RestCall) => {
  const { request, wanted } = queryPointsOf(call.collectionName, call.body);
  const { result } = await call.ask(Points.method.query, { ...request, ...call.timeout });
  return { points: result.map((point) => pointJson(point, wanted)) };
};

export const queryBatch = async (call: RestCall) => {
  const { collectionName } = call;
  const asked = required(
    call.body,
    'searches',
    list((each, what) => queryPointsOf(collectionName, fields(each, what))),
  );
  const queryPoints = asked.map(({ request }) => request);
  const { result } = await call.ask(Points.method.queryBatch, { collectionName, queryPoints, ...call.timeout });
  return result.map((hits, index) => ({ points: hits.result.map((point) => pointJson(point, asked[index]?.wanted ?? false)) }));
};

export const scroll = async (call: RestCall) => {
  const { body, collectionName } = call;
  refuse(body, { shard_key: 'shard keys' });
  const { withPayload, wanted } = payloadWish(body, true);
  const filter = optional(body, 'filter', filterOf);
  const orderBy = optional(body, 'order_by', orderOf);
  const offset = optional(body, 'offset', pointId);
  const answer = await call.ask(Points.method.scroll, {
    collectionName,
    limit: Math.min(optional(body, 'limit', atLeastOne) ?? 10, UINT32_MAX),
    withPayload,
    ...vectorsWish(body),
    ...(filter ? { filter } : {}),
    ...(offset ? { offset } : {}),
    ...(orderBy ? { orderBy } : {}),
    ...call.timeout,
  });
  return {
    points: answer.result.map((point) => pointJson(point, wanted)),
    next_page_offset: answer.nextPageOffset ? idJson(answer.nextPageOffset) : null,
  };
};

export const countPoints = async (call: RestCall) => {
  const { body, collectionName } = call;
  refuse(body, { shard_key: 'shard keys' });
  const filter = optional(body, 'filter', filterOf);
  const exact = optional(body, 'exact', flag) ?? true;
  const { result } = await call.ask(Points.method.count, { collectionName, exact, ...(filter ? { filter } : {}) });
  return { count: result?.count ?? 0n };
};

export const retrieve = async (call: RestCall) => {
  const { body, collectionName } = call;
  refuse(body, { shard_key: 'shard keys' });
  const { withPayload, wanted } = payloadWish(body, true);
  const ids = required(body, 'ids', list(pointId));
  const { result } = await call.ask(Points.method.get, { collectionName, ids, withPayload, ...vectorsWish(body) });
  return result.map((point) => pointJson(point, wanted));
};

export const getPoint = async (call: RestCall) => {
  const { collectionName } = call;
  const word = call.parameter('id');
  const enable = { selectorOptions: { case: 'enable' as const, value: true } };
  const { result } = await call.ask(Points.method.get, { collectionName, ids: [pathId(word)], withPayload: enable, withVectors: enable });
  if (!result[0]) throw new Refusal(404, `Not found: Point with id ${word} does not exists!`);
  return pointJson(result[0], true);
};
