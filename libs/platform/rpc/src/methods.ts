import { type DescMessage, type DescMethod, type DescService, type Message, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';

/** Larger messages are refused on both sides: what is large travels through the object store. */
export const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;

const serializer =
  (schema: DescMessage) =>
  (message: object): Buffer =>
    // `create` fills in what a handler left out of its answer.
    Buffer.from(toBinary(schema, create(schema, message as Message)));

/** What grpc-js has to know of a method, from its protobuf-es descriptor. */
export const definitionOf = (service: DescService, method: DescMethod): MethodDefinition<Message, object> => ({
  path: `/${service.typeName}/${method.name}`,
  requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
  responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
  requestSerialize: serializer(method.input),
  requestDeserialize: (bytes) => fromBinary(method.input, bytes),
  responseSerialize: serializer(method.output),
  responseDeserialize: (bytes) => fromBinary(method.output, bytes),
});
