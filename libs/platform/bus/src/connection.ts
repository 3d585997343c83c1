import { type NatsConnection, connect } from '@nats-io/transport-node';

export type { NatsConnection };

/** Address and token of a `nats://<token>@host:port` URL. */
const parse = (url: string): { servers: string; token: string } => {
  const parsed = new URL(url);
  return { servers: parsed.host, token: decodeURIComponent(parsed.username) };
};

/**
 * One connection that never gives up: it reconnects within half a second of the server's return, for ever, and finds a half-open
 * link within 30 s. Kept apart from the rest of the bus, since a beat thread needs nothing more.
 * @throws when the server cannot be reached now.
 */
export const openConnection = (url: string, name: string): Promise<NatsConnection> => {
  const { servers, token } = parse(url);
  return connect({
    servers,
    ...(token === '' ? {} : { token }),
    name,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    ignoreAuthErrorAbort: true,
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 5_000,
  });
};
