import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type ServiceDefinition,
  type UntypedServiceImplementation,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';

/** grpc.health.v1 (https://github.com/grpc/grpc/blob/master/doc/health-checking.md): two messages of one field each, written by hand. */
export const SERVING = 1;
export const NOT_SERVING = 2;

interface HealthCheckRequest {
  service: string;
}
interface HealthCheckResponse {
  status: number;
}

const encodeRequest = ({ service }: HealthCheckRequest): Buffer =>
  Buffer.from(new BinaryWriter().tag(1, WireType.LengthDelimited).string(service).finish());
const encodeResponse = ({ status }: HealthCheckResponse): Buffer =>
  Buffer.from(new BinaryWriter().tag(1, WireType.Varint).int32(status).finish());

const decodeField = <T>(bytes: Buffer, read: (reader: BinaryReader) => T, initial: T): T => {
  const reader = new BinaryReader(bytes);
  let value = initial;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) value = read(reader);
    else reader.skip(wire);
  }
  return value;
};

const codec = {
  requestStream: false,
  requestSerialize: encodeRequest,
  requestDeserialize: (bytes: Buffer): HealthCheckRequest => ({ service: decodeField(bytes, (reader) => reader.string(), '') }),
  responseSerialize: encodeResponse,
  responseDeserialize: (bytes: Buffer): HealthCheckResponse => ({ status: decodeField(bytes, (reader) => reader.int32(), 0) }),
};

export const healthDefinition: ServiceDefinition = {
  check: { ...codec, path: '/grpc.health.v1.Health/Check', responseStream: false },
  watch: { ...codec, path: '/grpc.health.v1.Health/Watch', responseStream: true },
};

/** The whole server has one state; `services` are the names it may be asked about beside ''. It needs no token: probes have none. */
export class HealthService {
  #serving = true;
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<ServerWritableStream<HealthCheckRequest, HealthCheckResponse>>();

  constructor(services: string[]) {
    this.#services = new Set(['', ...services]);
  }

  setServing(serving: boolean): void {
    if (serving === this.#serving) return;
    this.#serving = serving;
    for (const watcher of this.#watchers) watcher.write({ status: this.#status() });
  }

  implementation(): UntypedServiceImplementation {
    return {
      check: (call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>, reply: sendUnaryData<HealthCheckResponse>) => {
        if (this.#services.has(call.request.service)) reply(null, { status: this.#status() });
        else reply({ code: status.NOT_FOUND, details: `no service ${call.request.service} here` });
      },
      watch: (call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>) => {
        this.#watchers.add(call);
        call.on('cancelled', () => this.#watchers.delete(call));
        call.write({ status: this.#status() });
      },
    };
  }

  /** Ends the open watches, which would otherwise hold up a graceful stop. */
  close(): void {
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  #status(): number {
    return this.#serving ? SERVING : NOT_SERVING;
  }
}
