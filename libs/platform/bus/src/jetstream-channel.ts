import { CodeOptimaError, STREAM_EVENTS, STREAM_WORK } from '@codeoptima/contracts';
import { type JetStreamClient, type JetStreamManager, JetStreamApiError, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { PublishOptions } from './bus.ts';
import type { ConnectionState } from './connection-state.ts';
import { STREAMS, ensureStream } from './streams.ts';
import { traceHeaders } from './tracing.ts';

const PUBLISH_TIMEOUT_MS = 5_000;

export interface JetStreamChannel {
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  ensureStreams: () => Promise<void>;
  publish: (subject: string, data: Uint8Array, options?: PublishOptions) => Promise<{ duplicate: boolean }>;
  /** False while the connected server leaves what it is given for a stream unanswered. */
  isStoring: () => boolean;
}

const streamOf = (subject: string): string => (subject.startsWith('work.') ? STREAM_WORK : STREAM_EVENTS);

/** The stored half of the bus. */
export const openChannel = async (connection: NatsConnection, state: ConnectionState, version: string): Promise<JetStreamChannel> => {
  const manager = await jetstreamManager(connection, { timeout: PUBLISH_TIMEOUT_MS });
  const client = jetstream(connection, { timeout: PUBLISH_TIMEOUT_MS });
  let ensuring: Promise<void> | null = null;
  const ensureStreams = (): Promise<void> => {
    ensuring ??= (async () => {
      for (const definition of STREAMS) await ensureStream(manager, definition, version);
    })().finally(() => {
      ensuring = null;
    });
    return ensuring;
  };
  const unanswered = new Set<string>();
  state.onChange(() => unanswered.clear());
  const attempt = async (subject: string, data: Uint8Array, options: PublishOptions): Promise<{ duplicate: boolean }> => {
    const { duplicate } = await client.publish(subject, data, {
      headers: traceHeaders(options.traceparent),
      timeout: PUBLISH_TIMEOUT_MS,
      ...(options.message_id === undefined ? {} : { msgID: options.message_id }),
    });
    unanswered.delete(streamOf(subject));
    return { duplicate };
  };
  const publish = async (subject: string, data: Uint8Array, options: PublishOptions = {}): Promise<{ duplicate: boolean }> => {
    try {
      // The client would hold it back until it is connected again, while the caller's deadline runs.
      if (!state.isConnected()) throw new Error('not connected');
      // Nobody answers when the stream is gone, for instance after its store was wiped: make it and try once more.
      return await attempt(subject, data, options).catch(async (error: unknown) => {
        if (error instanceof JetStreamApiError || !state.isConnected()) throw error;
        await ensureStreams();
        return attempt(subject, data, options);
      });
    } catch (cause) {
      if (state.isConnected() && !(cause instanceof JetStreamApiError)) unanswered.add(streamOf(subject));
      const said = CodeOptimaError.from(cause).message;
      throw new CodeOptimaError('unavailable', `the bus did not take a message for ${subject}: ${said}`, { cause, ids: { subject } });
    }
  };
  return { jetstream: client, manager, ensureStreams, publish, isStoring: () => unanswered.size === 0 };
};
