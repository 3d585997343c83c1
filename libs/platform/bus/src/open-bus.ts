import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { Bus } from './bus.ts';
import { connectBus } from './connect-bus.ts';
import type { Unsubscribe } from './connection-state.ts';
import type { WakeUpSource } from './wake-ups.ts';

/** Where the bus says how it does; a service's logger fits. */
export interface BusLog {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
}

export interface OpenBusOptions {
  /** `nats://<token>@host:port`. */
  url: string;
  /** Shown by the server for this connection. */
  name: string;
  log: BusLog;
  /** Told once that the server is there and will never do: too old, or it dropped a field of a stream. Nothing more comes of this bus. */
  onRefused: (error: CodeOptimaError) => void;
}

const PAUSE_MS = 200;
/** As a source of an open bus pauses while the server is away. */
const PAUSE_WITHOUT_SERVER_MS = 500;

const away = (): CodeOptimaError => new CodeOptimaError('unavailable', 'the bus has not been reached yet.');

/** What was asked for while there was no server, to be asked of it once there is one. */
class Standing {
  readonly #waiting = new Map<symbol, (bus: Bus) => void>();

  add(bus: Bus | null, start: (bus: Bus) => Unsubscribe): Unsubscribe {
    if (bus !== null) return start(bus);
    const key = Symbol('subscription');
    let end: Unsubscribe = () => void this.#waiting.delete(key);
    this.#waiting.set(key, (now) => (end = start(now)));
    return () => end();
  }

  start(bus: Bus): void {
    for (const start of this.#waiting.values()) start(bus);
    this.#waiting.clear();
  }
}

/** Waits for a wake-up of a server that may still be away: then like one of an open bus that lost its server. */
const laterSource = (service: string, current: () => Bus | null, onConnection: Bus['onConnection']): WakeUpSource => {
  let source: WakeUpSource | null = null;
  const pause = async (signal: AbortSignal | undefined): Promise<null> => {
    const over = new AbortController();
    const end = (): void => over.abort();
    const unsubscribe = onConnection(end);
    signal?.addEventListener('abort', end, { once: true });
    await sleep(PAUSE_WITHOUT_SERVER_MS, undefined, { signal: over.signal }).catch(() => undefined);
    unsubscribe();
    signal?.removeEventListener('abort', end);
    return null;
  };
  return {
    next: (wait_ms, signal) => {
      if (signal?.aborted) return Promise.resolve(null);
      source ??= current()?.wakeUps(service) ?? null;
      return source === null ? pause(signal) : source.next(wait_ms, signal);
    },
  };
};

/** Connects as often as it takes; null when that is over. */
const connectAtLast = async ({ url, name, log, onRefused }: OpenBusOptions, closing: AbortSignal): Promise<Bus | null> => {
  const onError = (what: string, err: unknown): void => log.warn({ err, what }, 'the bus had trouble, which it heals by itself');
  for (let attempt = 1; !closing.aborted; attempt += 1) {
    try {
      return await connectBus({ url, name, onError, timeout_ms: 0, signal: closing });
    } catch (thrown) {
      const error = CodeOptimaError.from(thrown, 'unavailable');
      if (!error.retryable) {
        onRefused(error);
        return null;
      }
      if (attempt === 1) log.warn({ err: error }, 'the bus is away; what needs none is served, and it is connected to when it comes');
    }
    await sleep(PAUSE_MS, undefined, { signal: closing }).catch(() => undefined);
  }
  return null;
};

/**
 * The bus of a process that has to serve without one too: it is there at once and connects when the server comes. Until then it takes
 * subscriptions and wake-up sources, which begin to work by themselves, drops what is sent and refuses what is published.
 */
export const openBus = (options: OpenBusOptions): Bus => {
  const closing = new AbortController();
  const standing = new Standing();
  let bus: Bus | null = null;
  const listeners = new Set<(connected: boolean) => void>();
  const tell = (connected: boolean): void => {
    if (connected) options.log.info({}, 'the bus is connected');
    else options.log.warn({}, 'the bus is away; it is connected to when it comes back');
    for (const listener of listeners) listener(connected);
  };
  const connect = async (): Promise<void> => {
    const connected = await connectAtLast(options, closing.signal);
    if (connected === null) return;
    bus = connected;
    for (const notice of connected.notices) options.log.warn({}, notice);
    connected.onConnection((now) => {
      if (!closing.signal.aborted) tell(now);
    });
    standing.start(connected);
    tell(true);
  };
  const connecting = connect();
  const onConnection: Bus['onConnection'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const here = (): Promise<Bus> => (bus === null ? Promise.reject(away()) : Promise.resolve(bus));
  const subscribe = (start: (open: Bus) => Unsubscribe): Unsubscribe => standing.add(bus, start);
  return {
    get server_version() {
      return bus?.server_version ?? '';
    },
    get notices() {
      return bus?.notices ?? [];
    },
    isConnected: () => bus?.isConnected() ?? false,
    isStoring: () => bus?.isStoring() ?? true,
    onConnection,
    publish: async (...args) => await (await here()).publish(...args),
    publishWakeUp: async (...args) => await (await here()).publishWakeUp(...args),
    publishEvent: async (...args) => await (await here()).publishEvent(...args),
    wakeUps: (service) => laterSource(service, () => bus, onConnection),
    onBeat: (listener) => subscribe((open) => open.onBeat(listener)),
    sendCancel: (cancel) => bus?.sendCancel(cancel),
    onCancel: (item_id, listener) => subscribe((open) => open.onCancel(item_id, listener)),
    sendProgress: (progress) => bus?.sendProgress(progress),
    onProgress: (run_id, listener) => subscribe((open) => open.onProgress(run_id, listener)),
    ensureStreams: async () => await (await here()).ensureStreams(),
    flush: async () => await (await here()).flush(),
    close: async () => {
      closing.abort();
      await connecting;
      await bus?.close();
    },
  };
};
