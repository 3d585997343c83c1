import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type CollectionInfo,
  CollectionStatus,
  Collections,
  type CreateCollectionSchema,
  Distance,
  PayloadSchemaType,
  type VectorParams,
  type VectorParamsSchema,
} from '../../gen/collections_pb.ts';
import { FieldType } from '../../gen/points_pb.ts';
import { Points } from '../../gen/points_service_pb.ts';
import { RESERVED_PREFIX } from '../collections.ts';
import type { RestCall } from './call.ts';
import { payloadOf } from './points.ts';
import {
  type Fields,
  atLeastOne,
  count,
  fields,
  flag,
  given,
  isFields,
  oneOf,
  optional,
  positive32,
  refuse,
  required,
  text,
} from './read.ts';
import { malformed, unserved } from './refusal.ts';
import { fromPayload } from '../payload.ts';
import { updateJson } from './writes.ts';

const DISTANCES = ['Cosine', 'Euclid', 'Dot', 'Manhattan'] as const;

const hnswOf = (config: Fields) => ({
  ...(given(config, 'm') ? { m: BigInt(count(config['m'], 'hnsw_config.m')) } : {}),
  ...(given(config, 'ef_construct') ? { efConstruct: BigInt(count(config['ef_construct'], 'hnsw_config.ef_construct')) } : {}),
  ...(given(config, 'full_scan_threshold')
    ? { fullScanThreshold: BigInt(count(config['full_scan_threshold'], 'hnsw_config.full_scan_threshold')) }
    : {}),
});

const vectorParams = (value: unknown, what: string): MessageInitShape<typeof VectorParamsSchema> => {
  const params = fields(value, what);
  refuse(params, { multivector_config: 'multivectors' });
  if (given(params, 'datatype') && params['datatype'] !== 'float32') unserved('vector datatypes other than float32');
  const hnsw = optional(params, 'hnsw_config', fields);
  const onDisk = optional(params, 'on_disk', flag);
  return {
    size: BigInt(required(params, 'size', (size) => atLeastOne(size, `${what}.size`))),
    distance: Distance[required(params, 'distance', oneOf(DISTANCES))],
    ...(hnsw ? { hnswConfig: hnswOf(hnsw) } : {}),
    ...(onDisk === undefined ? {} : { onDisk }),
  };
};

const createOf = (collectionName: string, body: Fields): MessageInitShape<typeof CreateCollectionSchema> => {
  refuse(body, {
    sparse_vectors: 'sparse vectors',
    strict_mode_config: 'strict mode',
    sharding_method: 'shard keys',
    init_from: 'init_from',
  });
  const vectors = given(body, 'vectors')
    ? fields(body['vectors'], 'vectors')
    : malformed('missing field `vectors`: every point here has a vector');
  const single = 'size' in vectors || 'distance' in vectors;
  const map = Object.fromEntries(
    Object.entries(vectors).map(([name, each]) => [name, single ? {} : vectorParams(each, `vectors.${name}`)]),
  );
  const hnsw = optional(body, 'hnsw_config', fields);
  const capacity = optional(body, 'wal_config', fields)?.['wal_capacity_mb'];
  const metadata = optional(body, 'metadata', payloadOf);
  return {
    collectionName,
    vectorsConfig: single
      ? { config: { case: 'params', value: vectorParams(vectors, 'vectors') } }
      : { config: { case: 'paramsMap', value: { map } } },
    ...(hnsw ? { hnswConfig: hnswOf(hnsw) } : {}),
    ...(capacity === undefined || capacity === null
      ? {}
      : { walConfig: { walCapacityMb: BigInt(count(capacity, 'wal_config.wal_capacity_mb')) } }),
    ...(given(body, 'shard_number') ? { shardNumber: positive32(body['shard_number'], 'shard_number') } : {}),
    ...(given(body, 'replication_factor') ? { replicationFactor: positive32(body['replication_factor'], 'replication_factor') } : {}),
    ...(given(body, 'write_consistency_factor')
      ? { writeConsistencyFactor: positive32(body['write_consistency_factor'], 'write_consistency_factor') }
      : {}),
    ...(given(body, 'on_disk_payload') ? { onDiskPayload: flag(body['on_disk_payload'], 'on_disk_payload') } : {}),
    ...(metadata ? { metadata } : {}),
  };
};

const nameIn = (values: Record<string, number>, value: number): string =>
  Object.keys(values).find((name) => values[name] === value) ?? 'unknown';

const vectorJson = (params: VectorParams) => ({
  size: params.size,
  distance: nameIn(Distance, params.distance),
  ...(params.onDisk === undefined ? {} : { on_disk: params.onDisk }),
});

