import type { DescService } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { closeToOthers, prepareSocket, unixPath } from './address.ts';
import { type Implementation, handlerOf } from './handler.ts';
import { HealthService, healthDefinition } from './health.ts';
import { MESSAGE_LIMIT_BYTES, definitionOf } from './methods.ts';

/** A service with its implementation; made by `service`. */
export interface ServedService {
  descriptor: DescService;
  implementation: Record<string, unknown>;
}

/** Binds an implementation to its service; the types check that every method is there. */
export const service = <S extends DescService>(descriptor: S, implementation: Implementation<S>): ServedService => ({
  descriptor,
  implementation: implementation as Record<string, unknown>,
});

export interface ServeOptions {
  /** `unix:/path` in a 0700 folder, or `host:port` (port 0: a free one), which needs a token. */
  address: string;
  /** Every call must carry it as `authorization: Bearer <token>`. */
  token?: string;
  /** Judges the bearer token of each call (null: none) instead of `token`; throws to refuse it. */
  admit?: (bearer: string | null) => void;
  services: ServedService[];
  /** Told of every call that ends with an error. */
  onError?: (method: string, error: unknown) => void;
}

export interface RpcServer {
  /** Where it listens, with the real port. */
  address: string;
  /** What grpc.health.v1 answers. */
  setServing: (serving: boolean) => void;
  /** Lets running calls end for `grace_ms` (default 5 s), then cuts them. */
  stop: (grace_ms?: number) => Promise<void>;
}

const register = (server: Server, served: ServedService, options: ServeOptions): void => {
  const definitions: Record<string, ReturnType<typeof definitionOf>> = {};
  const handlers: UntypedServiceImplementation = {};
  for (const method of served.descriptor.methods) {
    definitions[method.localName] = definitionOf(served.descriptor, method);
    handlers[method.localName] = handlerOf(served.descriptor, method, served.implementation[method.localName], {
      token: options.token ?? null,
      admit: options.admit,
      onError: options.onError ?? (() => undefined),
    });
  }
  server.addService(definitions, handlers);
};

const bind = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error)
        reject(new CodeOptimaError('conflict', `cannot listen on ${address}: ${error.message}`, { cause: error, ids: { address } }));
      else resolve(port);
    });
  });

const stopServer = (server: Server, grace_ms: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, grace_ms);
    server.tryShutdown(() => {
      clearTimeout(cut);
      resolve();
    });
  });

/**
 * Serves protobuf-es services over gRPC, with grpc.health.v1 beside them. A Unix socket is guarded by its 0700 folder; anything on TCP
 * asks for a bearer token, also on loopback, which other users of the machine can reach. TCP is not encrypted: between machines put it
 * behind a mesh or a tunnel.
 * @throws CodeOptimaError `bad_input` for TCP without a token or an open folder, `conflict` when the address is taken.
 */
export const serve = async (options: ServeOptions): Promise<RpcServer> => {
  const path = unixPath(options.address);
  if (path === null && !options.admit && (options.token ?? '').length < 16)
    throw new CodeOptimaError('bad_input', `${options.address} is a TCP address and needs a bearer token of at least 16 characters.`);
  if (path !== null) await prepareSocket(path);
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT_BYTES,
    'grpc.max_send_message_length': MESSAGE_LIMIT_BYTES,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  for (const served of options.services) register(server, served, options);
  const health = new HealthService(options.services.map(({ descriptor }) => descriptor.typeName));
  server.addService(healthDefinition, health.implementation());
  const port = await bind(server, path === null ? options.address : `unix:${path}`);
  if (path !== null) closeToOthers(path);
  return {
    address: path === null ? options.address.replace(/:\d+$/, `:${port}`) : `unix:${path}`,
    setServing: (serving) => health.setServing(serving),
    stop: async (grace_ms = 5_000) => {
      health.setServing(false);
      health.close();
      await stopServer(server, grace_ms);
    },
  };
};
