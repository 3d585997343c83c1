import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { DescMethod, DescService, Message, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { Metadata, ServerUnaryCall, ServerWritableStream, UntypedHandleCall, sendUnaryData } from '@grpc/grpc-js';
import { context } from '@opentelemetry/api';
import { toStatus } from './status.ts';
import { openServerSpan } from './tracing.ts';

export interface CallContext {
  /** Aborted when the caller gives up, its deadline passes, or the connection ends. */
  signal: AbortSignal;
  /** `package.Service/Method`. */
  method: string;
  /** The bearer token the caller showed. */
  bearer: string | null;
}

/** One function per method of the service: unary ones give an answer, server-streaming ones an iterable of answers. */
export type Implementation<S extends DescService> = {
  [M in keyof S['method']]: S['method'][M] extends { methodKind: 'unary' }
    ? (request: MessageShape<S['method'][M]['input']>, call: CallContext) => Promise<MessageInitShape<S['method'][M]['output']>>
    : (request: MessageShape<S['method'][M]['input']>, call: CallContext) => AsyncIterable<MessageInitShape<S['method'][M]['output']>>;
};

export interface HandlerOptions {
  token: string | null;
  /** Judges the bearer token instead of `token`; throws to refuse the call. */
  admit?: ((bearer: string | null) => void) | undefined;
  /** Told of every call that ends with an error. */
  onError: (method: string, error: unknown) => void;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const bearerOf = (metadata: Metadata): string | null => /^Bearer (.+)$/.exec(String(metadata.get('authorization')[0] ?? ''))?.[1] ?? null;

/** Compares digests, so that neither the time nor the length tells anything about the token. */
const authorize = (bearer: string | null, { token, admit }: HandlerOptions): void => {
  if (admit) return admit(bearer);
  if (token === null || timingSafeEqual(digest(bearer ?? ''), digest(token))) return;
  throw new CodeOptimaError('unauthenticated', 'the call carries no valid bearer token.');
};

type Unary = (request: Message, call: CallContext) => Promise<object>;
type Streaming = (request: Message, call: CallContext) => AsyncIterable<object>;

const abortOnCancel = (call: ServerUnaryCall<Message, object> | ServerWritableStream<Message, object>): AbortController => {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort(new CodeOptimaError('cancelled', 'the caller gave up.')));
  return controller;
};

const answerUnary = async (
  path: string,
  implement: Unary,
  options: HandlerOptions,
  call: ServerUnaryCall<Message, object>,
  reply: sendUnaryData<object>,
): Promise<void> => {
  const span = openServerSpan(path, call.metadata);
  const { signal } = abortOnCancel(call);
  try {
    const bearer = bearerOf(call.metadata);
    authorize(bearer, options);
    const answer = await context.with(span.context, () => implement(call.request, { signal, method: path, bearer }));
    span.end();
    reply(null, answer);
  } catch (error) {
    span.end(error);
    options.onError(path, error);
    reply(toStatus(error));
  }
};

const answerStream = async (
  path: string,
  implement: Streaming,
  options: HandlerOptions,
  call: ServerWritableStream<Message, object>,
): Promise<void> => {
  const span = openServerSpan(path, call.metadata);
  const { signal } = abortOnCancel(call);
  const bearer = bearerOf(call.metadata);
  const writeAll = async (): Promise<void> => {
    for await (const answer of implement(call.request, { signal, method: path, bearer })) {
      if (signal.aborted) return;
      if (!call.write(answer)) await once(call, 'drain', { signal });
    }
  };
  try {
    authorize(bearer, options);
    await context.with(span.context, writeAll);
    span.end();
    call.end();
  } catch (error) {
    span.end(error);
    if (signal.aborted) return void call.end();
    options.onError(path, error);
    call.emit('error', toStatus(error));
  }
};

export const handlerOf = (service: DescService, method: DescMethod, implement: unknown, options: HandlerOptions): UntypedHandleCall => {
  const path = `${service.typeName}/${method.name}`;
  if (method.methodKind === 'unary')
    return (call: ServerUnaryCall<Message, object>, reply: sendUnaryData<object>) =>
      void answerUnary(path, implement as Unary, options, call, reply);
  if (method.methodKind === 'server_streaming')
    return (call: ServerWritableStream<Message, object>) => void answerStream(path, implement as Streaming, options, call);
  throw new TypeError(`${path}: client streaming is not offered`);
};