/** Clients check the whole form; what the backend does not say has the interface's defaults. */
const infoJson = (info: CollectionInfo) => {
  const { params, hnswConfig, optimizerConfig, walConfig, metadata } = info.config ?? {};
  const vectors = params?.vectorsConfig?.config;
  return {
    status: nameIn(CollectionStatus, info.status).toLowerCase(),
    optimizer_status: info.optimizerStatus?.ok === false ? { error: info.optimizerStatus.error } : 'ok',
    indexed_vectors_count: info.indexedVectorsCount ?? 0n,
    points_count: info.pointsCount ?? 0n,
    segments_count: info.segmentsCount,
    config: {
      params: {
        vectors:
          vectors?.case === 'params'
            ? vectorJson(vectors.value)
            : Object.fromEntries(Object.entries(vectors?.value?.map ?? {}).map(([name, each]) => [name, vectorJson(each)])),
        shard_number: params?.shardNumber ?? 1,
        replication_factor: params?.replicationFactor ?? 1,
        write_consistency_factor: params?.writeConsistencyFactor ?? 1,
        on_disk_payload: params?.onDiskPayload ?? true,
      },
      hnsw_config: {
        m: hnswConfig?.m ?? 16n,
        ef_construct: hnswConfig?.efConstruct ?? 100n,
        full_scan_threshold: hnswConfig?.fullScanThreshold ?? 10_000n,
        max_indexing_threads: 0,
        on_disk: false,
      },
      optimizer_config: {
        deleted_threshold: optimizerConfig?.deletedThreshold ?? 0.2,
        vacuum_min_vector_number: optimizerConfig?.vacuumMinVectorNumber ?? 0n,
        default_segment_number: optimizerConfig?.defaultSegmentNumber ?? 0n,
        flush_interval_sec: optimizerConfig?.flushIntervalSec ?? 0n,
      },
      wal_config: { wal_capacity_mb: walConfig?.walCapacityMb ?? 32n, wal_segments_ahead: walConfig?.walSegmentsAhead ?? 0n },
      quantization_config: null,
      ...(metadata && Object.keys(metadata).length > 0 ? { metadata: fromPayload(metadata) } : {}),
    },
    payload_schema: Object.fromEntries(
      Object.entries(info.payloadSchema).map(([key, schema]) => [
        key,
        { data_type: nameIn(PayloadSchemaType, schema.dataType).toLowerCase(), points: schema.points ?? 0n },
      ]),
    ),
  };
};

export const listCollections = async (call: RestCall) => {
  const { collections } = await call.ask(Collections.method.list, {});
  return { collections: collections.filter(({ name }) => !name.startsWith(RESERVED_PREFIX)).map(({ name }) => ({ name })) };
};

export const createCollection = async (call: RestCall) =>
  (await call.ask(Collections.method.create, { ...createOf(call.collectionName, call.body), ...call.timeout })).result;

export const getCollection = async (call: RestCall) => {
  const { result } = await call.ask(Collections.method.get, { collectionName: call.collectionName });
  return result && infoJson(result);
};

export const deleteCollection = async (call: RestCall) =>
  (await call.ask(Collections.method.delete, { collectionName: call.collectionName, ...call.timeout })).result;

export const collectionExists = async (call: RestCall) => ({
  exists: (await call.ask(Collections.method.collectionExists, { collectionName: call.collectionName })).result?.exists ?? false,
});

const FIELD_TYPES = {
  keyword: FieldType.FieldTypeKeyword,
  integer: FieldType.FieldTypeInteger,
  float: FieldType.FieldTypeFloat,
  bool: FieldType.FieldTypeBool,
  datetime: FieldType.FieldTypeDatetime,
  uuid: FieldType.FieldTypeUuid,
  geo: FieldType.FieldTypeGeo,
  text: FieldType.FieldTypeText,
} as const;

export const createIndex = async (call: RestCall) => {
  const { body } = call;
  const schema = given(body, 'field_schema') ? body['field_schema'] : body['field_type'];
  const word = isFields(schema) ? schema['type'] : schema;
  const type = oneOf(Object.keys(FIELD_TYPES) as (keyof typeof FIELD_TYPES)[])(
    word ?? malformed('missing field `field_schema`'),
    'field_schema',
  );
  const request = { collectionName: call.collectionName, fieldName: required(body, 'field_name', text), fieldType: FIELD_TYPES[type] };
  return updateJson(await call.ask(Points.method.createFieldIndex, { ...request, wait: call.wait }));
};

export const deleteIndex = async (call: RestCall) =>
  updateJson(
    await call.ask(Points.method.deleteFieldIndex, {
      collectionName: call.collectionName,
      fieldName: call.parameter('field'),
      wait: call.wait,
    }),
  );

const vectorChange = (value: unknown, what: string) => {
  const change = fields(value, what);
  const hnsw = optional(change, 'hnsw_config', fields);
  const onDisk = optional(change, 'on_disk', flag);
  return { ...(hnsw ? { hnswConfig: hnswOf(hnsw) } : {}), ...(onDisk === undefined ? {} : { onDisk }) };
};

const paramsChange = (value: unknown) => {
  const params = fields(value, 'params');
  return {
    ...(given(params, 'replication_factor')
      ? { replicationFactor: positive32(params['replication_factor'], 'params.replication_factor') }
      : {}),
    ...(given(params, 'write_consistency_factor')
      ? { writeConsistencyFactor: positive32(params['write_consistency_factor'], 'params.write_consistency_factor') }
      : {}),
  };
};

/** As on creation, settings of the optimizer and of quantization are taken and change nothing. */
export const updateCollection = async (call: RestCall) => {
  const { body } = call;
  refuse(body, { sparse_vectors: 'sparse vectors', strict_mode_config: 'strict mode' });
  const hnsw = optional(body, 'hnsw_config', fields);
  const params = optional(body, 'params', paramsChange);
  const vectors = Object.entries(optional(body, 'vectors', fields) ?? {});
  const map = Object.fromEntries(vectors.map(([name, each]) => [name, vectorChange(each, `vectors.${name}`)]));
  const metadata = optional(body, 'metadata', payloadOf);
  const { result } = await call.ask(Collections.method.update, {
    collectionName: call.collectionName,
    ...(hnsw ? { hnswConfig: hnswOf(hnsw) } : {}),
    ...(params ? { params } : {}),
    ...(vectors.length > 0 ? { vectorsConfig: { config: { case: 'paramsMap' as const, value: { map } } } } : {}),
    ...(metadata ? { metadata } : {}),
    ...call.timeout,
  });
  return result;
};
