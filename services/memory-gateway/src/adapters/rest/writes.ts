import type { MessageInitShape } from '@bufbuild/protobuf';
import type { PointsUpdateOperationSchema } from '../../gen/points_pb.ts';
import { Points, type PointsOperationResponse, type UpdateResult, UpdateStatus } from '../../gen/points_service_pb.ts';
import type { RestCall } from './call.ts';
import { insertOf, payloadOf, pointVectorsOf, selectorOf } from './points.ts';
import { type Fields, fields, given, list, refuse, required, text } from './read.ts';
import { malformed } from './refusal.ts';

type Operation = MessageInitShape<typeof PointsUpdateOperationSchema>;

const resultJson = (result: UpdateResult | undefined) => ({
  operation_id: result?.operationId ?? null,
  status: result?.status === UpdateStatus.Acknowledged ? 'acknowledged' : 'completed',
});

export const updateJson = (response: PointsOperationResponse) => resultJson(response.result);

const payloadUpdate = (body: Fields) => ({
  payload: required(body, 'payload', payloadOf),
  pointsSelector: selectorOf(body),
  ...(given(body, 'key') ? { key: text(body['key'], 'key') } : {}),
});
const vectorNames = (body: Fields) => ({ names: required(body, 'vector', list(text)) });
const vectorUpdate = (body: Fields) => {
  refuse(body, { shard_key: 'shard keys', update_filter: 'conditional updates' });
  return { points: required(body, 'points', list(pointVectorsOf)) };
};
const keysUpdate = (body: Fields) => ({ keys: required(body, 'keys', list(text)), pointsSelector: selectorOf(body) });

const target = (call: RestCall) => ({ collectionName: call.collectionName, wait: call.wait });

export const upsertPoints = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.upsert, { ...target(call), points: insertOf(call.body), ...call.timeout }));

export const deletePoints = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.delete, { ...target(call), points: selectorOf(call.body) }));

export const updateVectors = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.updateVectors, { ...target(call), ...vectorUpdate(call.body) }));

export const deleteVectors = async (call: RestCall) =>
  updateJson(
    await call.ask(Points.method.deleteVectors, {
      ...target(call),
      pointsSelector: selectorOf(call.body),
      vectors: vectorNames(call.body),
    }),
  );

export const setPayload = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.setPayload, { ...target(call), ...payloadUpdate(call.body) }));

export const overwritePayload = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.overwritePayload, { ...target(call), ...payloadUpdate(call.body) }));

export const deletePayload = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.deletePayload, { ...target(call), ...keysUpdate(call.body) }));

export const clearPayload = async (call: RestCall) =>
  updateJson(await call.ask(Points.method.clearPayload, { ...target(call), points: selectorOf(call.body) }));

const OPERATIONS: Record<string, (body: Fields) => NonNullable<Operation['operation']>> = {
  upsert: (body) => ({ case: 'upsert', value: { points: insertOf(body) } }),
  delete: (body) => ({ case: 'deletePoints', value: { points: selectorOf(body) } }),
  set_payload: (body) => ({ case: 'setPayload', value: payloadUpdate(body) }),
  overwrite_payload: (body) => ({ case: 'overwritePayload', value: payloadUpdate(body) }),
  delete_payload: (body) => ({ case: 'deletePayload', value: keysUpdate(body) }),
  clear_payload: (body) => ({ case: 'clearPayload', value: { points: selectorOf(body) } }),
  update_vectors: (body) => ({ case: 'updateVectors', value: vectorUpdate(body) }),
  delete_vectors: (body) => ({ case: 'deleteVectors', value: { pointsSelector: selectorOf(body), vectors: vectorNames(body) } }),
};

const operationOf = (value: unknown): Operation => {
  const operation = fields(value, 'operation');
  const name = Object.keys(OPERATIONS).find((each) => given(operation, each));
  const read = OPERATIONS[name ?? ''];
  if (!name || !read) return malformed(`data did not match any variant of an operation: one of ${Object.keys(OPERATIONS).join(', ')}`);
  return { operation: read(required(operation, name, fields)) };
};

export const updateBatch = async (call: RestCall) => {
  const operations = required(call.body, 'operations', list(operationOf));
  const { result } = await call.ask(Points.method.updateBatch, { ...target(call), operations });
  return result.map(resultJson);
};
