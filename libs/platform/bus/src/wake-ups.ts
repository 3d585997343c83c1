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

const NANOS_PER_MS = 1_000_000;
const PAUSE_AFTER_ERROR_MS = 500;

export interface ReceivedWakeUp {
  wake_up: WakeUp;
  headers: MsgHdrs | undefined;
  /** Called after the claim: the message has done its duty, whatever becomes of the work. */
  ack: () => void;
}

export interface WakeUpSource {
  /**
   * The next wake-up, or null after `wait_ms` (at least 1 s), when `signal` aborts, or when the bus is away: then it returns after half
   * a second, so that the caller polls. It never throws; a consumer or stream that was wiped is made anew.
   */
  next: (wait_ms: number, signal?: AbortSignal) => Promise<ReceivedWakeUp | null>;
}

export interface WakeUpDependencies {
  jetstream: JetStreamClient;
  manager: JetStreamManager;
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

/** Pulls one wake-up at a time, and only when asked: a busy worker holds none that an idle one could take. */
export const wakeUpSource = (service: string, dependencies: WakeUpDependencies): WakeUpSource => {
  let consumer: Consumer | null = null;
  const pull = async (wait_ms: number, signal: AbortSignal | undefined): Promise<ReceivedWakeUp | null> => {
    consumer ??= await ensureConsumer(dependencies, service);
    const messages: ConsumerMessages = await consumer.fetch({ max_messages: 1, expires: Math.max(1_000, wait_ms) });
    const stop = (): void => messages.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of messages) return read(message);
      return null;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };
  return {
    next: async (wait_ms, signal) => {
      if (signal?.aborted) return null;
      try {
        return await pull(wait_ms, signal);
      } catch (error) {
        // Missed heartbeats, a deleted consumer, a wiped stream, no server: look anew, from the start.
        consumer = null;
        dependencies.onError(`wake-ups of ${service}`, error);
        await sleep(PAUSE_AFTER_ERROR_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
        return null;
      }
    },
  };
};
