import type { NatsConnection } from './connection.ts';

export type Unsubscribe = () => void;

export interface ConnectionState {
  isConnected: () => boolean;
  /** Told of every loss (false) and return (true). */
  onChange: (listener: (connected: boolean) => void) => Unsubscribe;
}

/** Follows an open connection. */
export const followConnection = (connection: NatsConnection): ConnectionState => {
  const listeners = new Set<(connected: boolean) => void>();
  let connected = true;
  const set = (value: boolean): void => {
    if (value === connected) return;
    connected = value;
    for (const listener of listeners) listener(value);
  };
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'close') set(false);
      else if (status.type === 'reconnect') set(true);
    }
  })();
  return {
    isConnected: () => connected && !connection.isClosed(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
