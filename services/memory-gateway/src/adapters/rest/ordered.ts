import type { MessageInitShape } from '@bufbuild/protobuf';
import { Direction, type OrderBySchema, type StartFromSchema } from '../../gen/points_pb.ts';
import { Points } from '../../gen/points_service_pb.ts';
import type { RestCall } from './call.ts';
import { filterOf } from './filter.ts';
import { atLeastOne, flag, given, isFields, number, oneOf, optional, refuse, required, text } from './read.ts';

const startOf = (value: unknown): MessageInitShape<typeof StartFromSchema> => {
  if (typeof value === 'string') return { value: { case: 'datetime', value } };
  if (typeof value === 'bigint' || Number.isSafeInteger(value))
    return { value: { case: 'integer', value: BigInt(value as bigint | number) } };
  return { value: { case: 'float', value: number(value, 'order_by.start_from') } };
};

/** `order_by` of a scroll: a field, or a field with where and which way. */
export const orderOf = (value: unknown): MessageInitShape<typeof OrderBySchema> => {
  if (!isFields(value)) return { key: text(value, 'order_by') };
  const direction = optional(value, 'direction', oneOf(['asc', 'desc']));
  return {
    key: required(value, 'key', text),
    ...(direction === undefined ? {} : { direction: direction === 'desc' ? Direction.Desc : Direction.Asc }),
    ...(given(value, 'start_from') ? { startFrom: startOf(value['start_from']) } : {}),
  };
};

/** The values of a field with the number of points that hold them. Counts are exact either way. */
export const facet = async (call: RestCall) => {
  const { body, collectionName } = call;
  refuse(body, { shard_key: 'shard keys' });
  const filter = optional(body, 'filter', filterOf);
  const { hits } = await call.ask(Points.method.facet, {
    collectionName,
    key: required(body, 'key', text),
    limit: BigInt(optional(body, 'limit', atLeastOne) ?? 10),
    exact: optional(body, 'exact', flag) ?? false,
    ...(filter ? { filter } : {}),
    ...call.timeout,
  });
  return { hits: hits.map(({ value, count }) => ({ value: value?.variant.value ?? null, count })) };
};
