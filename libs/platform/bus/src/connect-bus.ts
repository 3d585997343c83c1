import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type Bus, createBus } from './bus.ts';
import { type NatsConnection, openConnection } from './connection.ts';
import { followConnection } from './connection-state.ts';
import { openChannel } from './jetstream-channel.ts';
import { checkVersion } from './server-version.ts';

export interface BusOptions {
  /** `nats://<token>@host:port`. */
  url: string;
  /** Shown by the server for this connection. */
  name: string;
  /** How long to wait for the server at the start, default 60 s. Later it reconnects for ever. */
  timeout_ms?: number;
  signal?: AbortSignal;
  /** Told of undecodable messages and of every trouble that the bus heals by itself. */
  onError?: (what: string, error: unknown) => void;
}

const connectWithin = async (options: BusOptions): Promise<NatsConnection> => {
  const expired = AbortSignal.timeout(options.timeout_ms ?? 60_000);
  for (;;) {
    try {
      return await openConnection(options.url, options.name);
    } catch (cause) {
      const host = new URL(options.url).host;
      if (expired.aborted || options.signal?.aborted)
        throw new CodeOptimaError('unavailable', `nats-server at ${host} cannot be reached: ${CodeOptimaError.from(cause).message}`, {
          cause,
        });
    }
    await sleep(200);
  }
};

/**
 * Connects to the bus, checks the server's version, makes the streams and reads their configuration back.
 * @throws CodeOptimaError `unavailable`: the server is away, too old, or dropped a field of a stream.
 */
export const connectBus = async (options: BusOptions): Promise<Bus> => {
  const onError = options.onError ?? (() => undefined);
  const connection = await connectWithin(options);
  try {
    const version = connection.info?.version ?? '0.0.0';
    const notices = checkVersion(version);
    const state = followConnection(connection);
    const channel = await openChannel(connection, state, version);
    await channel.ensureStreams();
    // A wiped store is noticed when the server is back, not only at the next publish.
    state.onChange((connected) => {
      if (connected) channel.ensureStreams().catch((error: unknown) => onError('streams', error));
    });
    return createBus({ connection, channel, state, notices, onError });
  } catch (error) {
    await connection.close();
    throw CodeOptimaError.from(error, 'unavailable');
  }
};
