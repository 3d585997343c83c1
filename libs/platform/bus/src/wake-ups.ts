import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { STREAM_WORK, type WakeUp, WakeUpSchema } from '@codeoptima/contracts';
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/transport-node';
import type { ConnectionState } from './connection-state.ts';

const NANOS_PER_MS = 1_000_000;
const PAUSE_AFTER_ERROR_MS = 500;
/** For a pull to end by itself, with the message that may be on its way. */
const GRACE_MS = 250;

export interface ReceivedWakeUp {
  wake_up: WakeUp;
  headers: MsgHdrs | undefined;
  /** Called after the claim: the message has done its duty, whatever becomes of the work. */
  ack: () => void;
}

export interface WakeUpSource {
  /**
   * The next wake-up, or null after `wait_ms` (at least 1 s), when `signal` aborts, or when the bus is away: then it returns within half
   * a second, so that the caller polls, and again as soon as the bus is back. It never throws; a consumer or stream that was wiped is
   * made anew.
   */
  next: (wait_ms: number, signal?: AbortSignal) => Promise<ReceivedWakeUp | null>;
}

export interface WakeUpDependencies {
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  state: ConnectionState;
  ensureStreams: () => Promise<void>;
  onError: (what: string, error: unknown) => void;
}

const durableOf = (service: string): string => `work-${service}`;

const ensureConsumer = async ({ jetstream, manager, ensureStreams }: WakeUpDependencies, service: string): Promise<Consumer> => {
  await ensureStreams();
  const config = {
    durable_name: durableOf(service),
    filter_subject: `work.${service}.>`,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    // Acknowledged right after the claim, never held during work.
    ack_wait: 30_000 * NANOS_PER_MS,
    max_ack_pending: 256,
  };
  // Adding a durable with the same configuration again is a no-op on the server.
  await manager.consumers.add(STREAM_WORK, config);
  return jetstream.consumers.get(STREAM_WORK, config.durable_name);
};

/** A message that nobody can read is ended: it would come back for ever, and the reconciler sends a good one. */
const read = (message: JsMsg): ReceivedWakeUp | null => {
  try {
    return { wake_up: fromBinary(WakeUpSchema, message.data), headers: message.headers, ack: () => message.ack() };
  } catch {
    message.term('not a wake-up');
    return null;
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Pulls one wake-up at a time, and only when asked: a busy worker holds none that an idle one could take. */
export const wakeUpSource = (service: string, dependencies: WakeUpDependencies): WakeUpSource => {
  const { state, onError } = dependencies;
  let consumer: Consumer | null = null;
  const pull = async (wait_ms: number, over: AbortSignal): Promise<ReceivedWakeUp | null> => {
    consumer ??= await ensureConsumer(dependencies, service);
    if (over.aborted) return null;
    const messages: ConsumerMessages = await consumer.fetch({ max_messages: 1, expires: wait_ms });
    if (over.aborted) messages.stop();
    over.addEventListener('abort', () => messages.stop(), { once: true });
    for await (const message of messages) return read(message);
    return null;
  };
  /** A pull that failed is a pause: missed heartbeats, a deleted consumer, a wiped stream, no server. The next one looks anew. */
  const pullOrPause = async (wait_ms: number, over: AbortSignal): Promise<ReceivedWakeUp | null> => {
    try {
      if (state.isConnected()) return await pull(wait_ms, over);
    } catch (error) {
      consumer = null;
      onError(`wake-ups of ${service}`, error);
    }
    await sleep(PAUSE_AFTER_ERROR_MS, undefined, { signal: over }).catch(() => undefined);
    return null;
  };
  return {
    next: async (wait_ms, signal) => {
      if (signal?.aborted) return null;
      const limit_ms = Math.max(1_000, wait_ms);
      const over = new AbortController();
      const end = (): void => over.abort();
      signal?.addEventListener('abort', end, { once: true });
      // The server forgets a pull together with its connection, and the client would wait for it until it expires.
      const unsubscribe = state.onChange(end);
      // The answers of a server that is slow or gone are not waited for: each may take several seconds.
      const timer = setTimeout(end, limit_ms + GRACE_MS);
      try {
        const too_late = aborted(over.signal).then(() => sleep(GRACE_MS, null, { ref: false }));
        return await Promise.race([pullOrPause(limit_ms, over.signal), too_late]);
      } finally {
        clearTimeout(timer);
        unsubscribe();
        signal?.removeEventListener('abort', end);
        end();
      }
    },
  };
};
