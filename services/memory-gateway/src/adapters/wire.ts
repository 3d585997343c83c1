import {
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
  create,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import { fromStatus } from '@codeoptima/rpc';
import { type ChannelCredentials, Client, Metadata, type ServiceError, credentials, status } from '@grpc/grpc-js';

/** Qdrant's REST takes bodies of 32 MB, and what they hold may grow on the wire. */
export const WIRE_LIMIT_BYTES = 64 * 1024 * 1024;
/** The engine counts the values of an answer up to 64 MB; what frames them comes on top. */
export const ANSWER_LIMIT_BYTES = 80 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** A backend that does not answer this soon is asked again; a small call never takes so long. */
const CONNECT_MS = 5_000;

interface Unary extends DescMethod {
  methodKind: 'unary';
}

interface ServerStreaming extends DescMethod {
  methodKind: 'server_streaming';
}

export interface WireOptions {
  /** `unix:/path`, `host:port`, `http://host:port` or `https://host:port`. */
  address: string;
  /** Sent as `api-key` with each call. */
  api_key: string | null;
}

const target = (address: string): { name: string; secure: ChannelCredentials } => {
  if (!/^https?:/.test(address)) return { name: address, secure: credentials.createInsecure() };
  const { protocol, hostname, port } = new URL(address);
  // 6334 is the gRPC port of Qdrant.
  return {
    name: `${hostname}:${port || '6334'}`,
    secure: protocol === 'https:' ? credentials.createSsl() : credentials.createInsecure(),
  };
};

/** Metadata that asks the engine for its plan of a search, and brings it: a JSON object for each search, with commas between. */
export const EXPLAIN_KEY = 'x-explain';
/** Told of the plans before the call's promise is settled. */
export type OnExplain = (plans: string) => void;

/** The gRPC of Qdrant, spoken to the engine of this machine or to a cluster: the same bytes either way. */
export class Wire {
  readonly address: string;
  readonly #client: Client;
  readonly #api_key: string | null;
  #up = false;

  constructor(options: WireOptions) {
    this.address = options.address;
    this.#api_key = options.api_key;
    const { name, secure } = target(options.address);
    this.#client = new Client(name, secure, {
      'grpc.max_receive_message_length': ANSWER_LIMIT_BYTES,
      'grpc.max_send_message_length': WIRE_LIMIT_BYTES,
      'grpc.keepalive_time_ms': 20_000,
      'grpc.keepalive_timeout_ms': 10_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Whether the last call reached the backend. */
  get up(): boolean {
    return this.#up;
  }

  /** One call with bytes in and bytes out. @throws gRPC's ServiceError. */
  raw(path: string, request: Buffer, timeout_ms = TIMEOUT_MS, onExplain?: OnExplain): Promise<Buffer> {
    const metadata = this.#metadata();
    if (onExplain) metadata.set(EXPLAIN_KEY, '1');
    const deadline = performance.timeOrigin + performance.now() + timeout_ms;
    const same = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(path, same, same, request, metadata, { deadline }, (error, answer) => {
        this.#up = error === null || (error.code !== status.UNAVAILABLE && error.code !== status.DEADLINE_EXCEEDED);
        if (error) reject(this.#explain(error));
        else resolve(answer ?? Buffer.alloc(0));
      });
      if (onExplain) call.on('status', (ended) => onExplain(ended.metadata.get(EXPLAIN_KEY).join(',')));
    });
  }

  /** One call in messages. @throws gRPC's ServiceError. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: Unary & { input: I; output: O },
    request: MessageInitShape<I>,
    timeout_ms?: number,
    onExplain?: OnExplain,
  ): Promise<MessageShape<O>> {
    const bytes = Buffer.from(toBinary(method.input, create(method.input, request)));
    return fromBinary(method.output, await this.raw(`/${method.parent.typeName}/${method.name}`, bytes, timeout_ms, onExplain));
  }

  /** A stream of answers, as fast as they are taken; without an end of its own, since it may be long. @throws gRPC's ServiceError. */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: ServerStreaming & { input: I; output: O },
    request: MessageInitShape<I>,
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const bytes = Buffer.from(toBinary(method.input, create(method.input, request)));
    const same = (buffer: Buffer): Buffer => buffer;
    const path = `/${method.parent.typeName}/${method.name}`;
    const call = this.#client.makeServerStreamRequest(path, same, same, bytes, this.#metadata());
    try {
      for await (const piece of call) yield fromBinary(method.output, piece as Buffer);
    } catch (error) {
      throw isServiceError(error) ? this.#explain(error) : error;
    } finally {
      call.cancel();
    }
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#api_key !== null) metadata.set('api-key', this.#api_key);
    return metadata;
  }

  /** The same with our own errors: `unavailable` names the backend, the others keep its sentence. */
  async ask<I extends DescMessage, O extends DescMessage>(
    method: Unary & { input: I; output: O },
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    try {
      return await this.call(method, request);
    } catch (error) {
      throw asOurs(error);
    }
  }

  /** Whether it answers within a few seconds. */
  async probe(path: string): Promise<boolean> {
    await this.raw(path, Buffer.alloc(0), CONNECT_MS).catch(() => undefined);
    return this.#up;
  }

  close(): void {
    this.#client.close();
  }

  #explain(error: ServiceError): ServiceError {
    if (error.code !== status.UNAVAILABLE || error.details.startsWith('the server is')) return error;
    const reason = /\bE[A-Z]{4,}\b/.exec(error.details)?.[0];
    error.details = `the vector store at ${this.address} does not answer${reason ? ` (${reason})` : ''}; what it acknowledged is on its disk, try again when it is back`;
    return error;
  }
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as ServiceError).code === 'number';

/** A backend's failure as an error of ours. A full or busy backend is no fault of the caller's. */
export const asOurs = (error: unknown): CodeOptimaError => {
  if (!isServiceError(error)) return CodeOptimaError.from(error);
  if (error.code === status.RESOURCE_EXHAUSTED || error.code === status.FAILED_PRECONDITION)
    return new CodeOptimaError('unavailable', `the vector store takes nothing now: ${error.details}`, { cause: error });
  if (error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED)
    return new CodeOptimaError('internal', "the vector store refuses the gateway's api key", { cause: error });
  return fromStatus(error);
};
