import type { DescMethod, DescService, Message, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type CallOptions as GrpcCallOptions, Client as GrpcClient, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { context } from '@opentelemetry/api';
import { SERVING, healthDefinition } from './health.ts';
import { MESSAGE_LIMIT_BYTES, definitionOf } from './methods.ts';
import { fromStatus } from './status.ts';
import { openClientSpan } from './tracing.ts';

/** Deadline of a unary call that names none. */
const TIMEOUT_MS = 10_000;

export interface CallOptions {
  /** Deadline in milliseconds; 10 s for unary calls, none for streams. */
  timeout_ms?: number;
  signal?: AbortSignal;
  /** Waits for the server within the deadline instead of failing at once when it is not there. */
  wait_for_ready?: boolean;
}

export type Client<S extends DescService> = {
  [M in keyof S['method']]: S['method'][M] extends { methodKind: 'unary' }
    ? (request: MessageInitShape<S['method'][M]['input']>, options?: CallOptions) => Promise<MessageShape<S['method'][M]['output']>>
    : (request: MessageInitShape<S['method'][M]['input']>, options?: CallOptions) => AsyncGenerator<MessageShape<S['method'][M]['output']>>;
} & { close: () => void };

export interface ClientOptions {
  address: string;
  token?: string;
  /** Deadline of unary calls that name none. */
  timeout_ms?: number;
}

const connectTo = (address: string): GrpcClient =>
  new GrpcClient(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': MESSAGE_LIMIT_BYTES,
    'grpc.max_send_message_length': MESSAGE_LIMIT_BYTES,
    // A half-open connection is found within 30 s, a restarted server within about one.
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // Clients with different tokens or lives never share a connection.
    'grpc.use_local_subchannel_pool': 1,
  });

const metadataOf = (token: string | undefined, options: CallOptions): Metadata => {
  const metadata = new Metadata({ waitForReady: options.wait_for_ready ?? false });
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
};

const deadlineIn = (timeout_ms: number | undefined): GrpcCallOptions =>
  timeout_ms === undefined ? {} : { deadline: performance.timeOrigin + performance.now() + timeout_ms };

type Method = { service: DescService; method: DescMethod; channel: GrpcClient; options: ClientOptions };

const cancelled = (signal: AbortSignal): CodeOptimaError =>
  new CodeOptimaError('cancelled', 'the call was given up.', { cause: signal.reason });

const callUnary = ({ service, method, channel, options }: Method, request: object, call_options: CallOptions): Promise<Message> => {
  const { signal } = call_options;
  if (signal?.aborted) return Promise.reject(cancelled(signal));
  const definition = definitionOf(service, method);
  const metadata = metadataOf(options.token, call_options);
  const span = openClientSpan(definition.path.slice(1), metadata);
  return new Promise((resolve, reject) => {
    const deadline = deadlineIn(call_options.timeout_ms ?? options.timeout_ms ?? TIMEOUT_MS);
    const { path, requestSerialize, responseDeserialize } = definition;
    const settle = (error: ServiceError | null, answer?: object): void => {
      signal?.removeEventListener('abort', abort);
      span.end(error ?? undefined);
      if (error) reject(signal?.aborted ? cancelled(signal) : fromStatus(error));
      else resolve(answer as Message);
    };
    const call = context.with(span.context, () =>
      channel.makeUnaryRequest(path, requestSerialize, responseDeserialize, request as Message, metadata, deadline, settle),
    );
    const abort = (): void => call.cancel();
    signal?.addEventListener('abort', abort, { once: true });
  });
};

async function* callStreaming(
  { service, method, channel, options }: Method,
  request: object,
  call_options: CallOptions,
): AsyncGenerator<Message> {
  const { signal } = call_options;
  if (signal?.aborted) throw cancelled(signal);
  const definition = definitionOf(service, method);
  const metadata = metadataOf(options.token, call_options);
  const span = openClientSpan(definition.path.slice(1), metadata);
  const { path, requestSerialize, responseDeserialize } = definition;
  const deadline = deadlineIn(call_options.timeout_ms);
  const call = channel.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request as Message, metadata, deadline);
  const abort = (): void => call.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  let failure: unknown;
  try {
    yield* call as AsyncIterable<Message>;
  } catch (error) {
    failure = signal?.aborted ? cancelled(signal) : fromStatus(error as ServiceError);
    throw failure;
  } finally {
    signal?.removeEventListener('abort', abort);
    call.cancel();
    span.end(failure);
  }
}

/**
 * A typed client of one service. Every call has a deadline, takes an abort signal, carries the trace and the token, and throws
 * CodeOptimaError with the code and ids of the server's error. It reconnects by itself.
 */
export const createClient = <S extends DescService>(service: S, options: ClientOptions): Client<S> => {
  const channel = connectTo(options.address);
  const client: Record<string, unknown> = { close: () => channel.close() };
  for (const method of service.methods) {
    const target: Method = { service, method, channel, options };
    client[method.localName] =
      method.methodKind === 'unary'
        ? (request: object, call_options: CallOptions = {}) => callUnary(target, request, call_options)
        : (request: object, call_options: CallOptions = {}) => callStreaming(target, request, call_options);
  }
  return client as Client<S>;
};

/** Asks grpc.health.v1 whether a server serves; false also when it cannot be reached. */
export const checkHealth = async (address: string, timeout_ms = 2_000): Promise<boolean> => {
  const channel = connectTo(address);
  const { path, requestSerialize, responseDeserialize } = healthDefinition['check'] as (typeof healthDefinition)[string];
  try {
    return await new Promise<boolean>((resolve) => {
      channel.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service: '' },
        new Metadata(),
        deadlineIn(timeout_ms),
        (error, answer) => resolve(error === null && (answer as { status: number }).status === SERVING),
      );
    });
  } finally {
    channel.close();
  }
};
