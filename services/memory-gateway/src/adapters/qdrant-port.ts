import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { DescService } from '@bufbuild/protobuf';
import { fromBinary, toBinary, create } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { ChangeAliasesSchema, Collections, ListCollectionsResponseSchema } from '../gen/collections_pb.ts';
import { Points } from '../gen/points_service_pb.ts';
import { Qdrant, Snapshots } from '../gen/snapshots_pb.ts';
import { RESERVED_PREFIX } from './collections.ts';
import type { KeyCheck } from './api-key.ts';
import { ANSWER_LIMIT_BYTES, EXPLAIN_KEY, WIRE_LIMIT_BYTES, type Wire } from './wire.ts';

const same = (bytes: Buffer): Buffer => bytes;
const LIST = `/${Collections.typeName}/List`;
const ALIASES = `/${Collections.typeName}/UpdateAliases`;

/** Every request that concerns a collection names it in field 1; when a field is given twice, the last one counts. */
const namesReserved = (request: Buffer): boolean => {
  const reader = new BinaryReader(request);
  let name = '';
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1 && wire === WireType.LengthDelimited) name = Buffer.from(reader.bytes()).toString('latin1');
    else reader.skip(wire, field);
  }
  return name.startsWith(RESERVED_PREFIX);
};

/** Another name for a collection of the gateway would be a way to it. */
const aliasesReserved = (request: Buffer): boolean =>
  fromBinary(ChangeAliasesSchema, request).actions.some(({ action }) =>
    Object.values(action.value ?? {}).some((name) => typeof name === 'string' && name.startsWith(RESERVED_PREFIX)),
  );

const withoutReserved = (answer: Buffer): Buffer => {
  const list = fromBinary(ListCollectionsResponseSchema, answer);
  const collections = list.collections.filter(({ name }) => !name.startsWith(RESERVED_PREFIX));
  return Buffer.from(toBinary(ListCollectionsResponseSchema, create(ListCollectionsResponseSchema, { collections, time: list.time })));
};

export interface QdrantPortOptions {
  /** `host:port`; port 0 takes a free one. */
  listen: string;
  wire: Wire;
  check: KeyCheck;
}

const forward = async (
  path: string,
  call: ServerUnaryCall<Buffer, Buffer>,
  { wire, check }: QdrantPortOptions,
): Promise<{ answer: Buffer; trailer: Metadata }> => {
  const key = call.metadata.get('api-key')[0] ?? /^Bearer (.+)$/.exec(String(call.metadata.get('authorization')[0] ?? ''))?.[1];
  const refuse = (code: status, details: string): never => {
    throw Object.assign(new Error(details), { code, details });
  };
  if (!check(key === undefined ? null : String(key)))
    refuse(status.UNAUTHENTICATED, 'Must provide an API key or an Authorization bearer token');
  let reserved = false;
  try {
    reserved = path === ALIASES ? aliasesReserved(call.request) : path.startsWith('/qdrant.') && namesReserved(call.request);
  } catch {
    refuse(status.INVALID_ARGUMENT, 'the request is no message of the protocol');
  }
  if (reserved) refuse(status.PERMISSION_DENIED, `collections that begin with ${RESERVED_PREFIX} belong to the memory gateway`);
  const deadline = Number(call.getDeadline());
  const left = deadline - (performance.timeOrigin + performance.now());
  const trailer = new Metadata();
  const explained = call.metadata.get(EXPLAIN_KEY).length > 0;
  const onExplain = (plans: string): void => trailer.set(EXPLAIN_KEY, plans);
  const answer = await wire.raw(
    path,
    call.request,
    Number.isFinite(left) ? Math.max(1, left) : undefined,
    explained ? onExplain : undefined,
  );
  return { answer: path === LIST ? withoutReserved(answer) : answer, trailer };
};

const definitionOf = (descriptor: DescService): ServiceDefinition =>
  Object.fromEntries(
    descriptor.methods.map(({ name, localName }) => [
      localName,
      {
        path: `/${descriptor.typeName}/${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );

const HEALTH: ServiceDefinition = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

/**
 * Qdrant's gRPC for any client: bytes go through to the backend as they came, so what it serves and says is what the client gets.
 * @throws CodeOptimaError `conflict` when the address is taken.
 */
export const serveQdrantGrpc = async (options: QdrantPortOptions): Promise<{ address: string; stop: () => Promise<void> }> => {
  const server = new Server({
    'grpc.max_receive_message_length': WIRE_LIMIT_BYTES,
    'grpc.max_send_message_length': ANSWER_LIMIT_BYTES,
  });
  const handle = (path: string) => (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
    forward(path, call, options).then(
      ({ answer, trailer }) => reply(null, answer, trailer),
      (error: { code?: status; details?: string; metadata?: Metadata }) => {
        const metadata = new Metadata();
        for (const value of error.metadata?.get('retry-after') ?? []) metadata.add('retry-after', value);
        reply({ code: error.code ?? status.INTERNAL, details: error.details ?? 'internal error', metadata });
      },
    );
  };
  for (const definition of [...[Collections, Points, Snapshots, Qdrant].map(definitionOf), HEALTH])
    server.addService(definition, Object.fromEntries(Object.entries(definition).map(([name, { path }]) => [name, handle(path)])));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.listen, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new CodeOptimaError('conflict', `cannot listen on ${options.listen}: ${error.message}`, { cause: error }));
      else resolve(bound);
    });
  });
  return {
    address: options.listen.replace(/:\d+$/, `:${port}`),
    stop: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, 3_000);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
};
